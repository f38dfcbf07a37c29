/** The people of the team, in the recorded shapes. */
import { Type } from 'typebox'
import { teamById } from '../store/teams.ts'
import { userById, usersOf } from '../store/users.ts'
import { Pagination, pageOf, pageParameters, paginationOf } from './paging.ts'
import { type Route, route } from './route.ts'
import { WireUser, wireCredits, wireUser } from './wire/user.ts'

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
]
