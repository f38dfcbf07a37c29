/** An engine on real rows whose mails a test takes itself: a team with an active sequence, approved, and the loop that sends. */
import { sql } from 'kysely'
import type { Db } from '../../src/core/db.ts'
import type { Random } from '../../src/core/random.ts'
import { type Engine, type EngineOptions, startEngine } from '../../src/engine/engine.ts'
import { MailFiles } from '../../src/engine/mail-files.ts'
import { createLog } from '../../src/log.ts'
import type { Sender } from '../../src/mail/port.ts'
import { kysely } from '../../src/store/db.ts'
import type { Pools } from '../../src/store/postgres.ts'
import type { TestClock } from './clock.ts'
import { enrollPeople, openSequence, type Person } from './enrolled.ts'
import type { TestTeam } from './team.ts'

/** So many people, due now on the first step. */
export async function enrollLive(
  db: Db,
  team: TestTeam,
  o: { count: number; now: number; random: Random },
): Promise<Person[]> {
  const sequence = await openSequence(db, team, o)
  await sql`update sequences set active = true, activated_at = now() - interval '1 day' where team_id = ${team.team}`.execute(
    kysely(db),
  )
  await sql`update variants set approved = true where team_id = ${team.team}`.execute(kysely(db))
  return enrollPeople(db, team, { ...o, sequence })
}

/** `send` is what the mail server of every mailbox does. */
export function startLive(
  send: Sender['send'],
  { pools, ...own }: { pools: Pools; clock: TestClock; random: Random; worker: string },
  options: Partial<EngineOptions> = {},
): Engine {
  return startEngine({
    db: { claim: pools.claim, mark: pools.mark },
    mail: { openSender: () => ({ send, close: () => Promise.resolve() }) },
    access: async () => ({
      kind: 'server' as const,
      smtp: { host: '127.0.0.1', port: 1, tls: 'none' as const },
    }),
    files: new MailFiles(pools.claim),
    ...{ log: createLog('silent'), publicUrl: null },
    ...own,
    ...options,
  })
}
