/** Who of some contacts may be added to a sequence, and who may not and why: the guards, in a fixed number of statements however many there are. */

import type { Db } from '../core/db.ts'
import { type Candidate, type GuardFlags, type Refusal, refusalsFor } from '../core/guard.ts'
import type { Id, TeamId } from '../core/ids.ts'
import {
  companiesOf,
  type GuardedContact,
  guardedContacts,
  type Membership,
  memberships,
  peopleIn,
} from '../store/enrollment-guards.ts'
import { suppressionsOf } from '../store/suppressions.ts'
import type { TeamRow } from '../store/teams.ts'

/** Why one contact was not added, the most telling reason first. */
export interface Skipped {
  contactId: Id
  reasons: (Refusal & { sequenceName: string | null })[]
}

/** What a team has said of who may be added. */
export type GuardRules = Pick<TeamRow, 'onePerCompany' | 'ownersOnly'>

export interface Judging {
  contactIds: readonly Id[]
  /** Null: asked of none in particular. */
  sequence: { id: Id; name: string | null } | null
  flags: GuardFlags
  rules: GuardRules
}

export interface Judged {
  admitted: GuardedContact[]
  /** Added already, by an earlier try of this very request. */
  repeated: Id[]
  skipped: Skipped[]
}

/** Those admitted count for whoever comes after them. Writes nothing. */
export async function judge(
  tx: Db,
  asking: { team: TeamId; userId: Id; requestId: string },
  { contactIds, sequence, flags, rules }: Judging,
): Promise<Judged> {
  const { team, requestId } = asking
  const contacts = new Map((await guardedContacts(tx, { team, ids: contactIds })).map((one) => [one.id, one]))
  const addresses = [...new Set([...contacts.values()].flatMap((one) => one.address ?? []))]
  const rows = await memberships(tx, { team, contactIds, addresses })
  const state: State = {
    ...{ ...asking, rules },
    suppressed: await suppressionsOf(tx, { team, addresses }),
    people: indexed(rows),
    sameCompany: await sameCompanyIn(tx, team, {
      ...{ rules, sequence },
      contacts: [...contacts.values()],
    }),
  }
  const names = new Map(rows.map((row) => [row.sequenceId, row.sequenceName]))
  if (sequence !== null) names.set(sequence.id, sequence.name)
  const judged: Judged = { admitted: [], repeated: [], skipped: [] }
  for (const contactId of contactIds) {
    const contact = contacts.get(contactId)
    if (contact === undefined) {
      judged.skipped.push(skippedFor(contactId, [NOT_FOUND], names))
      continue
    }
    const candidate = candidateOf(contact, state)
    if (sequence !== null && isRepeated(candidate, { sequence, requestId })) {
      judged.repeated.push(contactId)
      continue
    }
    const reasons = refusalsFor(candidate, sequence?.id ?? NEW_SEQUENCE, flags)
    if (reasons.length > 0) judged.skipped.push(skippedFor(contactId, reasons, names))
    else {
      judged.admitted.push(contact)
      state.people.add(contact, sequence?.id ?? NEW_SEQUENCE)
      state.sameCompany.add(contact)
    }
  }
  return judged
}

/** Where none is named: one that nobody is in yet. */
const NEW_SEQUENCE = ''

const NOT_FOUND: Refusal = { code: 'contact_not_found', flag: null, sequenceId: null, sameAddressAs: null }

interface State {
  userId: Id
  rules: GuardRules
  suppressed: ReadonlyMap<string, unknown>
  people: ReturnType<typeof indexed>
  sameCompany: SameCompany
}

interface JudgedCandidate extends Candidate {
  enrollments: readonly Membership[]
}

function candidateOf(contact: GuardedContact, state: State): JudgedCandidate {
  const { id, address, emailStatus, jobChangedAt, importing, ownerId, accountOwnerId } = contact
  const isOwn = ownerId === null || ownerId === state.userId || accountOwnerId === state.userId
  return {
    contactId: id,
    ...{ address, emailStatus, jobChangedAt },
    suppressed: address !== null && state.suppressed.has(address),
    mayEmail: isOwn || !state.rules.ownersOnly,
    sameCompanyId: state.sameCompany.of(contact),
    importing,
    enrollments: state.people.of(contact),
  }
}

function isRepeated(
  { contactId, enrollments }: JudgedCandidate,
  { sequence, requestId }: { sequence: { id: Id }; requestId: string },
): boolean {
  const own = enrollments.find((row) => row.contactId === contactId && row.sequenceId === sequence.id)
  return own?.requestId === requestId
}

interface SameCompany {
  /** Somebody else of the company who is in the sequence. */
  of(contact: GuardedContact): Id | null
  add(contact: GuardedContact): void
}

const ANY_COMPANY: SameCompany = { of: () => null, add: () => undefined }

/** Nothing is looked for where a team does not mind. */
async function sameCompanyIn(
  tx: Db,
  team: TeamId,
  {
    contacts,
    sequence,
    rules,
  }: Pick<Judging, 'sequence' | 'rules'> & { contacts: readonly GuardedContact[] },
): Promise<SameCompany> {
  if (!rules.onePerCompany) return ANY_COMPANY
  const inside = sequence === null ? [] : await peopleIn(tx, { team, sequenceId: sequence.id })
  const companies = await companiesOf(tx, { team, people: [...inside, ...contacts] })
  const people = new Map<string, Id[]>()
  const add = ({ id }: { id: Id }) => {
    const company = companies.get(id)
    if (company !== undefined) people.set(company, [...(people.get(company) ?? []), id])
  }
  inside.forEach(add)
  const ofCompany = (id: Id) => people.get(companies.get(id) ?? '') ?? []
  return { of: ({ id }) => ofCompany(id).find((other) => other !== id) ?? null, add }
}

/** Memberships by person: a person is a contact, and whoever has the same address. Those admitted in this call count at once. */
function indexed(rows: readonly Membership[]) {
  const byContact = Map.groupBy(rows, (row) => row.contactId)
  const byAddress = Map.groupBy(
    rows.filter((row) => row.address !== null),
    (row) => row.address!,
  )
  return {
    of(contact: GuardedContact): Membership[] {
      const own = byContact.get(contact.id) ?? []
      if (contact.address === null) return own
      const others = (byAddress.get(contact.address) ?? []).filter((row) => row.contactId !== contact.id)
      return [...own, ...others]
    },
    add(contact: GuardedContact, sequenceId: Id): void {
      if (contact.address === null) return
      const row: Membership = {
        contactId: contact.id,
        address: contact.address,
        sequenceId,
        sequenceName: null,
        state: 'active',
        stillborn: false,
        requestId: null,
      }
      byAddress.set(contact.address, [...(byAddress.get(contact.address) ?? []), row])
    },
  }
}

function skippedFor(
  contactId: Id,
  reasons: readonly Refusal[],
  names: ReadonlyMap<Id, string | null>,
): Skipped {
  return {
    contactId,
    reasons: reasons.map((reason) => ({
      ...reason,
      sequenceName: reason.sequenceId === null ? null : (names.get(reason.sequenceId) ?? null),
    })),
  }
}
