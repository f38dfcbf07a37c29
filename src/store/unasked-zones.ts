/** People who were there before zones were inferred from place and telephone number: each is asked once. */
import { sql } from 'kysely'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Phone } from '../core/phone.ts'
import { at, kysely } from './db.ts'

export interface Unasked {
  id: Id
  city: string | null
  state: string | null
  country: string | null
  phones: Phone[]
}

/** A team that has some; null when nobody is left. One look at an index that is empty afterwards. */
export async function teamWithUnasked(db: Db): Promise<TeamId | null> {
  const { rows } = await sql<{ team: TeamId }>`
    select t.id as team from teams t where exists (select from contacts c where c.team_id = t.id and c.zone_unasked)
    order by t.id limit 1`.execute(kysely(db))
  return rows[0]?.team ?? null
}

/** The next of them by id, locked; another process takes others. `known`: nothing is to be inferred any more. */
export async function lockUnasked(
  tx: Db,
  { team, limit }: { team: TeamId; limit: number },
): Promise<(Unasked & { known: boolean })[]> {
  const { rows } = await sql<Unasked & { known: boolean }>`
    select id, city, state, country, phones, time_zone is not null or deleted_at is not null as known from contacts
    where team_id = ${team} and zone_unasked order by id limit ${limit} for no key update skip locked`.execute(
    kysely(tx),
  )
  return rows
}

/** Who is not among `zones` stays unknown, and is not asked again. */
export async function saveAsked(
  tx: Db,
  o: { team: TeamId; asked: readonly Id[]; zones: readonly { id: Id; zone: string }[]; now: Instant },
): Promise<void> {
  await sql`
    update contacts c set zone_unasked = false from unnest(${o.asked as Id[]}::text[]) as a (id)
    where c.team_id = ${o.team} and c.id = a.id`.execute(kysely(tx))
  await sql`
    update contacts c set time_zone = z.zone, time_zone_source = 'inferred', updated_at = ${at(o.now)}, rev = c.rev + 1
    from unnest(${o.zones.map((one) => one.id)}::text[], ${o.zones.map((one) => one.zone)}::text[]) as z (id, zone)
    where c.team_id = ${o.team} and c.id = z.id`.execute(kysely(tx))
}
