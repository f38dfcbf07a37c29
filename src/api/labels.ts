/** Lists ("labels"): all of them, and a new one. Who is on a list is set through the contacts. */
import { Type } from 'typebox'
import { createList, listsOf } from '../store/lists.ts'
import { refuse } from './errors.ts'
import { type Route, route } from './route.ts'
import { modalityOf, WireLabel, wireLabel, wireLabelInIndex } from './wire/label.ts'

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/labels',
    name: 'labels/index',
    summary: 'All lists, without an envelope',
    input: Type.Object({}),
    output: Type.Array(WireLabel),
    async run(_input, { db, caller }) {
      const lists = await listsOf(db, { team: caller.teamId })
      return lists.map((list) => wireLabelInIndex(list, caller.teamPublicId))
    },
  }),
  route({
    method: 'POST',
    path: '/labels',
    name: 'labels/create',
    summary: 'Create a list',
    input: Type.Object({
      name: Type.Optional(Type.String({ maxLength: 255 })),
      modality: Type.Optional(
        Type.String({ maxLength: 50, description: 'contacts, accounts or emailer_campaigns' }),
      ),
      book_of_business: Type.Optional(Type.Boolean({ description: 'Accepted and not used.' })),
    }),
    output: Type.Object({ label: WireLabel }),
    async run(input, { db, caller, now, random }) {
      const name = input.name?.trim() ?? ''
      if (name === '') refuse(422, 'Please enter a non-empty name!')
      if (!input.modality) refuse(422, 'Please enter a non-empty modality!')
      const modality = modalityOf(input.modality)
      if (!modality) refuse(422, 'Please enter a valid modality!')
      const made = await createList(db, {
        team: caller.teamId,
        modality,
        name,
        userId: caller.userId,
        now,
        random,
      })
      if (!made) refuse(422, `${name} already exists`, { skip_alert_dialog: true })
      return { label: { ...wireLabel(made), book_of_business: input.book_of_business ?? null } }
    },
  }),
]
