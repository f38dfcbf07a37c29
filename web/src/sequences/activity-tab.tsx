/** What this sequence has sent and will send next, newest first. */
import { useQuery } from '@tanstack/react-query'
import { messagesQuery } from '../lib/sequences.ts'
import { useUrl } from '../lib/url.ts'
import { Chips } from '../ui/chips.tsx'
import { Toolbar } from '../ui/page.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { MessageRows, STAT_CHIPS } from './message-rows.tsx'

export function ActivityTab({ sequenceId }: { sequenceId: string }) {
  const { state, set } = useUrl()
  const stats = state['stats'] ?? ''
  const { data, error, refetch } = useQuery(messagesQuery({ sequenceId, ...(stats ? { stats } : {}) }))
  return (
    <>
      <Toolbar>
        <Chips
          label="Outcome"
          chips={STAT_CHIPS}
          chosen={stats}
          onChoose={(value) => set({ stats: value || undefined })}
        />
      </Toolbar>
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!data && !error ? <LoadingRows /> : null}
      {data ? <MessageRows messages={data.emailer_messages} /> : null}
    </>
  )
}
