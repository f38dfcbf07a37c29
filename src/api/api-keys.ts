/** Keys of programs: listed by how they begin, shown whole once, revoked for ever. */
import { Type } from 'typebox'
import { apiKeysOf, createApiKey, revokeApiKey } from '../store/api-keys.ts'
import { userById } from '../store/users.ts'
import { refuse } from './errors.ts'
import { type Route, route } from './route.ts'
import { WireApiKey, wireApiKey } from './wire/team.ts'

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api_keys',
    name: 'api_keys/index',
    summary: 'The keys of the team',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ api_keys: Type.Array(WireApiKey) }),
    async run(_input, { db, caller }) {
      return { api_keys: (await apiKeysOf(db, caller.teamId)).map(wireApiKey) }
    },
  }),
  route({
    method: 'POST',
    path: '/api_keys',
    name: 'api_keys/create',
    summary: 'Make a master key; its text is in this answer only',
    extension: true,
    input: Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }) }),
    output: Type.Object({ api_key: Type.String(), key: WireApiKey }),
    async run({ name }, { db, caller, now, random }) {
      const maker = await userById(db, { team: caller.teamId, id: caller.userId })
      if (maker?.role !== 'admin')
        refuse(403, 'Only an admin makes keys, since a key may do everything. Ask one of your team.', {
          code: 'not_admin',
        })
      const made = await createApiKey(db, {
        team: caller.teamId,
        teamPublicId: caller.teamPublicId,
        name: name.trim(),
        createdBy: caller.userId,
        now,
        random,
      })
      return { api_key: made.key, key: wireApiKey(made.row) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/api_keys/:id',
    name: 'api_keys/destroy',
    summary: 'Revoke a key, at once and for ever',
    extension: true,
    input: Type.Object({ id: Type.String() }),
    output: Type.Object({ key: WireApiKey }),
    async run({ id }, { db, caller, now }) {
      const key = await revokeApiKey(db, { team: caller.teamId, id, now })
      return key ? { key: wireApiKey(key) } : refuse(404, 'Record not found.')
    },
  }),
]
