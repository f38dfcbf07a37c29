/** `segue init`: the first run without a browser. */
import { type NewTeam, setUpTeam } from '../actions/set-up-team.ts'
import { CommandRefused, type Terminal } from './command.ts'
import { openForCommand } from './house.ts'

type Values = Record<string, string | boolean | undefined>

/** Which option holds what a refusal is about. */
const OPTIONS: Record<keyof NewTeam, string> = {
  teamName: '--team',
  timeZone: '--time-zone',
  name: '--name',
  email: '--email',
  password: '--password',
}

export async function init(values: Values, terminal: Terminal): Promise<number> {
  const email = required(values, 'email')
  const asked = {
    teamName: required(values, 'team'),
    timeZone: String(values['time-zone'] ?? 'UTC'),
    name: String(values['name'] ?? email.split('@')[0]),
    email,
    password: required(values, 'password'),
  }
  const house = await openForCommand(terminal)
  try {
    const answer = await setUpTeam(house.pools.api, asked, { now: house.clock.now(), random: house.random })
    if (answer.kind === 'refused') throw new CommandRefused(`${OPTIONS[answer.field]}: ${answer.sentence}`)
    if (answer.kind === 'already_set_up')
      throw new CommandRefused(
        'This database has a team already. Sign in, or point SEGUE_DATA_DIR at a new folder.',
      )
    const { teamPublicId, userId, apiKey } = answer
    terminal.out(
      values['json'] === true
        ? JSON.stringify({ team_id: teamPublicId, user_id: userId, api_key: apiKey })
        : `The team is set up. The master API key, shown this once:\n\n  ${apiKey}`,
    )
    return 0
  } finally {
    await house.close()
  }
}

function required(values: Values, option: string): string {
  const value = values[option]
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new CommandRefused(`--${option} is missing. Call: npm run -s segue -- init --help`)
}
