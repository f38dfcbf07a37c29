/** Templates over HTTP, apart from the steps that use them. */
import { type Static, Type } from 'typebox'
import { changeTemplate, createTemplate } from '../actions/write-template.ts'
import type { Id } from '../core/ids.ts'
import { searchTemplates, templatesByIds } from '../store/templates.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { Pagination, pageOf, pageParameters, paginationOf, wordsOfSearch } from './paging.ts'
import { clearable, IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { writingOf } from './sequence-answers.ts'
import { templateFields } from './sequence-input.ts'
import { EmailerTemplate, wireTemplate } from './wire/step.ts'

const One = Type.Object({ emailer_template: EmailerTemplate })
const Fields = Type.Object({ name: clearable(Type.String({ maxLength: 255 })), ...templateFields })

const wordsOf = (input: Static<typeof Fields>) =>
  defined({ name: input.name, subject: input.subject, bodyHtml: input.body_html })

async function shown(call: Call, id: Id) {
  const [row] = await templatesByIds(call.db, { team: call.caller.teamId, ids: [id] })
  return { emailer_template: row ? wireTemplate(row) : refuse(404, 'Record not found.') }
}

export const routes: Route[] = [
  route({
    method: ['GET', 'POST'],
    path: '/emailer_templates/search',
    name: 'emailer_templates/search',
    summary: 'Search templates that have a name',
    description: 'The words of single steps have none: they are in their sequence.',
    input: Type.Object({ q_name: Type.Optional(Type.String({ maxLength: 500 })), ...pageParameters }),
    output: Type.Object({
      emailer_templates: Type.Array(EmailerTemplate),
      folders: Type.Array(Type.Unknown()),
      pagination: Pagination,
    }),
    async run(input, call) {
      const page = pageOf(input, call)
      const words = wordsOfSearch(input.q_name)
      const asked = { team: call.caller.teamId, words, offset: page.offset, limit: page.perPage }
      const { templates, total } = await searchTemplates(call.db, asked)
      return {
        emailer_templates: templates.map(wireTemplate),
        folders: [],
        pagination: paginationOf(page, total),
      }
    },
  }),
  route({
    method: 'POST',
    path: '/emailer_templates',
    name: 'emailer_templates/create',
    summary: 'Create a template',
    description: 'A touch uses it by its id.',
    input: Fields,
    output: One,
    async run(input, call) {
      const words = { name: null, subject: null, bodyHtml: null, ...wordsOf(input) }
      return shown(call, allowed(await createTemplate(call.db, writingOf(call), words)))
    },
  }),
  route({
    method: 'GET',
    path: '/emailer_templates/:id',
    name: 'emailer_templates/show',
    summary: 'Show a template',
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: ({ id }, call) => shown(call, id),
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/emailer_templates/:id',
    name: 'emailer_templates/update',
    summary: 'Change what a template says, wherever it is used',
    description: 'What is left out stays. Emails that were claimed already leave as they were.',
    input: Type.Object({ id: IdParameter, ...Fields.properties }),
    output: One,
    async run({ id, ...input }, call) {
      allowed(await changeTemplate(call.db, writingOf(call), { id, words: wordsOf(input) }))
      return shown(call, id)
    },
  }),
]
