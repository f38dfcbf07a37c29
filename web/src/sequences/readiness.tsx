/** What is missing before a sequence can send, each with the way to mend it. */
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { MissingValue, Notice, Readiness } from '../lib/sequence-types.ts'
import { readinessQuery } from '../lib/sequences.ts'
import { counted, forPeople, listed, number } from '../lib/words.ts'
import { AppLink, PatchLink } from '../ui/link.tsx'
import classes from './readiness.module.css'

interface NoticesProps {
  sequenceId: string
  readiness: Readiness
  onLeave?: () => void
}

export function Notices({ sequenceId, readiness, onLeave }: NoticesProps) {
  const { problems, warnings, missing } = readiness
  if (problems.length + warnings.length + missing.length === 0)
    return (
      <div className={classes.line} data-tone="good">
        <IconCircleCheck size={16} aria-hidden /> Nothing is missing.
      </div>
    )
  return (
    <ul className={classes.lines} data-testid="readiness">
      {problems.map((notice) => (
        <Line key={notice.code + notice.sentence} sequenceId={sequenceId} notice={notice} onLeave={onLeave} />
      ))}
      {warnings.map((sentence) => (
        <li key={sentence} className={classes.line} data-tone="warn">
          <IconAlertTriangle size={16} aria-hidden />
          <span>{sentence}</span>
        </li>
      ))}
      {missing.map((value) => (
        <Missing key={value.variable} value={value} readiness={readiness} onLeave={onLeave} />
      ))}
    </ul>
  )
}

interface MissingProps {
  value: MissingValue
  readiness: Readiness
  onLeave: (() => void) | undefined
}

/** Whom a value is missing for, and both ways out: fill it in, or write what stands in for it. */
function Missing({ value, readiness, onLeave }: MissingProps) {
  const { variable, people, steps, examples } = value
  const rest = people - examples.length
  const among = readiness.more_people ? ` of the first ${number(readiness.people_looked_at)}` : ''
  return (
    <li className={classes.line} data-tone="warn" data-testid="missing-value">
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        Missing for {counted(people, 'person', 'people')}
        {among}: <strong>{variable}</strong> (
        {examples.map(({ contact_id, name }, index) => (
          <Fragment key={contact_id}>
            {index > 0 ? ', ' : ''}
            <PatchLink patch={{ person: contact_id }} onClick={onLeave}>
              {name}
            </PatchLink>
          </Fragment>
        ))}
        {rest > 0 ? ` and ${number(rest)} more` : ''}). {steps.length === 1 ? 'Step' : 'Steps'}{' '}
        {listed(steps.map(String))} would be held for them. Fill it in, or write{' '}
        <code>{`{{#if ${variable}}}…{{#else}}…{{#endif}}`}</code>.
      </span>
    </li>
  )
}

interface LineProps {
  sequenceId: string
  notice: Notice
  onLeave: (() => void) | undefined
}

/** Where each kind of problem is mended; what is not here is mended in the step it names, or right on this screen. */
const REMEDIES: Record<string, { to: (id: string) => string; words: string }> = {
  legal_name_missing: { to: () => '/settings/team', words: 'Fill it in' },
  postal_address_missing: { to: () => '/settings/team', words: 'Fill it in' },
  no_schedule: { to: (id) => `/sequences/${id}/settings`, words: 'Choose a schedule' },
  schedule_never_opens: { to: () => '/settings/schedules', words: 'Open the schedules' },
  no_mailbox: { to: () => '/mailboxes', words: 'Open the mailboxes' },
}

function Line({ sequenceId, notice, onLeave }: LineProps) {
  const remedy = REMEDIES[notice.code]
  return (
    <li className={classes.line} data-tone="bad">
      <IconAlertTriangle size={16} aria-hidden />
      <span>
        {forPeople(notice.sentence)}{' '}
        {remedy ? (
          <AppLink to={remedy.to(sequenceId)} onClick={onLeave}>
            {remedy.words}
          </AppLink>
        ) : notice.step_id ? (
          <PatchLink patch={{ step: notice.step_id }} onClick={onLeave}>
            Open the step
          </PatchLink>
        ) : null}
      </span>
    </li>
  )
}

/** Above the steps, only while something is missing. */
export function ReadinessBar({ sequenceId }: { sequenceId: string }) {
  const { data } = useQuery(readinessQuery(sequenceId))
  if (!data || data.problems.length + data.warnings.length + data.missing.length === 0) return null
  return (
    <div className={classes.bar} data-tone={data.ready ? 'warn' : 'bad'}>
      <Notices sequenceId={sequenceId} readiness={data} />
    </div>
  )
}
