/** Finds sequences and shows one, over HTTP. */
import { Type } from 'typebox'
import { type SequenceSearch, type SequenceSort, searchSequences } from '../store/sequences.ts'
import { shorten } from './errors.ts'
import {
  Breadcrumb,
  breadcrumb,
  Pagination,
  pageOf,
  pageParameters,
  paginationOf,
  wordsOfSearch,
} from './paging.ts'
import { IdParameter, oneOf } from './params.ts'
import { type Route, route } from './route.ts'
import { sequencesOnWire, TreeOnWire, wholeSequence } from './sequence-answers.ts'
import { Attachment } from './wire/attachment.ts'
import { EmailerCampaign } from './wire/sequence.ts'

/** The original's names of the orders; anything else is answered in the order of birth, with a warning. */
const SORTS: Record<string, SequenceSort> = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  name: 'name',
  lastUsedAt: 'last_used_at',
  last_used_at: 'last_used_at',
}

const Search = Type.Object({
  q_name: Type.Optional(Type.String({ maxLength: 500, description: 'Words that occur in the name.' })),
  ...pageParameters,
  sort_by_field: Type.Optional(Type.String()),
  sort_ascending: Type.Optional(Type.Boolean()),
  emailer_campaign_status: Type.Optional(oneOf(['active', 'inactive', 'archived', 'unarchived'] as const)),
  ids: Type.Optional(
    Type.Array(IdParameter, { description: 'Only these, archived ones too. The original ignores it.' }),
  ),
  emailer_campaign_ids: Type.Optional(Type.Array(IdParameter, { description: 'The same as ids.' })),
  display_mode: Type.Optional(Type.Unknown()),
  open_factor_names: Type.Optional(Type.Unknown()),
})

const Found = Type.Object({
  pagination: Pagination,
  breadcrumbs: Type.Array(Breadcrumb),
  emailer_campaigns: Type.Array(EmailerCampaign),
  num_fetch_result: Type.Null(),
})

function statusOf(status: string | undefined, byId: boolean): SequenceSearch['status'] {
  if (status === undefined) return byId ? 'any' : 'unarchived'
  return status as SequenceSearch['status']
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/emailer_campaigns/search',
    name: 'emailer_campaigns/search',
    summary: 'Search sequences by name',
    input: Search,
    output: Found,
    async run(input, call) {
      const page = pageOf(input, call)
      const ids = input.ids ?? input.emailer_campaign_ids ?? null
      const asked = input.sort_by_field ?? 'created_at'
      const sort = Object.hasOwn(SORTS, asked) ? SORTS[asked] : undefined
      if (sort === undefined)
        call.warn(`Sequences are not sorted by "${shorten(asked)}"; use ${Object.keys(SORTS).join(', ')}.`)
      const { sequences, total } = await searchSequences(call.db, {
        team: call.caller.teamId,
        words: wordsOfSearch(input.q_name),
        ids,
        status: statusOf(input.emailer_campaign_status, ids !== null),
        sort: sort ?? 'created_at',
        ascending: input.sort_ascending ?? false,
        offset: page.offset,
        limit: page.perPage,
      })
      return {
        pagination: paginationOf(page, total),
        breadcrumbs: input.q_name ? [breadcrumb('Name', 'q_name', { value: input.q_name })] : [],
        emailer_campaigns: await sequencesOnWire(call, sequences),
        num_fetch_result: null,
      }
    },
  }),
  route({
    method: 'GET',
    path: '/emailer_campaigns/:id',
    name: 'emailer_campaigns/show',
    summary: 'Show a sequence with its steps, touches and templates',
    description: 'Archived ones too.',
    input: Type.Object({ id: IdParameter }),
    output: Type.Object({
      emailer_campaign: EmailerCampaign,
      ...TreeOnWire,
      attachments: Type.Array(Attachment),
    }),
    async run({ id }, call) {
      const { campaign, lists, attachments } = await wholeSequence(call, id)
      return {
        // Some programs read the steps inside the sequence.
        emailer_campaign: { ...campaign, emailer_steps: lists.emailer_steps },
        ...lists,
        attachments,
      }
    },
  }),
]
