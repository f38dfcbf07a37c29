/** The newest answers, since they are what the day is for. */
import { useQuery } from '@tanstack/react-query'
import { searchInbound } from '../lib/reading.ts'
import { senderOf } from '../lib/words.ts'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Section } from '../ui/page.tsx'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import classes from './home.module.css'

const SHOWN = 6

/** What they wrote, without what they quoted below it. */
const beginning = (text: string) => text.split(/\n\s*(?:>|On .{6,120} wrote:)/)[0] ?? ''

export function Replies() {
  const { data, error, refetch } = useQuery({
    queryKey: ['inbound', 'newest-replies'],
    queryFn: ({ signal }) => searchInbound({ kind: 'reply', perPage: SHOWN }, signal),
    refetchInterval: 20_000,
  })
  const mails = data?.inbound.slice(0, SHOWN)
  return (
    <Section
      title="Newest answers"
      actions={mails && mails.length > 0 ? <AppLink to="/inbox">All of the inbox</AppLink> : null}
    >
      {error && !data ? <ErrorState error={error} onRetry={refetch} /> : null}
      {!mails && !error ? <LoadingRows rows={3} height={36} /> : null}
      {mails?.length === 0 ? (
        <div className="sg-quiet">Nobody has answered yet. Answers appear here as soon as they are read.</div>
      ) : null}
      <div className={classes.list}>
        {mails?.map((mail) => (
          <AppLink key={mail.id} to="/inbox" search={{ mail: mail.id }} plain className={classes.reply ?? ''}>
            <span className="sg-truncate">{senderOf(mail.from)}</span>
            <span className="sg-truncate sg-quiet">{beginning(mail.text) || mail.subject}</span>
            <Instant at={mail.received_at} short />
          </AppLink>
        ))}
      </div>
    </Section>
  )
}
