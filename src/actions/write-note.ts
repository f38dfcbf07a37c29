/** Notes that people of the team write about contacts and accounts. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Refusal, type Result, refused } from '../core/result.ts'
import { accountsByIds } from '../store/accounts.ts'
import { shareContacts } from '../store/contacts.ts'
import { insertNote, type NoteFields, saveNote } from '../store/notes.ts'

export interface Noting {
  team: TeamId
  userId: Id
  now: Instant
  random: Random
}

/** Room for the minutes of a long call. */
const CONTENT_MAX = 10_000
/** About more than this it is no note. */
const SUBJECTS_MAX = 100

export async function createNote(db: Db, noting: Noting, note: NoteFields): Promise<Result<Id>> {
  const id = newId(noting.now, noting.random)
  return db.transaction(async (tx): Promise<Result<Id>> => {
    const refusal = await refusalOf(tx, noting.team, note)
    if (refusal) return { ok: false, refusal }
    await insertNote(tx, { ...note, ...noting, id })
    return done(id)
  })
}

/** What is left out stays; whom it is about stays always. */
export async function changeNote(
  db: Db,
  { team, now }: Pick<Noting, 'team' | 'now'>,
  { id, changes }: { id: Id; changes: Partial<Pick<NoteFields, 'content' | 'pinned'>> },
): Promise<Result<null>> {
  const refusal = changes.content === undefined ? undefined : wordsRefusal(changes.content)
  if (refusal) return { ok: false, refusal }
  return (await saveNote(db, { team, id, now, changes })) ? done(null) : notFound()
}

function wordsRefusal(content: string): Refusal | undefined {
  const about = { parameter: 'content' }
  if (content.trim() === '') return refused('A note needs words: give its content.', about).refusal
  return content.length > CONTENT_MAX
    ? refused(`The note has ${content.length} characters; at most ${CONTENT_MAX} fit.`, about).refusal
    : undefined
}

async function refusalOf(
  tx: Db,
  team: TeamId,
  { content, contactIds, accountIds }: NoteFields,
): Promise<Refusal | undefined> {
  const wrong = wordsRefusal(content)
  if (wrong) return wrong
  const subjects = contactIds.length + accountIds.length
  if (subjects === 0)
    return refused('A note is about somebody: give contact_ids, account_ids, or both.', {
      parameter: 'contact_ids',
    }).refusal
  if (subjects > SUBJECTS_MAX)
    return refused(`The note is about ${subjects} contacts and accounts; at most ${SUBJECTS_MAX}.`, {
      parameter: 'contact_ids',
    }).refusal
  const contacts = await shareContacts(tx, { team, ids: contactIds })
  const stranger = contactIds.find((id) => !contacts.has(id))
  if (stranger !== undefined)
    return refused(`The contact ${stranger} does not exist.`, { parameter: 'contact_ids' }).refusal
  const accounts = await accountsByIds(tx, { team, ids: accountIds })
  const unknown = accountIds.find((id) => !accounts.has(id))
  return unknown === undefined
    ? undefined
    : refused(`The account ${unknown} does not exist.`, { parameter: 'account_ids' }).refusal
}
