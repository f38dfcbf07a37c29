/** Gives the sandbox its rows: what its server receives is saved, what was answered is read. All its functions go into `startSandbox`. */
import type { Clock } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { parseMail } from '../mail/parse.ts'
import type { SandboxOptions } from '../mail/sandbox.ts'
import { answersAfter, saveReceived, teamOfSandbox, wasReceived } from '../store/sandbox-box.ts'

/** Answers handed over per read; the rest follows with the next one. */
const ANSWERS_MAX = 500

export function sandboxRows({
  db,
  clock,
  random,
}: {
  db: Db
  clock: Clock
  random: Random
}): Required<Pick<SandboxOptions, 'saveReceived' | 'answersAfter' | 'wasReceived'>> {
  const teams = new Map<Id, TeamId>()
  const teamOf = async (mailboxId: Id): Promise<TeamId> => {
    const team = teams.get(mailboxId) ?? (await teamOfSandbox(db, mailboxId))
    teams.set(mailboxId, team)
    return team
  }
  return {
    async saveReceived(raw, { mailboxId, from, to }) {
      const { messageId: rfcId, subject } = await parseMail(raw)
      const team = await teamOf(mailboxId)
      const now = clock.now()
      await saveReceived(db, { team, mailboxId, rfcId, from, to: to.join(', '), subject, raw, now, random })
    },
    async answersAfter(mailboxId, uid) {
      const answers = await answersAfter(db, {
        team: await teamOf(mailboxId),
        mailboxId,
        uid,
        limit: ANSWERS_MAX,
      })
      return answers.map(({ receivedAt, ...answer }) => ({ ...answer, writtenAt: receivedAt }))
    },
    async wasReceived(mailboxId, rfcId) {
      return wasReceived(db, { team: await teamOf(mailboxId), mailboxId, rfcId })
    },
  }
}
