/** Which of some contacts could be added to a sequence without a word, and who could not and why: before anybody is added. */
import { type TSchema, Type } from 'typebox'
import { type Judged, judge } from '../actions/judge-contacts.ts'
import { everyFlag, type RefusalCode } from '../core/guard.ts'
import type { Id } from '../core/ids.ts'
import { type ContactRow, contactsByIds } from '../store/contacts.ts'
import { sequenceById } from '../store/sequences.ts'
import { teamById } from '../store/teams.ts'
import { refuse } from './errors.ts'
import { IdParameter } from './params.ts'
import { type Call, type Route, route } from './route.ts'

/** Named of each kind. */
const SAMPLES_MAX = 5

/** What is counted, by the name in the answer. */
const DANGERS = {
  active_in_other_campaigns: ['contacts_active_in_other_campaigns'],
  finished_in_other_campaigns: ['contacts_finished_in_other_campaigns'],
  same_company: ['contacts_in_same_company'],
  no_email: ['contacts_without_email'],
  unverified_email: ['contacts_unverified_email', 'contacts_with_unverified_user_managed_email'],
  without_ownership_permission: ['contacts_without_ownership_permission'],
  with_job_change: ['contacts_with_job_change'],
} as const satisfies Record<string, readonly RefusalCode[]>
type Danger = keyof typeof DANGERS

const numberOf = (danger: Danger) =>
  danger === 'with_job_change' ? 'num_with_job_change_contacts' : (`num_${danger}` as const)

const Sample = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))
const kinds = Object.keys(DANGERS) as Danger[]
const Checked = Type.Object({
  show_warning: Type.Boolean(),
  num_total_dangerous_contacts: Type.Integer({ description: 'Whom adding would skip, whatever the reason.' }),
  ...(Object.fromEntries(
    kinds.flatMap((danger): [string, TSchema][] => [
      [numberOf(danger), Type.Integer()],
      [`sample_${danger}_contacts`, Sample],
    ]),
  ) as Record<string, TSchema>),
})

function idsOf({ skipped }: Judged, codes: readonly RefusalCode[]): Id[] {
  const isOne = ({ code }: { code: RefusalCode }) => codes.includes(code)
  return skipped.filter(({ reasons }) => reasons.some(isOne)).map(({ contactId }) => contactId)
}

const nameOf = ({ firstName, lastName, email, id }: ContactRow) =>
  [firstName, lastName].filter((part) => part !== null).join(' ') || email || id

async function judged(
  call: Call,
  { contactIds, sequenceId }: { contactIds: Id[]; sequenceId: Id | undefined },
) {
  const { db, caller, requestId } = call
  const team = caller.teamId
  const sequence = sequenceId === undefined ? null : await sequenceById(db, { team, id: sequenceId })
  if (sequence === undefined) return refuse(404, 'Record not found.')
  const rules = await teamById(db, team)
  return judge(
    db,
    { team, userId: caller.userId, requestId },
    { contactIds, sequence, flags: everyFlag(false), rules },
  )
}

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/emailer_campaigns/check_contacts_deployability',
    name: 'emailer_campaigns/check_contacts_deployability',
    summary: 'Whom of these contacts adding to a sequence would skip, and why',
    description: `Nobody is added. Each kind names at most ${SAMPLES_MAX}. Without a sequence: as if it were a new one.`,
    input: Type.Object({
      contact_ids: Type.Array(IdParameter),
      emailer_campaign_id: Type.Optional(IdParameter),
    }),
    output: Checked,
    async run({ contact_ids: ids, emailer_campaign_id: sequenceId }, call) {
      const found = await judged(call, { contactIds: [...new Set(ids)], sequenceId })
      const dangers = kinds.map((danger) => [danger, idsOf(found, DANGERS[danger])] as const)
      const samples = dangers.flatMap(([, all]) => all.slice(0, SAMPLES_MAX))
      const contacts = await contactsByIds(call.db, { team: call.caller.teamId, ids: samples })
      const total = found.skipped.length
      return {
        show_warning: total > 0,
        num_total_dangerous_contacts: total,
        ...Object.fromEntries(dangers.map(([danger, all]) => [numberOf(danger), all.length])),
        ...Object.fromEntries(
          dangers.map(([danger, all]) => [
            `sample_${danger}_contacts`,
            all.slice(0, SAMPLES_MAX).flatMap((id) => {
              const row = contacts.get(id)
              return row ? [{ id, name: nameOf(row) }] : []
            }),
          ]),
        ),
      }
    },
  }),
]
