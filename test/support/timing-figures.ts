/** Local time, as numbers: every zone and change of the clock of fifty years, and random schedules, each against an oracle that counts minutes. */
import { type Compared, dailyEmailsThroughChanges, minutesAroundChanges, SHORT } from './clock-changes.ts'
import type { Figure, Measure } from './figures.ts'
import {
  openingsOfRandomSchedules,
  openMinutesOfRandomSchedules,
  waitsInRandomSchedules,
} from './random-schedules.ts'

/** As many as the tests make unless told otherwise. */
const RUNS = 2_000

const figure = (what: string, { looked, wrong }: Compared): Figure => ({
  what,
  found: wrong,
  of: looked,
  target: 'none',
})

export const timing: Measure = {
  title: 'Local time (every zone and change of its clock from 2000 to 2050; random schedules)',
  figures: async () => [
    figure('minutes around the changes that are wrongly open or closed', minutesAroundChanges(SHORT)),
    figure(
      'daily emails outside their window, twice on a date, or after one that was skipped',
      dailyEmailsThroughChanges(SHORT),
    ),
    figure(
      'random schedules with a minute that is wrongly open or closed',
      openMinutesOfRandomSchedules(RUNS),
    ),
    figure('random schedules whose next opening or its end is wrong', openingsOfRandomSchedules(RUNS)),
    figure('waits in random schedules that end at the wrong instant', waitsInRandomSchedules(RUNS)),
  ],
}
