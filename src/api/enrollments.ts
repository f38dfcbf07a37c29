/** The people of a sequence over HTTP: where each stands, why, and what would help. */
import { type Static, Type } from 'typebox'
import { type ExplainedGate, explain, firstGates } from '../actions/explain.ts'
import { releaseHold } from '../actions/release-hold.ts'
import { enrollmentById, type PersonRow, SHOWN_STATES, searchPeople } from '../store/enrollment-reads.ts'
import { readTotals } from '../store/stats.ts'
import { actorOf } from './actor.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { sequenceOf } from './sequence-answers.ts'
import { ContactCampaignStatus, shownState, wireContactStatus } from './wire/enrollment.ts'
import { isoOrNull, WireInstantOrNull } from './wire/instant.ts'
import { People, people } from './wire/numbers.ts'

const TextOrNull = Type.Union([Type.String(), Type.Null()])
const NextGate = Type.Object({ name: Type.String(), sentence: TextOrNull, until: WireInstantOrNull })

const Person = Type.Object({
  id: Type.String(),
  contact: Type.Object({
    id: Type.String(),
    name: Type.String(),
    email: TextOrNull,
    company: TextOrNull,
    time_zone: TextOrNull,
  }),
  state: Type.String(),
  reason: TextOrNull,
  sentence: Type.String(),
  step_id: TextOrNull,
  step_position: Type.Union([Type.Integer(), Type.Null()]),
  num_steps: Type.Integer(),
  next_at: WireInstantOrNull,
  next_gate: Type.Union([NextGate, Type.Null()]),
  mailbox_email: Type.String(),
  added_at: Type.String(),
})

const Search = Type.Object({
  sequence_id: IdParameter,
  state: Type.Optional(oneOf(SHOWN_STATES)),
  step_id: Type.Optional(IdParameter),
  q: Type.Optional(Type.String({ maxLength: 500 })),
  ...pageParameters,
})

async function search(input: Static<typeof Search>, call: Call) {
  const team = call.caller.teamId
  const page = pageOf(input, call)
  await sequenceOf(call, input.sequence_id)
  const [found, totals] = await Promise.all([
    searchPeople(call.db, {
      team,
      sequenceId: input.sequence_id,
      state: input.state ?? null,
      stepId: input.step_id ?? null,
      words: wordsOfSearch(input.q),
      offset: page.offset,
      limit: page.perPage,
    }),
    readTotals(call.db, { team, sequenceIds: [input.sequence_id] }),
  ])
  const active = found.people.filter((row) => row.shown === 'active').map((row) => row.id)
  const gates = await firstGates(call.db, { team, enrollmentIds: active, now: call.now })
  return {
    enrollments: found.people.map((row) => personOnWire(row, gates.get(row.id))),
    counts: people(totals.get(input.sequence_id) ?? []),
    pagination: paginationOf(page, found.total),
  }
}

function personOnWire(row: PersonRow, gate: ExplainedGate | undefined): Static<typeof Person> {
  const { state, reason, sentence } = shownState(row)
  const { contact } = row
  const going = row.state === 'active' || row.state === 'paused'
  // A gate that opens later than the wait says better when it goes.
  const nextAt =
    row.dueAt === null ? (row.autoUnpauseAt ?? row.taskDueAt) : Math.max(row.dueAt, gate?.until ?? row.dueAt)
  return {
    id: row.id,
    contact: {
      id: contact.id,
      name: [contact.firstName, contact.lastName].filter(Boolean).join(' ') || (contact.email ?? 'No name'),
      email: contact.email,
      company: contact.company,
      time_zone: contact.timeZone,
    },
    state,
    reason,
    sentence,
    step_id: going ? row.stepId : null,
    step_position: row.stepPosition,
    num_steps: row.numSteps,
    next_at: row.sequenceActive ? isoOrNull(nextAt) : null,
    next_gate: gate ? { name: gate.name, sentence: gate.sentence, until: isoOrNull(gate.until) } : null,
    mailbox_email: row.fromAddress ?? row.mailboxAddress,
    added_at: isoOrNull(row.addedAt)!,
  }
}

const Why = Type.Object({
  gates: Type.Array(
    Type.Object({
      name: Type.String(),
      state: Type.String({ description: 'open or closed.' }),
      rule: Type.String(),
      value: TextOrNull,
      sentence: TextOrNull,
      until: WireInstantOrNull,
    }),
  ),
  next_at: WireInstantOrNull,
  decision: Type.String({ description: 'send, or the name of the first closed gate.' }),
})

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/enrollments/search',
    name: 'enrollments/search',
    summary: 'The people of a sequence',
    extension: true,
    input: Search,
    output: Type.Object({ enrollments: Type.Array(Person), counts: People, pagination: Pagination }),
    run: search,
  }),
  route({
    method: 'GET',
    path: '/enrollments/:id/why',
    name: 'enrollments/why',
    summary: 'Why not sent? Every gate, its value, and the earliest time it opens',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Why,
    async run({ id }, call) {
      const explained = await explain(call.db, {
        team: call.caller.teamId,
        enrollmentId: id,
        now: call.now,
      })
      if (!explained) return refuse(404, 'Record not found.')
      return {
        gates: explained.gates.map((gate) => ({ ...gate, until: isoOrNull(gate.until) })),
        next_at: isoOrNull(explained.nextAt),
        decision: explained.decision,
      }
    },
  }),
  route({
    method: 'POST',
    path: '/enrollments/:id/release',
    name: 'enrollments/release',
    summary: 'Fix and retry: lets a held, paused or failed person go on from the same step',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      send_email_from_email_account_id: Type.Optional(
        Type.Unsafe<string>({
          ...IdParameter,
          description:
            'Which mailbox sends from now on, where theirs was removed or is not connected: the next email opens a new thread.',
        }),
      ),
    }),
    output: Type.Object({ enrollment: ContactCampaignStatus }),
    async run({ id, send_email_from_email_account_id: mailboxId }, call) {
      const team = call.caller.teamId
      const { db, now, random } = call
      allowed(await releaseHold(db, { team, enrollmentId: id, mailboxId, actor: actorOf(call), now, random }))
      const row = await enrollmentById(db, { team, id })
      return row ? { enrollment: wireContactStatus(row) } : refuse(404, 'Record not found.')
    },
  }),
]
