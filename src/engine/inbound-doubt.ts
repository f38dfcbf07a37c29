/** A request to stop whose sender is not proved suppresses nobody: a person is asked, with the words and what speaks against the sender. */
import type { Db } from '../core/db.ts'
import { newId } from '../core/ids.ts'
import { contactsByAddress } from '../store/contacts.ts'
import { taskFrame } from '../store/inbound-marks.ts'
import { insertTasks } from '../store/tasks.ts'
import { ACTOR, about, type Event, note, type Stopped } from './inbound-event.ts'
import type { Match } from './inbound-match.ts'

/** A task is one line, and what stands below it. */
const TITLE_MAX = 200
const NOTE_MAX = 1_000

export async function doubtOptOut(tx: Db, event: Event, match: Match | null): Promise<Stopped> {
  const { team, now, random, reading, sender } = event
  const addresses = sender === null ? [] : [sender]
  const known = match ? undefined : await contactsByAddress(tx, { team, addresses, locked: true })
  const named = known?.get(sender ?? '')
  const contactId = match?.message.contactId ?? named?.id ?? null
  const doubt = reading.senderDoubt?.value ?? ''
  const subject = match ? about(match.message) : { contactId }
  const done = await note(tx, event, {
    ...subject,
    kind: 'opt_out_doubted',
    detail: { from: sender, doubt },
  })
  if (contactId === null) return done
  const frame = await taskFrame(tx, {
    team,
    contactId,
    mailboxId: match?.message.mailboxId ?? event.mailboxId,
  })
  const title = `Did ${frame.who} ask to opt out? The sender is not proved.`.slice(0, TITLE_MAX)
  if (frame.openTitles.includes(title)) return done
  const words = `Received from ${sender ?? 'nobody'} (${doubt}): ${reading.ownWords}`
  const task = {
    ...({ kind: 'action_item', state: 'open', priority: 'high', statusGiven: true } as const),
    ...{ id: newId(now, random), title, note: words.slice(0, NOTE_MAX) },
    ...{ contactId, userId: frame.userId, creatorId: null, dueAt: now },
  }
  await insertTasks(tx, { team, tasks: [task], actor: ACTOR, from: ACTOR, now })
  return done
}
