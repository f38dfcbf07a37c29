/** Searching contacts, with the recorded envelope and breadcrumbs. */
import { type Static, Type } from 'typebox'
import { type ContactOrder, searchContacts } from '../store/contact-search.ts'
import { listsByIds } from '../store/lists.ts'
import { contactStagesOf } from '../store/stages.ts'
import { contactRowsWire } from './contact-answers.ts'
import { Breadcrumb, breadcrumb, Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { type Call, type Route, route } from './route.ts'
import { WireContact } from './wire/contact.ts'

/** The recorded words for the order; others are named in `warnings` and read as the default. */
const ORDERS: Record<string, ContactOrder> = {
  contact_last_activity_date: 'activity',
  contact_email_last_opened_at: 'opened',
  contact_email_last_clicked_at: 'clicked',
  contact_created_at: 'created',
  contact_updated_at: 'updated',
}

const ids = Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10_000 }))

const Input = Type.Object({
  q_keywords: Type.Optional(
    Type.String({ maxLength: 500, description: 'In name, title, company or email.' }),
  ),
  contact_stage_ids: ids,
  contact_label_ids: ids,
  ids,
  emailer_campaign_ids: ids,
  contact_campaign_statuses_or_failure_reasons: Type.Optional(
    Type.Array(Type.String({ maxLength: 100 }), { description: '"<sequence id><status>"', maxItems: 1000 }),
  ),
  sort_by_field: Type.Optional(Type.String({ maxLength: 100 })),
  sort_ascending: Type.Optional(Type.Boolean()),
  ...pageParameters,
})

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/contacts/search',
    name: 'contacts/search',
    summary: 'Search contacts',
    input: Input,
    output: Type.Object({
      contacts: Type.Array(WireContact),
      breadcrumbs: Type.Array(Breadcrumb),
      partial_results_only: Type.Boolean(),
      has_join: Type.Boolean(),
      disable_eu_prospecting: Type.Boolean(),
      partial_results_limit: Type.Integer(),
      pagination: Pagination,
      num_fetch_result: Type.Null(),
    }),
    async run(input, call) {
      const page = pageOf(input, call)
      const [{ contacts, total }, breadcrumbs] = await Promise.all([
        searchContacts(call.db, {
          team: call.caller.teamId,
          ...filtersOf(input),
          order: orderOf(input, call),
          ascending: input.sort_ascending ?? false,
          offset: page.offset,
          limit: page.perPage,
        }),
        breadcrumbsOf(input, call),
      ])
      return {
        contacts: await contactRowsWire(call, contacts, { withAccount: true }),
        breadcrumbs,
        partial_results_only: false,
        has_join: false,
        disable_eu_prospecting: false,
        partial_results_limit: 10_000,
        pagination: paginationOf(page, total),
        num_fetch_result: null,
      }
    },
  }),
]

type Asked = Static<typeof Input>

/** An empty array filters nothing, as recorded clients send it. */
function filtersOf(input: Asked) {
  return {
    ...(input.q_keywords?.trim() && { keywords: input.q_keywords }),
    ...(input.ids?.length && { ids: input.ids }),
    ...(input.contact_stage_ids?.length && { stageIds: input.contact_stage_ids }),
    ...(input.contact_label_ids?.length && { listIds: input.contact_label_ids }),
    ...(input.emailer_campaign_ids?.length && { sequenceIds: input.emailer_campaign_ids }),
    ...(input.contact_campaign_statuses_or_failure_reasons?.length && {
      enrolled: input.contact_campaign_statuses_or_failure_reasons.map((each) => ({
        sequenceId: each.slice(0, 24),
        state: each.slice(24).replace(/^_/, ''),
      })),
    }),
  }
}

function orderOf({ sort_by_field: asked }: Asked, call: Call): ContactOrder {
  if (asked === undefined || asked === '') return 'created'
  const order = Object.hasOwn(ORDERS, asked) ? ORDERS[asked] : undefined
  if (order === undefined)
    call.warn(
      `sort_by_field "${asked}" is not one of ${Object.keys(ORDERS).join(', ')}; sorted by contact_created_at.`,
    )
  return order ?? 'created'
}

async function breadcrumbsOf(input: Asked, { db, caller }: Call) {
  const team = caller.teamId
  const [stages, lists] = await Promise.all([
    input.contact_stage_ids?.length ? contactStagesOf(db, team) : [],
    listsByIds(db, { team, ids: input.contact_label_ids ?? [] }),
  ])
  return [
    ...(input.q_keywords ? [breadcrumb('Contains Keywords', 'q_keywords', { value: input.q_keywords })] : []),
    ...(input.contact_stage_ids ?? []).map((id) =>
      breadcrumb('Contact Stage', 'contact_stage_ids', {
        value: id,
        displayName: stages.find((each) => each.id === id)?.name ?? '[Deleted Stage]',
      }),
    ),
    ...(input.contact_label_ids ?? []).map((id) =>
      breadcrumb('Lists', 'contact_label_ids', {
        value: id,
        displayName: lists.find((each) => each.id === id)?.name ?? '[Deleted List]',
      }),
    ),
  ]
}
