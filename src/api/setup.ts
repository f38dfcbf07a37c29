/** The first run: is there a team, and making it. Open to whoever reaches the server, until there is one. */
import { Type } from 'typebox'
import { setUpTeam } from '../actions/set-up-team.ts'
import { anyTeam } from '../store/teams.ts'
import { refuseForeignWrite } from './auth.ts'
import { refuse } from './errors.ts'
import { Answer, openRoute, type Route } from './route.ts'
import { signIn } from './session-cookie.ts'

const FIELDS = {
  teamName: 'team_name',
  timeZone: 'time_zone',
  name: 'name',
  email: 'email',
  password: 'password',
} as const

export const routes: Route[] = [
  openRoute({
    method: 'GET',
    path: '/setup',
    name: 'setup/show',
    summary: 'Does this Segue still need to be set up?',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ needed: Type.Boolean() }),
    async run(_input, { db }) {
      return { needed: !(await anyTeam(db)) }
    },
  }),
  openRoute({
    method: 'POST',
    path: '/setup',
    name: 'setup/create',
    summary: 'Create the team and its first person',
    description:
      'Answers once; afterwards 409. The master API key in the answer is shown this one time. Also signs the browser in.',
    extension: true,
    input: Type.Object({
      team_name: Type.String({ maxLength: 200 }),
      time_zone: Type.String({ maxLength: 100, description: 'IANA, such as Europe/Berlin' }),
      name: Type.String({ maxLength: 200 }),
      email: Type.String({ maxLength: 1000 }),
      password: Type.String({ maxLength: 1000 }),
    }),
    output: Type.Object({ team_id: Type.String(), user_id: Type.String(), api_key: Type.String() }),
    async run(input, call) {
      refuseForeignWrite({ ...call, method: 'POST' }, call)
      const asked = {
        teamName: input.team_name,
        timeZone: input.time_zone,
        name: input.name,
        email: input.email,
        password: input.password,
      }
      const made = await setUpTeam(call.db, asked, { now: call.now, random: call.random })
      if (made.kind === 'already_set_up')
        refuse(409, 'This Segue is already set up. Sign in, or ask an admin of the team for an API key.')
      if (made.kind === 'refused') refuse(422, made.sentence, { parameter: FIELDS[made.field] })
      const body = { team_id: made.teamPublicId, user_id: made.userId, api_key: made.apiKey }
      return new Answer(body, { headers: { 'set-cookie': await signIn(made.userId, call) } })
    },
  }),
]
