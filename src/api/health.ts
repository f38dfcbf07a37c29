/** Does this key work? What clients ask first. */
import { Type } from 'typebox'
import { type Route, route } from './route.ts'

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/auth/health',
    name: 'auth/health',
    summary: 'Does the key work?',
    input: Type.Object({}),
    output: Type.Object({ is_logged_in: Type.Boolean() }),
    async run() {
      return { is_logged_in: true }
    },
  }),
]
