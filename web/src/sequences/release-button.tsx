/** The way out of a hold: try the same step again. */
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { release } from '../lib/sequences.ts'
import { tell, useAct } from '../ui/act.tsx'

export function ReleaseButton({ row }: { row: { id: string } }) {
  const queries = useQueryClient()
  const { busy, run } = useAct()
  const retry = () =>
    run(async () => {
      await release(row.id)
      await queries.invalidateQueries()
      tell('Released. It goes on from the same step.')
    })
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={busy}
      onClick={(event) => {
        event.stopPropagation()
        retry()
      }}
      style={{ flex: 'none' }}
    >
      Retry
    </Button>
  )
}
