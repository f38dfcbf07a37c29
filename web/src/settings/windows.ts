/** The windows of a week as words: "Mon to Fri 9:00-17:00". */
import type { Window } from '../lib/api-types.ts'
import { minuteOfDay } from '../lib/time.ts'
import { listed } from '../lib/words.ts'

export const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const short = (day: number) => (DAYS[day - 1] ?? '').slice(0, 3)

const times = (windows: readonly Window[]) =>
  windows
    .map((window) => `${minuteOfDay(window.opens_at_minute)}-${minuteOfDay(window.closes_at_minute)}`)
    .join(' and ')

/** Neighboring days with the same times are said once. */
export function windowsInWords(windows: readonly Window[]): string {
  const runs: { from: number; to: number; times: string }[] = []
  for (let day = 1; day <= 7; day++) {
    const here = times(windows.filter((window) => window.day === day))
    const last = runs.at(-1)
    if (here === '') continue
    if (last && last.to === day - 1 && last.times === here) last.to = day
    else runs.push({ from: day, to: day, times: here })
  }
  if (runs.length === 0) return 'Never open'
  return listed(
    runs.map(
      (run) =>
        `${run.from === run.to ? short(run.from) : `${short(run.from)} to ${short(run.to)}`} ${run.times}`,
    ),
  )
}

export const toClock = (minute: number) =>
  `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** "17:00" is 1020. An end at 00:00 means midnight, the end of the day. */
export function fromClock(text: string, end: boolean): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  const minute = hours * 60 + minutes
  return end && minute === 0 ? 1440 : minute
}

export const WEEKDAYS: Window[] = [1, 2, 3, 4, 5].map((day) => ({
  day,
  opens_at_minute: 540,
  closes_at_minute: 1020,
}))
