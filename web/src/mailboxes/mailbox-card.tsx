/** One mailbox: how much of its limit is used, when it is next free, when it was last read, and its health in a word with the sentence behind it. */
import { Button, Progress } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useNow } from '../lib/clock.ts'
import type { Mailbox } from '../lib/mailbox-types.ts'
import { endSuspension } from '../lib/mailboxes.ts'
import { dayAndMonth } from '../lib/time.ts'
import { useUrl } from '../lib/url.ts'
import { number } from '../lib/words.ts'
import { tell } from '../ui/act.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Instant } from '../ui/instant.tsx'
import { AppLink } from '../ui/link.tsx'
import { Notice } from '../ui/problem.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { gapsInWords } from './limits.tsx'
import classes from './mailboxes.module.css'
import { RemoveMailbox } from './remove-mailbox.tsx'
import { Reconnect, signInOf } from './sign-in.tsx'

/** A read that fails is worse news than the word of the connection. */
const healthOf = ({ read_problem, suspended_at, state }: Mailbox) =>
  read_problem || suspended_at ? 'disconnected' : state

function wordOf({ read_problem, suspended_at }: Mailbox) {
  if (suspended_at) return { word: 'Stopped' }
  return read_problem ? { word: 'Cannot be read' } : {}
}

export function MailboxCard({ mailbox }: { mailbox: Mailbox }) {
  const limit = Math.min(
    mailbox.email_daily_threshold,
    mailbox.ramp_up?.allowed_today ?? Number.POSITIVE_INFINITY,
  )
  return (
    <article className={classes.card} data-testid="mailbox-card">
      <header className={classes.head}>
        <div className={classes.names}>
          <h2 className={classes.address}>{mailbox.email}</h2>
          <div className="sg-quiet">{mailbox.is_sandbox ? mailbox.state_sentence : mailbox.from_name}</div>
        </div>
        <StateBadge state={healthOf(mailbox)} {...wordOf(mailbox)} />
      </header>
      {mailbox.is_sandbox ? null : (
        <p className={classes.sentence} data-bad={healthOf(mailbox) === 'disconnected' ? true : undefined}>
          {mailbox.state_sentence}
        </p>
      )}
      {mailbox.warnings.map((words) => (
        <p key={words} className={classes.sentence} data-bad>
          {words}
        </p>
      ))}
      {mailbox.reputation_warning ? (
        <div data-testid="reputation-warning">
          <Notice tone="paused">{mailbox.reputation_warning}</Notice>
        </div>
      ) : null}
      <Usage used={mailbox.used_day} limit={limit} />
      <dl className={classes.facts}>
        <Fact name="This hour">
          {number(mailbox.used_hour)} of {number(mailbox.max_outbound_emails_per_hour)}
        </Fact>
        <Fact name="Between two mails">
          {gapsInWords(mailbox.seconds_delay_between_emails, mailbox.gap_jitter_percent)}
        </Fact>
        <Ramp mailbox={mailbox} />
        <Fact name="Next free">
          <NextFree mailbox={mailbox} />
        </Fact>
        <Fact name="Last read">
          <Instant at={mailbox.last_read_at} none="not yet" />
        </Fact>
        {mailbox.is_sandbox ? null : (
          <Fact name="Opt-out">
            {mailbox.opt_out === 'https' ? 'one click and by mail' : 'by mail only: no https address is set'}
          </Fact>
        )}
      </dl>
      <Actions mailbox={mailbox} />
    </article>
  )
}

function Actions({ mailbox }: { mailbox: Mailbox }) {
  const { set } = useUrl()
  const open = (check?: string) => set({ mailbox: mailbox.id, check })
  return (
    <div className={classes.actions}>
      {mailbox.suspended_at ? <GoOn mailbox={mailbox} /> : null}
      {mailbox.is_sandbox ? (
        <AppLink to="/sandbox">Open the sandbox</AppLink>
      ) : (
        <>
          {mailbox.state === 'disconnected' ? <Reconnect mailbox={mailbox} compact /> : null}
          <Button variant="default" size="compact-sm" onClick={() => open('1')}>
            Check
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => open()}>
            {mailbox.state === 'disconnected' && signInOf(mailbox) === null ? 'Mend' : 'Settings'}
          </Button>
          <RemoveMailbox mailbox={mailbox} />
        </>
      )}
    </div>
  )
}

/** For one that was stopped because too much of what it sent came back. */
function GoOn({ mailbox }: { mailbox: Mailbox }) {
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const goOn = async () => {
    await endSuspension(mailbox.id)
    await queries.invalidateQueries()
    tell(`${mailbox.email} goes on.`)
  }
  return (
    <>
      <Button size="compact-sm" onClick={() => setAsking(true)} data-testid="end-suspension">
        Let it go on
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Let ${mailbox.email} go on?`}
        verb="Let it go on"
        onConfirm={goOn}
      >
        It begins with a fifth of its daily limit and is at its limit again in five days. What came back until
        now counts no more against it.
      </Confirm>
    </>
  )
}

/** While it holds anything back; after that it says nothing any more. */
function Ramp({ mailbox: { ramp_up, email_daily_threshold } }: { mailbox: Mailbox }) {
  if (!ramp_up || ramp_up.allowed_today >= email_daily_threshold) return null
  return (
    <Fact name="Ramp-up">
      {number(ramp_up.allowed_today)} in 24 hours today, {number(email_daily_threshold)} from{' '}
      {dayAndMonth(Date.parse(ramp_up.full_on), 'UTC')}
    </Fact>
  )
}

function NextFree({ mailbox }: { mailbox: Mailbox }) {
  const now = useNow()
  const at = mailbox.next_free_at
  if (mailbox.suspended_at || mailbox.state !== 'connected') return 'nothing is sent now'
  return at && Date.parse(at) > now ? <Instant at={at} /> : 'now'
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Usage({ used, limit }: { used: number; limit: number }) {
  const full = limit > 0 && used >= limit
  return (
    <div className={classes.usage}>
      <div>
        <strong>{number(used)}</strong> of {number(limit)} in the last 24 hours
      </div>
      <Progress
        value={limit > 0 ? Math.min(100, (used / limit) * 100) : 0}
        color={full ? 'var(--sg-paused-solid)' : 'indigo'}
        size={6}
        aria-label={`${used} of ${limit} used`}
      />
    </div>
  )
}
