/**
 * A company was changed: a stage may close or open a gate, a value may be the one that an email lacked, and a domain decides who belongs to
 * the company without being linked to it. Whom it concerns is looked at again.
 */
import type { Db } from '../core/db.ts'
import type { Id } from '../core/ids.ts'
import { accountsWith, peopleAtDomains, peopleOf } from '../store/account-people.ts'
import type { AccountRow } from '../store/accounts.ts'
import { bumpContacts } from '../store/lanes.ts'
import { judgeContacts } from './follow-company.ts'
import { releaseFilled } from './release-filled.ts'
import type { Writer } from './write-contact.ts'

interface Change {
  before: AccountRow
  after: AccountRow
}

/** Inside the transaction that wrote the rows. */
export async function followAccounts(tx: Db, writer: Writer, changes: readonly Change[]): Promise<void> {
  const { team, now, random } = writer
  const acting = { team, actor: `user:${writer.userId}`, now, random }
  const idsWhere = (differs: (change: Change) => boolean) =>
    changes.filter(differs).map(({ after }) => after.id)
  const staged = await peopleOf(tx, {
    team,
    accountIds: idsWhere((one) => one.before.stageId !== one.after.stageId),
  })
  const reworded = await peopleOf(tx, { team, accountIds: idsWhere(isWordedOtherwise) })
  const moved = await whoBelongsOtherwise(tx, writer, changes)
  // Mailboxes come first, of all whom it concerns, then enrollments.
  await bumpContacts(tx, { team, contactIds: [...new Set([...staged, ...reworded, ...moved])], now })
  await judgeContacts(tx, acting, moved)
  // Asked now that the mailboxes are locked: whoever a claim has held meanwhile is among them.
  await releaseFilled(tx, { ...acting, contactIds: reworded })
}

/** By a domain that an account has got or lost: who has an address there, and who is linked to an account that has it or had it, as their colleagues. */
async function whoBelongsOtherwise(tx: Db, { team }: Writer, changes: readonly Change[]): Promise<Id[]> {
  const renamed = changes.filter(({ before, after }) => before.domain !== after.domain)
  const domains = renamed.flatMap(({ before, after }) => [before.domain ?? [], after.domain ?? []].flat())
  const others = await accountsWith(tx, { team, domains })
  const linked = await peopleOf(tx, {
    team,
    accountIds: [...renamed.map(({ after }) => after.id), ...others],
  })
  const atDomains = await peopleAtDomains(tx, { team, domains: [...new Set(domains)] })
  return [...new Set([...linked, ...atDomains])]
}

/** Can an email that was held for a missing value be written now? */
const isWordedOtherwise = ({ before, after }: Change) =>
  before.name !== after.name ||
  before.domain !== after.domain ||
  JSON.stringify(before.custom) !== JSON.stringify(after.custom)
