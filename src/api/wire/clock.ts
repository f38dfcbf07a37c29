/** The team's clock as the page shows it. */
import { Type } from 'typebox'
import { readTravel } from '../../store/travel.ts'
import type { OpenCall } from '../route.ts'
import { iso, WireInstant } from './instant.ts'

export const WireClock = Type.Object(
  {
    now: WireInstant,
    travel_enabled: Type.Boolean({ description: 'May the clock be moved here? SEGUE_TIME_TRAVEL=1.' }),
    travelled: Type.Boolean({ description: 'Was it ever moved? Then this database takes no real mailbox.' }),
    offset_ms: Type.Integer({ description: 'How far it was moved, in milliseconds.' }),
  },
  { title: 'Clock' },
)

/** The offset comes from the row, so that an answer right after a journey is exact in every process. */
export async function wireClock({ db, clock, settings }: OpenCall) {
  const { offsetMs, travelled } = await readTravel(db)
  return {
    now: iso(clock.real() + offsetMs),
    travel_enabled: settings.timeTravel,
    travelled,
    offset_ms: offsetMs,
  }
}
