/** The end of a run: people mend what only people can mend, so that whatever still stands still afterwards is the program's doing. */
import { activateSequence } from '../../src/actions/activate-sequence.ts'
import type { Id } from '../../src/core/ids.ts'
import { release, resume } from '../../src/store/releases.ts'
import { resolveUnknown } from '../../src/store/resolutions.ts'
import { approveWordings } from './edits.ts'
import { endSuspensions, type Request } from './people.ts'
import { giveHeldToOthers } from './team-changes.ts'

/** Mailboxes are connected and may send, wordings approved, sequences on; whoever is paused without an end goes on, as does whoever is held for something that passes. */
export async function tidyUp(request: Request): Promise<void> {
  const { db, look, house, now, random, promises } = request
  const { team } = house
  const actor = `user:${house.userId}`
  const ids = async (sql: string) => (await look<{ id: Id }>(sql, [team])).map((row) => row.id)
  const lost = await ids("select id from mailboxes where team_id = $1 and state = 'disconnected' order by id")
  await db.transaction((tx) => promises.reconnect(tx, { mailboxIds: lost, now }))
  await endSuspensions(request)
  await approveWordings(request)
  await giveHeldToOthers(request)
  for (const sequenceId of await ids(
    'select id from sequences where team_id = $1 and not active and archived_at is null order by id',
  )) {
    promises.switchedOn(sequenceId)
    await activateSequence(db, { team, sequenceId, actor, now, random })
  }
  const paused = await ids(
    "select id from enrollments where team_id = $1 and state = 'paused' and auto_unpause_at is null and removed_at is null order by id",
  )
  promises.mayGoOn(paused)
  await db.transaction((tx) => resume(tx, { team, enrollmentIds: paused, actor, now, random }))
  const held = await ids(
    "select id from enrollments where team_id = $1 and hold_reason in ('stale', 'sending_failed', 'human_outbound') and removed_at is null order by id",
  )
  await db.transaction((tx) => release(tx, { team, enrollmentIds: held, actor, now, random }))
}

/** A person looks into the Sent folder and at what the recipient says, and is right. */
export async function resolveTruthfully({ db, look, house, servers, now, random }: Request): Promise<void> {
  const { team } = house
  const unknown = await look<{ id: Id; rfc_id: string }>(
    "select id, rfc_id from messages where team_id = $1 and state = 'unknown' order by id",
    [team],
  )
  for (const { id, rfc_id } of unknown) {
    const wasTaken = servers.sendings.some(
      (sending) => sending.truth === 'accepted' && sending.mail.messageId === rfc_id,
    )
    const as = wasTaken ? ('sent' as const) : ('send_again' as const)
    const choice = {
      team,
      messageId: id,
      as,
      actor: `user:${house.userId}`,
      now,
      random,
      evidence: 'a person looked',
    }
    await db.transaction((tx) => resolveUnknown(tx, choice))
  }
}
