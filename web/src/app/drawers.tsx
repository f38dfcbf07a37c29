/** Opens what the address names: `?person=` a person, `?rows=` the rows behind a number. Closing takes it out of the address again. */
import { lazy, Suspense } from 'react'
import { useUrl } from '../lib/url.ts'
import { SideDrawer } from '../ui/side-drawer.tsx'
import { LoadingBlock } from '../ui/states.tsx'

const Person = lazy(async () => ({ default: (await import('../people/person-panel.tsx')).PersonPanel }))
const PersonTitle = lazy(async () => ({ default: (await import('../people/person-panel.tsx')).PersonTitle }))
const Rows = lazy(async () => ({ default: (await import('../sequences/rows-panel.tsx')).RowsPanel }))

export function Drawers() {
  const { state, set } = useUrl()
  const { person, rows } = state
  return (
    <>
      <SideDrawer
        opened={rows !== undefined}
        onClose={() => set({ rows: undefined, of: undefined, show: undefined, since: undefined })}
        title={rows === 'mails' ? 'Mails' : 'People'}
      >
        <Suspense fallback={<LoadingBlock />}>{rows ? <Rows kind={rows} /> : null}</Suspense>
      </SideDrawer>
      <SideDrawer
        opened={person !== undefined}
        onClose={() => set({ person: undefined })}
        title={<Suspense fallback="">{person ? <PersonTitle id={person} /> : null}</Suspense>}
        width={760}
      >
        <Suspense fallback={<LoadingBlock />}>{person ? <Person id={person} /> : null}</Suspense>
      </SideDrawer>
    </>
  )
}
