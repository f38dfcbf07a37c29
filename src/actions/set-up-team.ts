/** The first run: a team, its first person, and all that a new team begins with, in one transaction. Never touches an existing team. */
import { normalizeAddress } from '../core/address.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { canonicalZone, zoneProblem } from '../core/zone.ts'
import { createApiKey } from '../store/api-keys.ts'
import { createDefaultCallOutcomes } from '../store/call-outcomes.ts'
import { createSandboxMailbox } from '../store/mailboxes.ts'
import { createDefaultSchedules } from '../store/schedules.ts'
import { createDefaultStages } from '../store/stages.ts'
import { anyTeam, insertTeam, lockDeployment } from '../store/teams.ts'
import { insertPassword, insertUser } from '../store/users.ts'
import { hashPassword, passwordProblem } from './password.ts'

export interface NewTeam {
  teamName: string
  /** IANA, any case. */
  timeZone: string
  /** Of the first person. */
  name: string
  email: string
  password: string
}

export type SetUp =
  | { kind: 'done'; team: TeamId; teamPublicId: string; userId: Id; apiKey: string }
  | { kind: 'already_set_up' }
  /** `field` is the name of the key of `NewTeam`. */
  | { kind: 'refused'; field: keyof NewTeam; sentence: string }

/** Of two set-ups at once, one is `done` and the other finds it `already_set_up`. */
export async function setUpTeam(
  db: Db,
  asked: NewTeam,
  { now, random }: { now: Instant; random: Random },
): Promise<SetUp> {
  const refused = problemOf(asked)
  if (refused) return refused
  if (await anyTeam(db)) return { kind: 'already_set_up' }
  const hash = await hashPassword(asked.password, random)
  return db.transaction(async (tx) => {
    await lockDeployment(tx)
    if (await anyTeam(tx)) return { kind: 'already_set_up' }
    return create(tx, { asked, hash, now, random })
  })
}

function problemOf({ teamName, timeZone, name, email, password }: NewTeam): SetUp | undefined {
  const refuse = (field: keyof NewTeam, sentence: string): SetUp => ({ kind: 'refused', field, sentence })
  if (teamName.trim() === '') return refuse('teamName', 'Give the team a name.')
  const zone = zoneProblem(timeZone)
  if (zone) return refuse('timeZone', zone)
  if (name.trim() === '') return refuse('name', 'Say who you are: recipients see the name.')
  const address = normalizeAddress(email)
  if (!address.ok) return refuse('email', address.reason)
  const problem = passwordProblem(password)
  return problem === undefined ? undefined : refuse('password', problem)
}

interface Making {
  asked: NewTeam
  hash: string
  now: Instant
  random: Random
}

async function create(tx: Db, { asked, hash, now, random }: Making): Promise<SetUp> {
  const zone = canonicalZone(asked.timeZone)!
  const address = normalizeAddress(asked.email)
  if (!address.ok) throw new Error('set-up went on with an address that was refused')
  const teamPublicId = newId(now, random)
  const userId = newId(now, random)
  const name = asked.name.trim().replace(/\s+/g, ' ')
  const team = await insertTeam(tx, {
    publicId: teamPublicId,
    name: asked.teamName.trim(),
    timeZone: zone,
    now,
  })
  await insertUser(tx, {
    id: userId,
    team,
    name,
    ...splitName(name),
    email: address.address,
    role: 'admin',
    now,
  })
  await insertPassword(tx, { id: newId(now, random), userId, hash, now })
  await createDefaultStages(tx, { team, now, random })
  await createDefaultCallOutcomes(tx, { team, now, random })
  await createDefaultSchedules(tx, { team, zone, now, random })
  await createSandboxMailbox(tx, { team, userId, fromName: name, now, random })
  const { key } = await createApiKey(tx, {
    team,
    teamPublicId,
    name: 'Master key',
    createdBy: userId,
    now,
    random,
  })
  return { kind: 'done', team, teamPublicId, userId, apiKey: key }
}

/** The wire wants two names: the last word is the last name. */
export function splitName(name: string): { firstName: string | null; lastName: string | null } {
  const words = name.split(' ').filter((word) => word !== '')
  if (words.length < 2) return { firstName: words[0] ?? null, lastName: null }
  return { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1)! }
}
