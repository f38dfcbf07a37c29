/** One mail as its recipient sees it, its source one click away, and the thread it stands in. */
import { SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SandboxMailDetail, SandboxThreadItem } from '../lib/api-types.ts'
import { sandboxMailQuery } from '../lib/reading.ts'
import { Instant } from '../ui/instant.tsx'
import { PatchLink, PersonLink } from '../ui/link.tsx'
import { MailFrame } from '../ui/mail-frame.tsx'
import { ErrorState, LoadingBlock } from '../ui/states.tsx'
import { Answers } from './answers.tsx'
import classes from './sandbox.module.css'

const VIEWS = [
  { value: 'desktop', label: 'Desktop' },
  { value: 'phone', label: 'Phone' },
  { value: 'source', label: 'Raw source' },
]
const PHONE_PX = 360

export function OpenMail({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(sandboxMailQuery(id))
  const [view, setView] = useState('desktop')
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />
  if (!data) return <LoadingBlock height={320} />
  const { mail, thread } = data
  return (
    <article className={classes.mail} data-testid="sandbox-mail">
      <h2 className={classes.subject} data-testid="sandbox-subject">
        {mail.subject || 'No subject'}
      </h2>
      <dl className={classes.envelope}>
        <dt>From</dt>
        <dd>{mail.from}</dd>
        <dt>To</dt>
        <dd>
          <PersonLink id={mail.contact_id}>{mail.to}</PersonLink>
        </dd>
        <dt>When</dt>
        <dd>
          <Instant at={mail.received_at} />
        </dd>
      </dl>
      {mail.direction === 'received' ? <Answers mail={mail} /> : null}
      <div className={classes.views}>
        <SegmentedControl size="xs" value={view} onChange={setView} data={VIEWS} aria-label="View" />
      </div>
      {view === 'source' ? (
        <pre className={classes.source} data-testid="sandbox-source">
          {mail.raw}
        </pre>
      ) : (
        <MailFrame
          title={mail.subject}
          html={mail.html}
          text={mail.text}
          width={view === 'phone' ? PHONE_PX : undefined}
        />
      )}
      <Headers mail={mail} thread={thread} />
      <Thread mail={mail} thread={thread} />
    </article>
  )
}

/** The headers that matter, in plain words. */
function Headers({ mail, thread }: { mail: SandboxMailDetail; thread: SandboxThreadItem[] }) {
  const { headers } = mail
  const before = thread[thread.findIndex((item) => item.id === mail.id) - 1]
  return (
    <dl className={classes.headers} data-testid="sandbox-headers">
      <dt>Threads with</dt>
      <dd>{headers.in_reply_to ? threadOf(before, headers.in_reply_to) : 'nothing: it begins a thread'}</dd>
      <dt>Opts out by</dt>
      <dd>{headers.opts_out_by ?? 'no header'}</dd>
      <dt>Message-ID</dt>
      <dd>{headers.message_id}</dd>
    </dl>
  )
}

const threadOf = (before: SandboxThreadItem | undefined, id: string) =>
  before ? (
    <>
      "{before.subject}" of <Instant at={before.received_at} short /> <span className="sg-quiet">({id})</span>
    </>
  ) : (
    id
  )

function Thread({ mail, thread }: { mail: SandboxMailDetail; thread: SandboxThreadItem[] }) {
  if (thread.length < 2) return null
  return (
    <section className={classes.thread} aria-label="Thread">
      <h3 className={classes.threadTitle}>The thread</h3>
      {thread.map((item) => (
        <PatchLink
          key={item.id}
          patch={{ mail: item.id }}
          plain
          className={classes.threadItem ?? ''}
          aria-current={item.id === mail.id || undefined}
        >
          <span className="sg-truncate">{item.from}</span>
          <span className="sg-truncate sg-quiet">{item.subject}</span>
          <span className="sg-quiet">
            <Instant at={item.received_at} short />
          </span>
        </PatchLink>
      ))}
    </section>
  )
}
