/** Writes a batch of imported rows: people known by their address are changed, the others are made. Runs inside the caller's transaction. */
import type { Db } from '../core/db.ts'
import { type Id, newId } from '../core/ids.ts'
import {
  type ContactRow,
  contactsByAddress,
  insertContacts,
  saveContacts,
  takeMergeTurn,
} from '../store/contacts.ts'
import type { ImportWishes } from '../store/imports.ts'
import { type Applied, applyFields, blankContact } from './contact-fields.ts'
import { firstStage } from './create-contacts.ts'
import type { ContactLine, Failure } from './import-rows.ts'
import { wakeChanged } from './update-contacts.ts'
import { linkAccounts, putOnLists, type Writer } from './write-contact.ts'

export interface BatchResult {
  created: number
  updated: number
  failures: Failure[]
}

interface Person {
  /** As in the database; null for somebody new. */
  before: ContactRow | null
  now: ContactRow
  listNames: Set<string>
}

/** Two rows with one address are one person: the later row's cells win where they are not empty, and it counts as updated. */
export async function importContacts(
  tx: Db,
  lines: readonly ContactLine[],
  { wishes, importId, ...writer }: Writer & { wishes: ImportWishes; importId: Id },
): Promise<BatchResult> {
  const { team } = writer
  await takeMergeTurn(tx, team)
  const addresses = [...new Set(lines.flatMap((line) => line.address ?? []))]
  const known = await contactsByAddress(tx, { team, addresses, locked: true })
  const stageId = await firstStage(tx, writer)
  const people = new Map<string, Person>()
  const result: BatchResult = { created: 0, updated: 0, failures: [] }
  for (const line of lines) {
    const key = line.address ?? `row ${line.row}`
    const there = people.get(key) ?? person(known.get(key), { stageId, writer })
    const applied = withDefaultZone(applyFields(there.now, line.fields, writer.now), wishes)
    if (!applied.ok) {
      result.failures.push({ row: line.row, fields: line.cells, reason: applied.sentence })
      continue
    }
    if (there.before === null && !people.has(key)) result.created++
    else result.updated++
    there.now = { ...applied.row, importId }
    for (const name of [...line.listNames, ...wishes.listNames]) there.listNames.add(name)
    people.set(key, there)
  }
  await write(tx, [...people.values()], writer)
  return result
}

function person(
  before: ContactRow | undefined,
  { stageId, writer }: { stageId: Id | null; writer: Writer },
): Person {
  const { userId, source, now, random } = writer
  const fresh = () => blankContact({ id: newId(now, random), userId, stageId, source, now })
  return { before: before ?? null, now: before ?? fresh(), listNames: new Set() }
}

/** The file's zone for all goes to whoever has none, stated or inferred. */
function withDefaultZone(applied: Applied, { timeZoneDefault }: ImportWishes): Applied {
  if (!applied.ok || timeZoneDefault === null || applied.row.timeZone !== null) return applied
  return applyFields(applied.row, { timeZone: timeZoneDefault }, applied.row.updatedAt)
}

async function write(tx: Db, people: readonly Person[], writer: Writer): Promise<void> {
  const { team } = writer
  const moved = people.filter((each) => each.before?.organizationName !== each.now.organizationName)
  await linkAccounts(
    tx,
    moved.map((each) => each.now),
    writer,
  )
  const made = people.filter((each) => each.before === null).map((each) => each.now)
  await insertContacts(tx, { team, contacts: made })
  const changed = people.filter((each) => each.before !== null)
  await saveContacts(tx, { team, contacts: changed.map((each) => each.now) })
  const listed = people.map((each) => ({ id: each.now.id, names: [...each.listNames] }))
  await putOnLists(tx, { contacts: listed, replace: false }, writer)
  await wakeChanged(tx, {
    ...writer,
    changes: changed.map((each) => ({ before: each.before!, after: each.now })),
  })
}
