/**
 * Somebody is away: all their enrollments wait for the return, each by the schedule of its own sequence, or ask a person when the note does
 * not say until when, or says a day far off.
 */
import { type AwayPlan, awayPlan } from '../core/absence.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Stop } from '../core/enrollment.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Schedule } from '../core/schedule.ts'
import type { Matched } from '../store/inbound.ts'
import { awayRulesFor, enrollmentsToPause } from '../store/inbound-marks.ts'
import { scheduleOf, schedulesOf } from '../store/schedules.ts'
import { stop } from '../store/stops.ts'
import { about, type Event, NOTHING, note, type Stopped } from './inbound-event.ts'

/** What is shown of a note that names no day. */
const WORDS_MAX = 200

export async function away(tx: Db, event: Event, message: Matched): Promise<Stopped> {
  const { team, inboundId, actor, now, random, reading } = event
  const { toAddress: address, contactId, id: messageId } = message
  if (address === null || contactId === null) return NOTHING
  const { returnsOn = null, certain = false } = reading.absence ?? {}
  const words = reading.absence?.words ?? reading.ownWords.slice(0, WORDS_MAX)
  const { zone, rules } = await awayRulesFor(tx, { team, contactId })
  const schedules = await schedulesById(tx, team, now)
  const halted: Id[] = []
  for (const { id, scheduleId } of await enrollmentsToPause(tx, { team, address, contactId })) {
    const schedule = schedules.get(scheduleId) ?? null
    const plan = awayPlan(returnsOn, now, { schedule, zone, rules })
    const halt = haltOf(plan, words)
    if (halt === null) continue
    await stop(tx, {
      team,
      enrollmentIds: [id],
      stop: halt,
      actor,
      now,
      random,
      messageId,
      inboundId,
      detail: words,
    })
    halted.push(id)
  }
  const detail = { from: event.sender, returns_on: returnsOn, certain, words, paused: halted }
  await note(tx, event, { ...about(message), kind: 'away', detail })
  return { ...NOTHING, enrollmentIds: halted }
}

function haltOf(plan: AwayPlan, words: string): Stop | null {
  switch (plan.kind) {
    case 'pause':
      return { to: 'paused', reason: 'away', until: plan.until }
    case 'ask':
      return { to: 'held', reason: plan.reason, detail: words }
    case 'back':
      return null
  }
}

async function schedulesById(tx: Db, team: TeamId, now: Instant): Promise<Map<Id | null, Schedule>> {
  const rows = await schedulesOf(tx, team)
  return new Map(rows.map((row) => [row.id, scheduleOf(row, now)]))
}
