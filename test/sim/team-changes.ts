/** What changes the team itself while mails go out: two contacts are one person, a mailbox is removed, somebody leaves the team. */
import { type DeletingUser, deleteUser, MAILBOX_CHOICES } from '../../src/actions/delete-user.ts'
import { giveStranded } from '../../src/actions/give-stranded.ts'
import { mergeContacts } from '../../src/actions/merge-contacts.ts'
import { PEOPLE_CHOICES, removeMailbox } from '../../src/actions/remove-mailbox.ts'
import type { Id } from '../../src/core/ids.ts'
import { type Request, who } from './people.ts'
import { leavingMailbox, pick } from './team.ts'

export async function mergeTwo(request: Request): Promise<void> {
  const { db, house, random, promises } = request
  const [keptId, otherId] = [pick(house.contactIds, random), pick(house.contactIds, random)]
  const merged = await mergeContacts(db, { ...who(request), keptId, otherId })
  if (!merged.ok) return
  request.count('two contacts were merged')
  const { sequences, leavesAddress, transmitting } = merged.value
  const named = transmitting.map((one) => one.messageId)
  await promises.stopped({ enrollmentIds: sequences.flatMap((one) => one.endedIds), named, until: null })
  if (leavesAddress) promises.suppressed({ addresses: [leavesAddress], domains: [], named })
}

/** While it sends at this very moment it stays, and is removed the next time. */
export async function removeOneMailbox(request: Request): Promise<void> {
  const { db, house, random, promises } = request
  const { mailboxId: id } = leavingMailbox(house)
  const moveTo = await connectedBut(request, id)
  const people = pick(
    PEOPLE_CHOICES.filter((choice) => choice !== 'move' || moveTo.length > 0),
    random,
  )
  const removal = { id, people, moveTo, ...readingOn(request) }
  const removed = await removeMailbox(db, who(request), removal)
  if (!removed.ok) return
  promises.mailboxGone(id)
  request.count('a mailbox was removed')
  request.count(`a mailbox was removed, its people: ${people}`)
}

/** Whoever sends from the mailbox that goes. */
export async function deleteColleague(request: Request): Promise<void> {
  const { db, house, random, promises } = request
  const { mailboxId } = leavingMailbox(house)
  const moveTo = await connectedBut(request, mailboxId)
  const mailboxes = pick(
    MAILBOX_CHOICES.filter((choice) => choice !== 'move' || moveTo.length > 0),
    random,
  )
  const deleting: DeletingUser = who(request)
  const deletion = { id: house.colleagueId, handTo: null, mailboxes, moveTo, ...readingOn(request) }
  const deleted = await deleteUser(db, deleting, deletion)
  if (!deleted.ok) return
  if (mailboxes !== 'hand_over') promises.mailboxGone(mailboxId)
  request.count('a colleague was deleted')
  request.count(`a colleague was deleted, their mailboxes: ${mailboxes}`)
}

const readingOn = ({ random }: Request) => ({
  acceptUnread: random.next() < 0.6,
  keepReadingDays: pick([30, 30, 5, 0], random),
})

async function connectedBut({ look, house }: Request, id: Id): Promise<Id[]> {
  const rows = await look<{ id: Id }>(
    "select id from mailboxes where team_id = $1 and state = 'connected' and id <> $2 order by id",
    [house.team, id],
  )
  return rows.map((row) => row.id)
}

/** Whoever is held since their mailbox was removed goes on from another. */
export async function giveHeldToOthers(request: Request): Promise<void> {
  const { mailboxId } = leavingMailbox(request.house)
  const moveTo = await connectedBut(request, mailboxId)
  if (moveTo.length > 0)
    await giveStranded(request.db, who(request), { mailboxId, moveTo, acceptUnread: true })
}
