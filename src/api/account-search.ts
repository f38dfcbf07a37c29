/** Searching companies, with the recorded envelope and breadcrumbs. */
import { type Static, Type } from 'typebox'
import { isId } from '../core/ids.ts'
import { type AccountOrder, searchAccounts } from '../store/account-search.ts'
import { listsByIds } from '../store/lists.ts'
import { accountStagesOf } from '../store/stages.ts'
import { accountRowsWire, WireAccount } from './account-answers.ts'
import { refuse } from './errors.ts'
import { Breadcrumb, breadcrumb, Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { type Call, type Route, route } from './route.ts'

const ORDERS: Record<string, AccountOrder> = {
  account_last_activity_date: 'activity',
  account_created_at: 'created',
  account_updated_at: 'updated',
}

const ids = Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 10_000 }))

const Input = Type.Object({
  q_organization_name: Type.Optional(Type.String({ maxLength: 500, description: 'Words of the name.' })),
  account_stage_ids: ids,
  account_label_ids: ids,
  sort_by_field: Type.Optional(
    Type.String({
      maxLength: 100,
      description: `${Object.keys(ORDERS).join(', ')}. The last by default: newest first.`,
    }),
  ),
  sort_ascending: Type.Optional(Type.Boolean()),
  ...pageParameters,
})

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/accounts/search',
    name: 'accounts/search',
    summary: 'Search accounts',
    input: Input,
    output: Type.Object({
      accounts: Type.Array(WireAccount),
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
      const [{ accounts, total }, breadcrumbs] = await Promise.all([
        searchAccounts(call.db, {
          team: call.caller.teamId,
          ...filtersOf(input),
          order: orderOf(input),
          ascending: input.sort_ascending ?? false,
          offset: page.offset,
          limit: page.perPage,
        }),
        breadcrumbsOf(input, call),
      ])
      return {
        breadcrumbs,
        partial_results_only: false,
        has_join: false,
        disable_eu_prospecting: false,
        partial_results_limit: 10_000,
        pagination: paginationOf(page, total),
        accounts: await accountRowsWire(call, accounts),
        num_fetch_result: null,
      }
    },
  }),
]

type Asked = Static<typeof Input>

/** An empty array filters nothing, as recorded clients send it. Throws the recorded 422 for a stage that is no id. */
function filtersOf(input: Asked) {
  if (input.account_stage_ids?.some((id) => !isId(id)))
    refuse(422, 'Your search parameters are entered incorrectly. Did you try to edit the URL directly?', {
      parameter: 'account_stage_ids',
    })
  return {
    ...(input.q_organization_name?.trim() && { name: input.q_organization_name }),
    ...(input.account_stage_ids?.length && { stageIds: input.account_stage_ids }),
    ...(input.account_label_ids?.length && { listIds: input.account_label_ids }),
  }
}

function orderOf({ sort_by_field: asked }: Asked): AccountOrder {
  if (asked === undefined || asked === '') return 'updated'
  const order = Object.hasOwn(ORDERS, asked) ? ORDERS[asked] : undefined
  return (
    order ??
    refuse(422, 'Invalid sort criteria', {
      skip_alert_dialog: true,
      parameter: 'sort_by_field',
      allowed: Object.keys(ORDERS),
    })
  )
}

async function breadcrumbsOf(input: Asked, { db, caller }: Call) {
  const team = caller.teamId
  const stageIds = input.account_stage_ids ?? []
  const [stages, lists] = await Promise.all([
    stageIds.length > 0 ? accountStagesOf(db, team) : [],
    listsByIds(db, { team, ids: input.account_label_ids ?? [] }),
  ])
  const stageName = (id: string) => stages.find((stage) => stage.id === id)?.name ?? '[Deleted Stage]'
  return [
    ...(input.q_organization_name
      ? [breadcrumb('Company Name', 'q_organization_name', { value: input.q_organization_name })]
      : []),
    ...stageIds.map((id) =>
      breadcrumb('Account Stage', 'account_stage_ids', { value: id, displayName: stageName(id) }),
    ),
    ...lists.map(({ id, name }) =>
      breadcrumb('Lists', 'account_label_ids', { value: id, displayName: name }),
    ),
  ]
}
