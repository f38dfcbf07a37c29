/**
 * What a team may send to one company, set by a person: per day and recipient domain, per week and account, over all sequences and mailboxes.
 * A new cap counts what was sent already; a raised one lets those go who wait for it.
 */
import type { Instant } from '../core/clock.ts'
import type { CompanyLimits } from '../core/company.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { done, type Result, refused } from '../core/result.ts'
import { lookAtAll } from '../store/enrollments.ts'
import { bumpTeam } from '../store/lanes.ts'
import { lockTeamMailboxes } from '../store/locks.ts'
import { countSent } from '../store/team-caps.ts'
import { saveCompanyLimits, teamById } from '../store/teams.ts'

/** A cap above this is no cap; a number above it is a slip of the finger. */
const CAP_MAX = 100_000

const NAMES: Record<keyof CompanyLimits, { parameter: string; words: string }> = {
  domainPerDay: {
    parameter: 'max_emails_per_domain_per_day',
    words: 'The cap per recipient domain and day',
  },
  freeMailPerDay: {
    parameter: 'max_emails_per_free_mail_domain_per_day',
    words: 'The cap per provider of free mailboxes and day',
  },
  accountPerWeek: {
    parameter: 'max_emails_per_account_per_week',
    words: 'The cap per account and week',
  },
}
const KINDS = Object.keys(NAMES) as (keyof CompanyLimits)[]

/** What is left out stays as it is; null takes the cap away. */
export async function changeCompanyCaps(
  db: Db,
  { team, now }: { team: TeamId; now: Instant },
  draft: Partial<CompanyLimits>,
): Promise<Result<null>> {
  for (const kind of KINDS) {
    const value = draft[kind]
    if (value == null || (Number.isInteger(value) && value >= 1 && value <= CAP_MAX)) continue
    const { parameter, words } = NAMES[kind]
    return refused(
      `${words} is ${value}; expected 1 to ${CAP_MAX}, or null for none. To send nothing to a domain, put it on the do-not-contact list.`,
      { parameter },
    )
  }
  await db.transaction((tx) => save(tx, { team, now, draft }))
  return done(null)
}

async function save(
  tx: Db,
  { team, now, draft }: { team: TeamId; now: Instant; draft: Partial<CompanyLimits> },
): Promise<void> {
  // Mailboxes come first, so that no claim is under way with the caps of before.
  await lockTeamMailboxes(tx, team)
  const { companyLimits: before, timeZone: zone } = await teamById(tx, team)
  const after = { ...before, ...draft }
  await saveCompanyLimits(tx, { team, limits: after })
  const isNew = (kind: keyof CompanyLimits) => before[kind] === null && after[kind] !== null
  const counted = (kind: keyof CompanyLimits) => (isNew(kind) ? after[kind] : null)
  const limits = {
    domainPerDay: counted('domainPerDay'),
    freeMailPerDay: counted('freeMailPerDay'),
    accountPerWeek: counted('accountPerWeek'),
  }
  const isWider = (kind: keyof CompanyLimits) =>
    before[kind] !== null && (after[kind] === null || after[kind] > before[kind])
  if (KINDS.some(isWider)) await bumpTeam(tx, { team, now })
  if (KINDS.some(isNew)) await countSent(tx, { team, limits, zone, now })
  if (KINDS.some(isWider)) await lookAtAll(tx, { team, now })
}
