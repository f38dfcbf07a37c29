/**
 * Infers the zone of people who were there before zones were inferred, from place or telephone number, a small batch a round. A zone that
 * somebody stated stays; whose zone is still unknown is not asked again.
 */
import type { Instant } from '../core/clock.ts'
import { inferZone } from '../core/contact-zone.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import { followZones } from '../store/contact-waits.ts'
import { bumpContacts } from '../store/lanes.ts'
import { lockUnasked, saveAsked, teamWithUnasked } from '../store/unasked-zones.ts'

/** Some milliseconds, in which their contacts and enrollments are locked. */
const ASKED_PER_ROUND = 500

/** Returns how many were asked. */
export async function askZones(db: Db, { now }: { now: Instant }): Promise<number> {
  const team = await teamWithUnasked(db)
  return team === null ? 0 : db.transaction((tx) => ask(tx, { team, now }))
}

async function ask(tx: Db, { team, now }: { team: TeamId; now: Instant }): Promise<number> {
  const people = await lockUnasked(tx, { team, limit: ASKED_PER_ROUND })
  const zones = people.flatMap((person) => {
    const inferred = person.known ? null : inferZone(person, person.phones)
    return inferred === null ? [] : [{ id: person.id, zone: inferred.zone }]
  })
  await saveAsked(tx, { team, asked: people.map(({ id }) => id), zones, now })
  const contactIds = zones.map(({ id }) => id)
  await bumpContacts(tx, { team, contactIds, now })
  await followZones(tx, { team, contactIds, now })
  return people.length
}
