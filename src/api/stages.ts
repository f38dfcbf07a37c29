/** The stages a contact, and a company, can stand at. */
import { Type } from 'typebox'
import { accountStagesOf, contactStagesOf } from '../store/stages.ts'
import { type Route, route } from './route.ts'

/** Recorded: whom a person has put here is not moved by what happens in a sequence. */
const KEEPS_PEOPLE = new Set(['interested', 'not_interested', 'do_not_contact', 'changed_job'])

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/contact_stages',
    name: 'contact_stages/index',
    summary: 'The stages of contacts',
    input: Type.Object({}),
    output: Type.Object({
      contact_stages: Type.Array(
        Type.Object(
          {
            id: Type.String(),
            team_id: Type.String(),
            name: Type.String(),
            display_order: Type.Integer(),
            role: Type.Union([Type.String(), Type.Null()], {
              description: 'What moves people here by itself, whatever the stage is called: ours.',
            }),
          },
          { additionalProperties: true },
        ),
      ),
    }),
    async run(_input, { db, caller }) {
      const stages = await contactStagesOf(db, caller.teamId)
      return {
        contact_stages: stages.map((stage) => ({
          id: stage.id,
          team_id: caller.teamPublicId,
          display_name: stage.name,
          name: stage.name,
          display_order: stage.position,
          ignore_trigger_override: KEEPS_PEOPLE.has(stage.role ?? '') ? true : null,
          category: stage.category,
          is_meeting_set: null,
          role: stage.role,
        })),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/account_stages',
    name: 'account_stages/index',
    summary: 'The stages of accounts',
    input: Type.Object({}),
    output: Type.Object({
      account_stages: Type.Array(
        Type.Object(
          {
            id: Type.String(),
            team_id: Type.String(),
            name: Type.String(),
            display_order: Type.Integer(),
          },
          { additionalProperties: true },
        ),
      ),
    }),
    async run(_input, { db, caller }) {
      const stages = await accountStagesOf(db, caller.teamId)
      return {
        account_stages: stages.map((stage, place) => ({
          id: stage.id,
          team_id: caller.teamPublicId,
          display_name: stage.name,
          name: stage.name,
          display_order: place + 1,
          default_exclude_for_leadgen: stage.category === 'succeeded' || stage.name === 'Do Not Contact',
          category: stage.category,
          is_meeting_set: null,
        })),
      }
    },
  }),
]
