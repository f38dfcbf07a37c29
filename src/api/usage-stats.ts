/** How often the team has called each endpoint, and how often it may. */
import { Type } from 'typebox'
import { openWindows } from '../store/call-windows.ts'
import { SPANS, usageOf } from './call-limits.ts'
import { type Route, route } from './route.ts'

const count = Type.Union([Type.Integer(), Type.Null()])
const Usage = Type.Object({ limit: count, consumed: count, left_over: count })

const OWN_NAME = 'usage_stats/api_usage_stats'

/** Of the routes that the original has; extensions are limited alike and not listed. */
export function routesFor(all: readonly Route[]): Route[] {
  const listed = all.filter((one) => !one.open && !one.extension).map((one) => one.name)
  const names = [...new Set([...listed, OWN_NAME])].sort()
  return [
    route({
      method: 'POST',
      path: '/usage_stats/api_usage_stats',
      name: OWN_NAME,
      summary: 'What programs of the team have called, and what they may',
      description:
        'By endpoint, as `["api/v1/contacts", "search"]`. A span without a limit is not counted and says null.',
      input: Type.Object({}),
      output: Type.Record(Type.String(), Type.Object({ day: Usage, hour: Usage, minute: Usage })),
      async run(_input, { db, caller, clock, settings }) {
        const windows = await openWindows(db, { team: caller.teamId, now: clock.real() })
        const byPlace = new Map(windows.map((one) => [`${one.endpoint} ${one.span}`, one]))
        return Object.fromEntries(
          names.map((name) => {
            const [controller, ...action] = name.split('/')
            const usage = SPANS.map(({ span }) => {
              const limit = settings.callLimits[span]
              const none = { limit: null, consumed: null, left_over: null }
              return [span, limit === null ? none : usageOf(limit, byPlace.get(`${name} ${span}`))]
            })
            return [`["api/v1/${controller}", "${action.join('/')}"]`, Object.fromEntries(usage)]
          }),
        )
      },
    }),
  ]
}
