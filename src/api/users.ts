/** The people of the team, in the recorded shapes. */
import { Type } from 'typebox'
import { updateProfile } from '../actions/update-profile.ts'
import { teamById } from '../store/teams.ts'
import { userById, usersOf } from '../store/users.ts'
import { actorOf } from './actor.ts'
import { defined } from './defined.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { clearable, IdParameter } from './params.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { WireUser, wireCredits, wireUser } from './wire/user.ts'

const Name = Type.String({ maxLength: 200 })
const TextOrNull = Type.Union([Type.String(), Type.Null()])

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/users/api_profile',
    name: 'users/api_profile',
    summary: 'Whom the key acts as',
    input: Type.Object({ include_credit_usage: Type.Optional(Type.Boolean()) }),
    output: Type.Object(
      {
        id: Type.String(),
        team_id: Type.String(),
        first_name: TextOrNull,
        last_name: TextOrNull,
        title: TextOrNull,
        email: Type.String(),
      },
      { additionalProperties: true },
    ),
    async run(input, { db, caller }) {
      const user = (await userById(db, { team: caller.teamId, id: caller.userId }))!
      return {
        id: user.id,
        team_id: caller.teamPublicId,
        first_name: user.firstName,
        last_name: user.lastName,
        title: user.title,
        email: user.email,
        ...(input.include_credit_usage && wireCredits()),
      }
    },
  }),
  route({
    method: ['GET', 'POST'],
    path: '/users/search',
    name: 'users/search',
    summary: 'The people of the team',
    input: Type.Object({ ...pageParameters }),
    output: Type.Object({
      pagination: Pagination,
      users: Type.Array(WireUser),
      num_fetch_result: Type.Null(),
    }),
    async run(input, call) {
      const { db, caller } = call
      const page = pageOf(input, call)
      const [{ users, total }, team] = await Promise.all([
        usersOf(db, { team: caller.teamId, offset: page.offset, limit: page.perPage }),
        teamById(db, caller.teamId),
      ])
      const pagination = paginationOf(page, total)
      return {
        // Recorded: these two come back as text when they arrived in the query string.
        pagination: {
          ...pagination,
          page: call.inQuery.has('page') ? String(page.page) : page.page,
          per_page: call.inQuery.has('per_page') ? String(page.perPage) : page.perPage,
        },
        users: users.map((user) => wireUser(user, team)),
        num_fetch_result: null,
      }
    },
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/users/:id',
    name: 'users/update',
    summary: 'Change the names of a person of the team: emails are signed with them',
    description:
      'What is left out stays; null clears. People who were held since {{sender_first_name}} or {{sender_last_name}} was missing go on.',
    extension: true,
    input: Type.Object({
      id: IdParameter,
      first_name: clearable(Name),
      last_name: clearable(Name),
      title: clearable(Name),
    }),
    output: Type.Object({ user: WireUser }),
    async run({ id, ...input }, call) {
      const { db, caller, now, random } = call
      const acting = { team: caller.teamId, actor: actorOf(call), now, random }
      const text = (given: string | null | undefined) =>
        given === undefined ? undefined : given?.trim() || null
      const change = defined({
        firstName: text(input.first_name),
        lastName: text(input.last_name),
        title: text(input.title),
      })
      const user = allowed(await updateProfile(db, { ...acting, byUserId: caller.userId, id, change }))
      return { user: wireUser(user, await teamById(db, caller.teamId)) }
    },
  }),
]
