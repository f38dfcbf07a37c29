/** How far a person asks the clock to be moved: "2d", "90m", "next". Only reads the words; what falls due on the way is the engine's. */
import { DAY, HOUR, MINUTE, SECOND, WEEK } from './clock.ts'

export type Advance = { ok: true; ms: number } | { ok: true; next: true } | { ok: false; sentence: string }

const UNITS: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK }
const AMOUNT = /^\s*(\d{1,6})\s*(s|m|h|d|w)\s*$/i

/** Reads `2d`, `3h`, `90m`, `30s`, `1w`, or `next` (to whatever falls due next). Never moves backwards; nothing is no move. */
export function advanceOf(text: string): Advance {
  if (text.trim().toLowerCase() === 'next') return { ok: true, next: true }
  const [, amount = '', unit = ''] = AMOUNT.exec(text) ?? []
  const ms = Number(amount) * (UNITS[unit.toLowerCase()] ?? 0)
  if (ms > 0) return { ok: true, ms }
  return {
    ok: false,
    sentence: `advance is "${text.slice(0, 40)}", which is not a length of time. Write it as 2d, 3h, 90m, 30s, 1w, or next.`,
  }
}
