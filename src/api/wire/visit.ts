/** Openings and clicks as the wire says them: `emailer_message_event`, in groups of one kind. Machines stand apart, so that nobody counts them. */
import { Type } from 'typebox'
import { MACHINE_RULES } from '../../core/visit.ts'
import type { MessageRow } from '../../store/message-reads.ts'
import type { VisitRow } from '../../store/visits.ts'
import { iso } from './instant.ts'

export const MessageEvent = Type.Object(
  {
    id: Type.String(),
    type: Type.String({ description: 'open or click' }),
    created_at: Type.String(),
    contact_id: Type.Union([Type.String(), Type.Null()]),
    emailer_message_id: Type.String(),
    readable_user_agent: Type.String(),
    url: Type.Union([Type.String(), Type.Null()], { description: 'Ours: where the link led.' }),
  },
  { additionalProperties: true },
)

export function wireEvent(visit: VisitRow, message: MessageRow) {
  return {
    id: visit.id,
    type: visit.kind,
    created_at: iso(visit.at),
    contact_id: message.contactId,
    emailer_message_id: message.id,
    readable_user_agent: readable(visit.agent),
    third_party_tracking_service: null,
    state: null,
    country: null,
    url: visit.target,
    ...(visit.rule === null ? {} : { machine_rule: visit.rule, machine_sentence: MACHINE_RULES[visit.rule] }),
  }
}

/** One group a kind, in the order in which the kinds began. */
export function eventGroups(events: readonly ReturnType<typeof wireEvent>[]) {
  return [...Map.groupBy(events, (event) => event.type)].map(([kind, group]) => ({
    id: group[0]!.id,
    type: 'emailer_message_events_group',
    event_group_type: kind,
    emailer_message_events: group,
  }))
}

/** Which names what: the first that the agent holds. Edge and Chrome also call themselves Safari. */
const PROGRAMS = [
  ['GoogleImageProxy', 'Gmail'],
  ['YahooMailProxy', 'Yahoo Mail'],
  ['Outlook', 'Outlook'],
  ['Thunderbird', 'Thunderbird'],
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Chrome', 'Chrome'],
  ['Firefox', 'Firefox'],
  ['Safari', 'Safari'],
] as const
const SYSTEMS = [
  ['Windows', 'Windows'],
  ['iPhone', 'iOS'],
  ['iPad', 'iPadOS'],
  ['Android', 'Android'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const

function readable(agent: string): string {
  const named = (names: readonly (readonly [string, string])[]) =>
    names.find(([part]) => agent.includes(part))?.[1]
  const program = named(PROGRAMS)
  const system = named(SYSTEMS)
  if (program === undefined) return agent === '' ? 'unknown' : agent.slice(0, 100)
  const proxied = program === 'Gmail' || program === 'Yahoo Mail'
  return system === undefined || proxied ? program : `${program} on ${system}`
}
