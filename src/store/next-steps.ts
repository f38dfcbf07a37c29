/** What comes after a step was done or skipped: the next one by position, at its date or with its wait counted from now; or the end. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { dueOn, type WaitUnit } from '../core/due.ts'
import { isFollowUp, rankOf } from '../core/enrollment.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import type { SkipReason } from '../core/reason.ts'
import type { Schedule, Window } from '../core/schedule.ts'
import { isSentByItself, type Priority } from '../core/sequence.ts'
import { kysely } from './db.ts'
import { scheduleOf } from './schedules.ts'
import type { Change, NextStep } from './transitions.ts'

export interface Done {
  enrollmentId: Id
  stepId: Id
  /** The email that was accepted. */
  messageId: Id
}

/** A step that is passed over, as decided from the row at `rev`. */
export interface Skipped {
  enrollmentId: Id
  stepId: Id
  /** The id that its email would have had. */
  messageId: Id | null
  rev?: number
  reason: SkipReason
  detail: string
}

interface Row {
  enrollmentId: Id
  rank: number
  zone: string | null
  timeZone: string | null
  useContactZone: boolean
  skipHolidays: boolean
  extraHolidays: string[]
  holidayRegion: string | null
  windows: Window[] | null
  nextStepId: Id | null
  waitAmount: number | null
  waitUnit: WaitUnit | null
  businessDays: boolean | null
  exactAt: Instant | null
  priority: Priority | null
  kind: string | null
}

/**
 * The change of each enrollment that still stands on the step that was done. One that was moved to another step meanwhile only loses the
 * doubt about this email; one without that doubt is left out.
 */
export async function advances(
  tx: Db,
  o: { team: TeamId; done: readonly Done[]; now: Instant; random: Random },
): Promise<Change[]> {
  if (o.done.length === 0) return []
  const rows = await readNext(tx, o)
  const moved = await doubtedElsewhere(tx, o)
  return o.done.flatMap((done): Change[] => {
    const row = rows.get(done.enrollmentId)
    if (row) return [changeOf(row, done, o)]
    return moved.has(done.enrollmentId) ? [doubtEnds(done)] : []
  })
}

/** The change of each enrollment whose task of this step a person has done. */
export async function tasksDone(
  tx: Db,
  o: {
    team: TeamId
    done: readonly { enrollmentId: Id; stepId: Id }[]
    detail?: string
    told?: Readonly<Record<string, string>>
    now: Instant
    random: Random
  },
): Promise<Change[]> {
  if (o.done.length === 0) return []
  const rows = await readNext(tx, o)
  return o.done.flatMap(({ enrollmentId }): Change[] => {
    const row = rows.get(enrollmentId)
    if (!row) return []
    const about = {
      enrollmentId,
      told: o.told ?? {},
      ...(o.detail === undefined ? {} : { detail: o.detail }),
    }
    const next = nextOf(row, { ...o, first: false })
    return [
      next === null
        ? { ...about, transition: 'complete', reason: 'completed' }
        : { ...about, transition: 'do_task', next },
    ]
  })
}

/** The change of each enrollment whose step is skipped. Nothing was done: whoever had received nothing still begins. */
export async function skips(
  tx: Db,
  o: { team: TeamId; skipped: readonly Skipped[]; now: Instant; random: Random },
): Promise<Change[]> {
  if (o.skipped.length === 0) return []
  const rows = await readNext(tx, { team: o.team, done: o.skipped })
  return o.skipped.flatMap(({ stepId: _, ...about }): Change[] => {
    const row = rows.get(about.enrollmentId)
    if (!row) return []
    const next = nextOf(row, { ...o, first: !isFollowUp(row.rank) })
    return [next === null ? { ...about, transition: 'complete' } : { ...about, transition: 'skip', next }]
  })
}

/** The email that it answers is known now; the step that it stands on keeps its own wait. */
function doubtEnds({ enrollmentId, messageId }: Omit<Done, 'stepId'>): Change {
  return { enrollmentId, transition: 'release', messageId, parentMessageId: messageId }
}

/** Held for the delivery of an email whose step is not theirs any more (it was deleted), and for no other. */
async function doubtedElsewhere(
  tx: Db,
  { team, done }: { team: TeamId; done: readonly Done[] },
): Promise<Set<Id>> {
  const { rows } = await sql<{ id: Id }>`
    select e.id from unnest(${done.map((one) => one.enrollmentId)}::text[], ${done.map((one) => one.stepId)}::text[]) as d (id, step_id)
    join enrollments e on e.team_id = ${team} and e.id = d.id and e.step_id is distinct from d.step_id
      and e.hold_reason = 'delivery_unknown'
    where not exists (
      select from messages m where m.team_id = e.team_id and m.enrollment_id = e.id and m.state = 'unknown')`.execute(
    kysely(tx),
  )
  return new Set(rows.map((row) => row.id))
}

/** As `advances`, for an email that is known not to have arrived: due again at `dueAt`, or on the step that they were moved to in its time. */
export async function sendsAgain(
  tx: Db,
  { team, one, dueAt }: { team: TeamId; one: Done; dueAt: Instant },
): Promise<Change[]> {
  const { enrollmentId, messageId } = one
  const moved = await doubtedElsewhere(tx, { team, done: [one] })
  if (moved.has(enrollmentId)) return [{ enrollmentId, transition: 'release', messageId }]
  const { rows } = await sql<{ id: Id }>`
    select id from enrollments where team_id = ${team} and id = ${enrollmentId} and step_id = ${one.stepId}
      and hold_reason = 'delivery_unknown'`.execute(kysely(tx))
  // Another hold has its own reason, and its own way out.
  return rows.map(() => ({ enrollmentId, transition: 'release', messageId, dueAt }))
}

function changeOf(row: Row, { enrollmentId, messageId }: Done, o: { now: Instant; random: Random }): Change {
  const about = { enrollmentId, messageId, parentMessageId: messageId }
  const next = nextOf(row, { ...o, first: false })
  return next === null
    ? { ...about, transition: 'complete', reason: 'completed' }
    : { ...about, transition: 'advance', next }
}

/** Null: there is none. `first`: nothing of the sequence was received yet. */
function nextOf(
  row: Row,
  { first, now, random }: { first: boolean; now: Instant; random: Random },
): NextStep | null {
  const { nextStepId, waitAmount, waitUnit, exactAt, priority, kind } = row
  const businessDays = row.businessDays ?? false
  if (nextStepId === null || waitAmount === null || waitUnit === null) return null
  return {
    stepId: nextStepId,
    messageId: newId(now, random),
    rank: rankOf({ first, priority, by: kind === null || isSentByItself(kind) ? 'itself' : 'person' }),
    waitEndsAt: dueOn({ waitAmount, waitUnit, businessDays, exactAt }, now, {
      schedule: scheduleIn(row, now),
      zone: row.zone,
    }),
  }
}

function scheduleIn(row: Row, now: Instant): Schedule | null {
  if (row.windows === null || row.timeZone === null) return null
  return scheduleOf({ ...row, timeZone: row.timeZone, windows: row.windows }, now)
}

async function readNext(
  tx: Db,
  { team, done }: { team: TeamId; done: readonly { enrollmentId: Id; stepId: Id }[] },
): Promise<Map<Id, Row>> {
  const { rows } = await sql<Row>`
    select e.id as "enrollmentId", e.rank, c.time_zone as zone, sc.time_zone as "timeZone", coalesce(sc.use_contact_zone, false) as "useContactZone",
      coalesce(sc.skip_holidays, false) as "skipHolidays", coalesce(sc.extra_holidays, '[]') as "extraHolidays", sc.holiday_region as "holidayRegion", sc.windows,
      n.id as "nextStepId", n.wait_amount as "waitAmount", n.wait_unit as "waitUnit", n.business_days as "businessDays", n.exact_at as "exactAt", n.priority, n.kind
    from unnest(${done.map((one) => one.enrollmentId)}::text[], ${done.map((one) => one.stepId)}::text[]) as d (enrollment_id, step_id)
    join enrollments e on e.team_id = ${team} and e.id = d.enrollment_id and e.step_id = d.step_id
    join contacts c on c.team_id = e.team_id and c.id = e.contact_id
    join sequences s on s.team_id = e.team_id and s.id = e.sequence_id
    left join schedules sc on sc.team_id = s.team_id and sc.id = s.schedule_id
    join steps st on st.team_id = e.team_id and st.id = e.step_id
    left join lateral (
      select id, kind, wait_amount, wait_unit, business_days, exact_at, priority from steps x
      where x.team_id = e.team_id and x.sequence_id = e.sequence_id and x.position > st.position and x.deleted_at is null
      order by x.position, x.id limit 1
    ) as n on true`.execute(kysely(tx))
  return new Map(rows.map((row) => [row.enrollmentId, row]))
}
