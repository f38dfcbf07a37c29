/** Days as the API writes them, 2027-03-31, counted on. No zone: a day is a day. */

const DAY = 86_400_000

const at = (day: string) => Date.parse(`${day}T00:00:00Z`)
const written = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at(text))

export const addDays = (day: string, days: number) => written(at(day) + days * DAY)

/** Both included: the 1st to the 3rd are three. */
export const daysBetween = (from: string, to: string) => Math.round((at(to) - at(from)) / DAY) + 1

/** The Monday of its week. */
export const mondayOf = (day: string) => addDays(day, -((new Date(at(day)).getUTCDay() + 6) % 7))
