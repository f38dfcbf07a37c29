/** Looking at the team's clock and moving it forward. The engine does what falls due in between before the call answers. */
import { Type } from 'typebox'
import { advanceOf } from '../core/advance.ts'
import type { Instant } from '../core/clock.ts'
import { requestTravel, travelArrived } from '../store/travel.ts'
import { refuse } from './errors.ts'
import { type Call, type Route, route } from './route.ts'
import { WireClock, wireClock } from './wire/clock.ts'

const LOOK_EVERY_MS = 50
/** Ten minutes: about 100,000 mails in the sandbox. */
const LOOKS_MAX = 12_000

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/clock',
    name: 'clock/show',
    summary: 'What time it is for the team',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ clock: WireClock }),
    async run(_input, call) {
      return { clock: await wireClock(call) }
    },
  }),
  route({
    method: 'POST',
    path: '/clock',
    name: 'clock/update',
    summary: 'Move the clock forward',
    description:
      'Only with SEGUE_TIME_TRAVEL=1 and no real mailbox. Answers when everything that fell due in between has been done.',
    extension: true,
    input: Type.Object({
      advance: Type.String({ maxLength: 40, description: '"2d", "3h", "90m", or "next" for the next event' }),
    }),
    output: Type.Object({ clock: WireClock }),
    async run({ advance }, call) {
      if (!call.settings.timeTravel)
        refuse(422, 'The clock cannot be moved here. Start Segue with SEGUE_TIME_TRAVEL=1 to try things out.')
      const wish = advanceOf(advance)
      if (!wish.ok) refuse(422, wish.sentence, { parameter: 'advance' })
      const until = 'next' in wish ? ('next' as const) : call.now + wish.ms
      const asked = await requestTravel(call.db, { until, now: call.now })
      if (asked.kind === 'refused') refuse(422, asked.sentence)
      await arrive(asked.until, call)
      return { clock: await wireClock(call) }
    },
  }),
]

async function arrive(until: Instant, { db, clock }: Call): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const { kind } = await travelArrived(db, { until, real: clock.real() })
    if (kind === 'arrived') return
    if (kind === 'stopped_short')
      refuse(
        409,
        'The clock stopped before it arrived: something that was due could not be done. See the log.',
      )
    await clock.sleep(LOOK_EVERY_MS)
  }
  refuse(
    504,
    'The clock is still on its way: much falls due in between. GET /api/v1/clock shows where it is.',
  )
}
