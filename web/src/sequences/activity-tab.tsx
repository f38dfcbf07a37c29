/** What this sequence has sent and will send next. */
import { useUrl } from '../lib/url.ts'
import { Chips } from '../ui/chips.tsx'
import { Toolbar } from '../ui/page.tsx'
import { MessageRows, STAT_CHIPS } from './message-rows.tsx'

export function ActivityTab({ sequenceId }: { sequenceId: string }) {
  const { state, set } = useUrl()
  return (
    <>
      <Toolbar>
        <Chips
          label="Outcome"
          chips={STAT_CHIPS}
          chosen={state['stats'] ?? ''}
          onChoose={(value) => set({ stats: value || undefined })}
        />
      </Toolbar>
      <MessageRows sequenceId={sequenceId} stats={state['stats']} />
    </>
  )
}
