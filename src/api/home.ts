/** The first page: where things stand, and what a newcomer does next. */
import { Type } from 'typebox'
import { localDay, startOfDay } from '../core/zone.ts'
import { firstSteps, homeCounts } from '../store/home-counts.ts'
import { teamById } from '../store/teams.ts'
import { type Route, route } from './route.ts'

/** In the order in which one does them. */
const CHECKLIST = ['mailbox', 'person', 'step', 'enroll', 'arrived'] as const

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/home',
    name: 'home/show',
    summary: 'Where things stand',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({
      checklist: Type.Array(Type.Object({ key: Type.String(), done: Type.Boolean() })),
      counts: Type.Object({
        sequences_active: Type.Integer(),
        people_active: Type.Integer(),
        sent_today: Type.Integer({ description: "Since midnight in the team's zone." }),
        unknown: Type.Integer(),
        holds: Type.Integer(),
      }),
    }),
    async run(_input, { db, caller, now }) {
      const team = caller.teamId
      const { timeZone } = await teamById(db, team)
      const dayBegan = startOfDay(timeZone, localDay(timeZone, now))
      const [counts, steps] = await Promise.all([homeCounts(db, { team, dayBegan }), firstSteps(db, team)])
      return {
        checklist: CHECKLIST.map((key) => ({ key, done: steps[key] })),
        counts: {
          sequences_active: counts.sequencesActive,
          people_active: counts.peopleActive,
          sent_today: counts.sentToday,
          unknown: counts.unknown,
          holds: counts.holds,
        },
      }
    },
  }),
]
