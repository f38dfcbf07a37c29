/** Calls over HTTP: logging one, changing it, searching those there were. What a call can come to is in call-outcomes.ts. */
import { type Static, Type } from 'typebox'
import { type CallChange, changeCall, logCall } from '../actions/log-call.ts'
import { type Instant, SECOND } from '../core/clock.ts'
import type { Id } from '../core/ids.ts'
import { PHONE_MAX } from '../core/phone.ts'
import { CALL_STATUSES, type CallStatus, callStatusOf } from '../core/phone-call.ts'
import {
  type CallFields,
  type CallsFound,
  type PhoneCallRow,
  phoneCallById,
  searchPhoneCalls,
} from '../store/phone-calls.ts'
import { teamById } from '../store/teams.ts'
import { accountsWire } from './account-answers.ts'
import { actorOf } from './actor.ts'
import { contactsWire } from './contact-answers.ts'
import { defined } from './defined.ts'
import { refuse, shorten } from './errors.ts'
import {
  Breadcrumb,
  breadcrumb,
  Pagination,
  pageOf,
  pageParameters,
  paginationOf,
  wordsOfSearch,
} from './paging.ts'
import { clearable, clearableId, IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { WireContact } from './wire/contact.ts'
import { firstMomentOf } from './wire/day.ts'
import { instantOf } from './wire/instant.ts'
import { WirePhoneCall, wirePhoneCall } from './wire/phone-call.ts'

/** A day: what is longer is a mistake in the unit. */
const SECONDS_MAX = 86_400

const Text = Type.Optional(Type.String({ maxLength: 100 }))
const Seconds = Type.Optional(Type.Integer({ minimum: 0, maximum: SECONDS_MAX, description: 'Seconds.' }))
const clearableText = (most: number) => clearable(Type.String({ maxLength: most }))

const fields = {
  logged: Type.Optional(Type.Boolean({ description: 'Default true.' })),
  user_id: Type.Optional(Type.Array(IdParameter, { description: 'Who called; one. Default: the caller.' })),
  contact_id: clearableText(100),
  account_id: clearableText(100),
  to_number: clearableText(PHONE_MAX),
  from_number: clearableText(PHONE_MAX),
  status: Type.Optional(Type.String({ description: `${CALL_STATUSES.join(', ')}. Default completed.` })),
  start_time: Text,
  end_time: Text,
  duration: Seconds,
  phone_call_purpose_id: clearable(Type.String({ maxLength: 100, description: 'Kept as it is.' })),
  phone_call_outcome_id: clearable(
    Type.String({
      maxLength: 100,
      description: 'By GET /phone_call_outcomes. It does to the contact what it says.',
    }),
  ),
  note: clearableText(10_000),
}
const Create = Type.Object(fields)
type Given = Static<typeof Create>

const actingOf = (call: Call) => ({
  ...{ team: call.caller.teamId, userId: call.caller.userId, actor: actorOf(call) },
  ...{ now: call.now, random: call.random },
})

/** What was given, and no more. */
function changesFrom(input: Given): Partial<CallFields> {
  const [userId, ...more] = input.user_id ?? []
  if (more.length > 0)
    refuse(422, `The parameter "user_id" has ${more.length + 1} ids; a call is made by one person.`, {
      parameter: 'user_id',
    })
  return defined({
    userId,
    logged: input.logged,
    contactId: clearableId(input.contact_id),
    accountId: clearableId(input.account_id),
    toNumber: textOf(input.to_number),
    fromNumber: textOf(input.from_number),
    status: input.status === undefined ? undefined : statusFrom(input.status),
    purposeId: textOf(input.phone_call_purpose_id),
    outcomeId: clearableId(input.phone_call_outcome_id),
    note: textOf(input.note),
  })
}

const textOf = (text: string | null | undefined) => (text === undefined ? undefined : text?.trim() || null)

function statusFrom(word: string): CallStatus {
  return (
    callStatusOf(word) ??
    refuse(
      422,
      `The parameter "status" is "${shorten(word)}"; expected one of ${CALL_STATUSES.join(', ')}.`,
      {
        parameter: 'status',
      },
    )
  )
}

type Times = Pick<CallFields, 'startsAt' | 'endsAt' | 'seconds'>

/** Of a call that is logged: what is said of begin, end and duration gives the rest; nothing said is now. */
function timesOf(input: Given, now: Instant): Times {
  const { start, end } = endsIn(input)
  const seconds = input.duration ?? (start !== null && end !== null ? lasted(start, end) : null)
  if (start === null && end === null) return { startsAt: now, endsAt: now, seconds }
  const length = (seconds ?? 0) * SECOND
  return { startsAt: start ?? end! - length, endsAt: end ?? start! + length, seconds }
}

/** Of one that was: what is not said stays, and the duration follows. */
function timesAfter(input: Given, before: Times): Partial<Times> {
  const { start, end } = endsIn(input)
  const length = input.duration === undefined ? null : input.duration * SECOND
  if (start === null && end === null && length === null) return {}
  const startsAt = start ?? (end !== null && length !== null ? end - length : before.startsAt)
  const endsAt = end ?? (length !== null ? startsAt + length : before.endsAt)
  return { startsAt, endsAt, seconds: input.duration ?? lasted(startsAt, endsAt) }
}

function endsIn(input: Given): { start: Instant | null; end: Instant | null } {
  const at = (name: 'start_time' | 'end_time') => (input[name] ? instantOf(input[name], name) : null)
  const [start, end] = [at('start_time'), at('end_time')]
  if (start !== null && end !== null) lasted(start, end)
  return { start, end }
}

function lasted(startsAt: Instant, endsAt: Instant): number {
  const seconds = Math.round((endsAt - startsAt) / SECOND)
  if (seconds >= 0 && seconds <= SECONDS_MAX) return seconds
  return refuse(
    422,
    `The call lasts ${seconds} seconds from start_time to end_time; expected 0 to ${SECONDS_MAX} (a day).`,
    { parameter: 'end_time' },
  )
}

function draftFrom(input: Given, call: Call): CallFields {
  const nothing = { contactId: null, accountId: null, outcomeId: null, purposeId: null }
  const silent = { fromNumber: null, toNumber: null, note: null }
  const draft = {
    ...nothing,
    ...silent,
    userId: call.caller.userId,
    logged: true,
    status: 'completed',
  } as const
  return { ...draft, ...timesOf(input, call.now), ...changesFrom(input) }
}

/** Recorded of the contact of a call that was searched for, and nowhere else. */
const BESIDE_A_CALL = { organization_logo_url: null, salesforce_record_url: null }

/** With their contacts, in a fixed number of queries. */
async function callsWire(call: Call, rows: readonly PhoneCallRow[]) {
  const ids = (of: (row: PhoneCallRow) => Id | null) => [...new Set(rows.flatMap((row) => of(row) ?? []))]
  const contacts = new Map(
    (
      await contactsWire(
        call,
        ids((row) => row.contactId),
      )
    ).map((one) => [one.id as Id, one]),
  )
  return rows.map((row) => {
    const contact = row.contactId === null ? undefined : contacts.get(row.contactId)
    const accountId = row.accountId ?? contact?.account_id ?? null
    return { ...wirePhoneCall(row, { accountId }), ...(contact && { contact }) }
  })
}

/** Alone, as creating and changing one answers. */
async function shown(call: Call, id: Id) {
  const row = (await phoneCallById(call.db, { team: call.caller.teamId, id }))!
  const [wire] = await callsWire(call, [row])
  const [account] = wire!.account_id === null ? [] : await accountsWire(call, [wire!.account_id])
  const contact = wire!.contact ?? null
  return { phone_call: { ...wire!, contact, account: account ?? null }, contact }
}

const Shown = {
  phone_call: WirePhoneCall,
  contact: Type.Union([WireContact, Type.Null()]),
}

const Range = <S extends typeof Text | typeof Seconds>(bound: S) =>
  Type.Optional(Type.Object({ min: bound, max: bound }))
const ids = Type.Optional(Type.Array(IdParameter, { maxItems: 1_000 }))

const Search = Type.Object({
  date_range: Range(Text),
  duration: Range(Seconds),
  inbound: Type.Optional(Type.Boolean({ description: 'true finds none: calls are outgoing.' })),
  user_ids: ids,
  contact_label_ids: ids,
  phone_call_purpose_ids: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1_000 })),
  phone_call_outcome_ids: ids,
  q_keywords: Type.Optional(Type.String({ maxLength: 500 })),
  ...pageParameters,
})

async function search(input: Static<typeof Search>, call: Call) {
  const page = pageOf(input, call)
  const { date_range: days, duration } = input
  const zone = days ? (await teamById(call.db, call.caller.teamId)).timeZone : 'UTC'
  const found = await searchPhoneCalls(call.db, {
    team: call.caller.teamId,
    from: firstMomentOf(days?.min, { zone, parameter: 'date_range[min]' }),
    before: firstMomentOf(days?.max, { zone, parameter: 'date_range[max]', plus: 1 }),
    secondsMin: duration?.min ?? null,
    secondsMax: duration?.max ?? null,
    userIds: input.inbound ? [] : (input.user_ids ?? null),
    listIds: input.contact_label_ids ?? null,
    purposeIds: input.phone_call_purpose_ids ?? null,
    outcomeIds: input.phone_call_outcome_ids ?? null,
    words: wordsOfSearch(input.q_keywords),
    offset: page.offset,
    limit: page.perPage,
  })
  const pagination = paginationOf(page, found.total)
  const echoed = (name: 'page' | 'per_page') =>
    // Recorded: these two come back as text when they arrived in the query string.
    call.inQuery.has(name) ? String(pagination[name]) : pagination[name]
  const calls = await callsWire(call, found.calls)
  return {
    pagination: { ...pagination, page: echoed('page'), per_page: echoed('per_page') },
    breadcrumbs: breadcrumbsOf(input),
    phone_calls: calls.map(({ contact, ...one }) => ({
      ...one,
      ...(contact && { contact: { ...contact, ...BESIDE_A_CALL } }),
      conversation_id: null,
    })),
    faceting: { phone_call_stats_facets: facetsOf(found) },
    pipeline_total: found.total,
    num_fetch_result: null,
  }
}

function breadcrumbsOf({ date_range: days, q_keywords: words }: Static<typeof Search>) {
  const day = (word: string, value: string | undefined) =>
    value ? [breadcrumb('Date', 'date_range', { value, displayName: `${word} ${value}` })] : []
  return [
    ...day('After', days?.min),
    ...day('Before', days?.max),
    ...(words ? [breadcrumb('Contains Keywords', 'q_keywords', { value: words })] : []),
  ]
}

function facetsOf({ outcomes, underWay }: CallsFound) {
  return [
    { value: 'active', display_name: 'Active Calls', count: underWay },
    ...outcomes.map(({ outcomeId, name, n }) => ({
      value: outcomeId ?? 'other',
      display_name: name ?? 'No Disposition',
      count: n,
    })),
  ]
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/phone_calls/search',
    name: 'phone_calls/search',
    masterOnly: true,
    summary: 'Search calls, the latest first',
    description: 'Those that were logged, and those of tasks that came to an outcome.',
    input: Search,
    output: Type.Object({
      pagination: Pagination,
      breadcrumbs: Type.Array(Breadcrumb),
      phone_calls: Type.Array(WirePhoneCall),
      faceting: Type.Record(Type.String(), Type.Array(Type.Unknown())),
      pipeline_total: Type.Integer(),
      num_fetch_result: Type.Null(),
    }),
    run: search,
  }),
  route({
    method: 'POST',
    path: '/phone_calls',
    name: 'phone_calls/create',
    masterOnly: true,
    summary: 'Log a call that was made',
    description:
      'With an outcome it does to the contact what the outcome says, except that it ends no single sequence: it was made for none. Times that are not given are those of the call of the API.',
    input: Create,
    output: Type.Object({
      ...Shown,
      team: Type.Object({ id: Type.String(), phone_calls_finder_empty: Type.Boolean() }),
    }),
    async run(input, call) {
      const id = allowed(await logCall(call.db, actingOf(call), draftFrom(input, call)))
      const team = { id: call.caller.teamPublicId, phone_calls_finder_empty: false }
      return { ...(await shown(call, id)), team }
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/phone_calls/:id',
    name: 'phone_calls/update',
    masterOnly: true,
    summary: 'Change what was logged of a call',
    description:
      'Another outcome has its effect; what the one before did is not taken back. Of the call of a task contact and outcome stay.',
    input: Type.Object({ id: IdParameter, ...fields }),
    output: Type.Object(Shown),
    async run({ id, ...input }, call) {
      const said = changesFrom(input)
      const change: CallChange = (before) => ({ ...said, ...timesAfter(input, before) })
      allowed(await changeCall(call.db, actingOf(call), { id, change }))
      return shown(call, id)
    },
  }),
]
