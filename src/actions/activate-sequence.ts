/** Turns a sequence on: from now on what is due on its lanes is sent. Approves no wording; what is left to be reviewed is held when its turn comes. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { senderProblems } from '../core/sequence.ts'
import { writeActivities } from '../store/activities.ts'
import { bumpSequences } from '../store/lanes.ts'
import { hasRealMailbox } from '../store/mailboxes.ts'
import { lockSequence, setActive } from '../store/sequence-writes.ts'
import { stepsOf } from '../store/steps.ts'
import { teamById } from '../store/teams.ts'

export interface Switching {
  team: TeamId
  sequenceId: Id
  actor: string
  now: Instant
  random: Random
}

const NO_STEPS = 'Please make sure you have added at least 1 step before turning on the sequence.'

export async function activateSequence(db: Db, switching: Switching): Promise<Result<null>> {
  const { team, sequenceId } = switching
  return db.transaction(async (tx) => {
    const locked = await lockSequence(tx, { team, id: sequenceId })
    if (!locked) return notFound()
    if (locked.active) return refused('The sequence is already active.')
    if (locked.archivedAt !== null)
      return refused(
        'The sequence is archived. Take it out of the archive (PUT archived=false), then turn it on.',
      )
    const steps = await stepsOf(tx, { team, sequenceIds: [sequenceId] })
    const refusal = await activationRefusal(tx, { team, steps })
    if (refusal) return { ok: false, refusal }
    await turnOn(tx, switching)
    return done(null)
  })
}

/** What stands against turning on a sequence of these steps: none of them, or a sender who does not say who they are. */
export async function activationRefusal(
  tx: Db,
  { team, steps }: { team: TeamId; steps: readonly unknown[] },
): Promise<Refusal | undefined> {
  if (steps.length === 0) return refused(NO_STEPS).refusal
  return senderRefusal(tx, team)
}

/** Real mail says who writes it. */
export async function senderRefusal(tx: Db, team: TeamId): Promise<Refusal | undefined> {
  if (!(await hasRealMailbox(tx, team))) return undefined
  const problem = senderProblems(await teamById(tx, team))[0]
  return problem && refused(problem.sentence, { code: problem.code }).refusal
}

/** Inside a transaction that holds the sequence's row. */
export async function turnOn(tx: Db, { team, sequenceId, actor, now, random }: Switching): Promise<void> {
  await setActive(tx, { team, id: sequenceId, active: true, now })
  await bumpSequences(tx, { team, sequenceIds: [sequenceId], now })
  await writeActivities(tx, {
    team,
    activities: [{ kind: 'sequence_activated', actor, sequenceId }],
    now,
    random,
  })
}
