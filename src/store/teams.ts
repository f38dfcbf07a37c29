/** Rows of teams. A team is an integer in here and its public id on the wire. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { CompanyLimits } from '../core/company.ts'
import type { CompanyRule } from '../core/company-reply.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'

export interface TeamRow {
  id: TeamId
  publicId: string
  name: string
  timeZone: string
  legalName: string | null
  postalAddress: string | null
  optOutHtml: string
  /** Open days that pass after somebody's return before they are written to again. */
  awayMarginDays: number
  /** After so many days an absence without a date ends by itself; null: a person ends it. */
  awayResumeDays: number | null
  /** As many refusals for content or reputation within 24 hours stop a mailbox. */
  blockedPerDayMax: number
  companyLimits: CompanyLimits
  /** What is overdue by more hours than this is held, and released by a person. */
  staleAfterHours: number
  /** What an answer does to others of its company, where a sequence does not say. */
  sameAccountReply: CompanyRule
  sameAccountDelayDays: number
  /** A sequence takes one person of each company. */
  onePerCompany: boolean
  /** People are added to sequences by whoever owns them. */
  ownersOnly: boolean
  createdAt: Instant
}

const COLUMNS = sql`id, public_id as "publicId", name, time_zone as "timeZone", legal_name as "legalName",
  postal_address as "postalAddress", opt_out_html as "optOutHtml",
  away_margin_days as "awayMarginDays", away_resume_days as "awayResumeDays", blocked_per_day_max as "blockedPerDayMax",
  stale_after_hours as "staleAfterHours", same_account_reply as "sameAccountReply",
  same_account_delay_days as "sameAccountDelayDays", one_per_company as "onePerCompany", owners_only as "ownersOnly",
  jsonb_build_object('domainPerDay', domain_daily_cap, 'freeMailPerDay', free_mail_daily_cap,
    'accountPerWeek', account_weekly_cap) as "companyLimits", created_at as "createdAt"`

export async function anyTeam(db: Db): Promise<boolean> {
  const { rows } = await sql`select from teams limit 1`.execute(kysely(db))
  return rows.length > 0
}

/** Makes set-ups wait for each other: the one row of `deployment` stays locked until the transaction ends. */
export async function lockDeployment(tx: Db): Promise<void> {
  await sql`select from deployment where id = 1 for no key update`.execute(kysely(tx))
}

export async function insertTeam(
  tx: Db,
  team: { publicId: string; name: string; timeZone: string; now: Instant },
): Promise<TeamId> {
  const { rows } = await sql<{ id: TeamId }>`
    insert into teams (public_id, name, time_zone, created_at)
    values (${team.publicId}, ${team.name}, ${team.timeZone}, ${at(team.now)}) returning id`.execute(
    kysely(tx),
  )
  return rows[0]!.id
}

export async function teamById(db: Db, team: TeamId): Promise<TeamRow> {
  const { rows } = await sql<TeamRow>`select ${COLUMNS} from teams where id = ${team}`.execute(kysely(db))
  return rows[0]!
}

export async function teamByPublicId(db: Db, publicId: string): Promise<TeamRow | undefined> {
  const { rows } = await sql<TeamRow>`select ${COLUMNS} from teams where public_id = ${publicId}`.execute(
    kysely(db),
  )
  return rows[0]
}

export type TeamChange = Partial<Omit<TeamRow, 'id' | 'publicId' | 'createdAt'>>

export async function updateTeam(db: Db, team: TeamId, change: TeamChange): Promise<TeamRow> {
  const set = {
    ...(change.name !== undefined && { name: change.name }),
    ...(change.timeZone !== undefined && { time_zone: change.timeZone }),
    ...(change.legalName !== undefined && { legal_name: change.legalName }),
    ...(change.postalAddress !== undefined && { postal_address: change.postalAddress }),
    ...(change.optOutHtml !== undefined && { opt_out_html: change.optOutHtml }),
    ...(change.awayMarginDays !== undefined && { away_margin_days: change.awayMarginDays }),
    ...(change.awayResumeDays !== undefined && { away_resume_days: change.awayResumeDays }),
    ...(change.staleAfterHours !== undefined && { stale_after_hours: change.staleAfterHours }),
    ...(change.onePerCompany !== undefined && { one_per_company: change.onePerCompany }),
    ...(change.ownersOnly !== undefined && { owners_only: change.ownersOnly }),
    ...(change.sameAccountReply !== undefined && { same_account_reply: change.sameAccountReply }),
    ...(change.sameAccountDelayDays !== undefined && {
      same_account_delay_days: change.sameAccountDelayDays,
    }),
    ...(change.blockedPerDayMax !== undefined && { blocked_per_day_max: change.blockedPerDayMax }),
  }
  if (Object.keys(set).length > 0)
    await kysely(db).updateTable('teams').set(set).where('id', '=', team).execute()
  return teamById(db, team)
}

export async function saveCompanyLimits(
  tx: Db,
  { team, limits }: { team: TeamId; limits: CompanyLimits },
): Promise<void> {
  await sql`
    update teams set domain_daily_cap = ${limits.domainPerDay}, free_mail_daily_cap = ${limits.freeMailPerDay},
      account_weekly_cap = ${limits.accountPerWeek} where id = ${team}`.execute(kysely(tx))
}

/** Why the engine does not send at all: the reason that an operator must lift; null when it does. */
export async function fencedReason(db: Db): Promise<string | null> {
  const { rows } = await sql<{
    reason: string | null
  }>`select fenced_reason as reason from deployment where fenced_at is not null`.execute(kysely(db))
  return rows[0]?.reason ?? null
}
