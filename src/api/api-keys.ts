/** Keys of programs: listed by how they begin, shown whole once, revoked for ever. */
import { Type } from 'typebox'
import { apiKeysOf, createApiKey, revokeApiKey } from '../store/api-keys.ts'
import { userById } from '../store/users.ts'
import { refuse, shorten } from './errors.ts'
import { clearable } from './params.ts'
import { type Route, route } from './route.ts'
import { WireApiKey, wireApiKey } from './wire/team.ts'

/** Each as the server knows it; throws a 422 for one that names no call, or one that only master keys may make. */
function scopesFrom(given: readonly string[] | null, known: ReadonlySet<string>): string[] {
  if (given === null || given.length === 0)
    refuse(422, 'The key may make no call: give at least one scope, or leave scopes out for a master key.', {
      parameter: 'scopes',
    })
  return [...new Set(given)].map((text) => {
    const scope = text.startsWith('api/v1/') ? text : `api/v1/${text}`
    if (known.has(scope)) return scope
    return refuse(
      422,
      `The scope "${shorten(text)}" names no call that a key can be limited to. docs/api.md lists them.`,
      { parameter: 'scopes' },
    )
  })
}

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api_keys',
    name: 'api_keys/index',
    masterOnly: true,
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
    masterOnly: true,
    summary: 'Make a key, master or for some calls only; its text is in this answer only',
    extension: true,
    input: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 200 }),
      scopes: clearable(
        Type.Array(Type.String({ maxLength: 100 }), {
          maxItems: 200,
          description:
            'The calls that it may make, such as api/v1/contacts/search; docs/api.md lists them. Left out: a master key, which may make all.',
        }),
      ),
    }),
    output: Type.Object({ api_key: Type.String(), key: WireApiKey }),
    async run({ name, scopes }, { db, caller, now, random, scopeNames }) {
      const maker = await userById(db, { team: caller.teamId, id: caller.userId })
      if (maker?.role !== 'admin')
        refuse(403, 'Only an admin makes keys. Ask one of your team.', {
          code: 'not_admin',
        })
      const made = await createApiKey(db, {
        team: caller.teamId,
        teamPublicId: caller.teamPublicId,
        name: name.trim(),
        scopes: scopes === undefined ? undefined : scopesFrom(scopes, scopeNames),
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
    masterOnly: true,
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
