/** What `->` can do to a value in a template: change its letters, move today's date, pick a part of a date. Data in, text out. */
import type { Instant } from './clock.ts'

export type Operator =
  | { readonly kind: 'lowercase' | 'capitalize_each_word' | 'plural' }
  | { readonly kind: 'shift'; readonly by: number }
  | { readonly kind: 'part'; readonly part: DatePart }

export type DatePart = 'day' | 'month' | 'year' | 'weekday'

export interface Moment {
  readonly now: Instant
  readonly zone: string
}

/** Today in the governing zone. They need no contact, so they are never missing. */
export const NOW_NAMES = ['now_day', 'now_month', 'now_year', 'now_weekday', 'now_time_of_day'] as const
export type NowName = (typeof NOW_NAMES)[number]

/** A year of days; weekdays are counted one by one. */
const SHIFT_MAX = 366
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

export function isNowName(name: string): name is NowName {
  return (NOW_NAMES as readonly string[]).includes(name)
}

/** The operators behind a variable, or why one of them cannot stand there. */
export function parseOperators(
  name: string,
  written: readonly string[],
): { operators: Operator[] } | { sentence: string } {
  const operators: Operator[] = []
  for (const word of written) {
    const operator = operatorOf(word.toLowerCase())
    if (operator === undefined)
      return {
        sentence: `has the operator "->${word}", which is not known. Use lowercase, capitalize_each_word, plural, plus_N, minus_N, day, month, year or weekday.`,
      }
    if (operator.kind === 'shift' && (!isNowName(name) || name === 'now_time_of_day'))
      return {
        sentence: `moves "${name}", which is not a part of today. Use ->${word} on now_day, now_month, now_year or now_weekday.`,
      }
    if (operator.kind === 'shift' && Math.abs(operator.by) > SHIFT_MAX)
      return { sentence: `moves today by ${Math.abs(operator.by)}; ${SHIFT_MAX} is the most.` }
    if (operator.kind === 'part' && isNowName(name))
      return {
        sentence: `takes the ${operator.part} of "${name}", which is one already. Use {{now_${operator.part}}}.`,
      }
    operators.push(operator)
  }
  return { operators }
}

function operatorOf(word: string): Operator | undefined {
  if (word === 'lowercase' || word === 'capitalize_each_word' || word === 'plural') return { kind: word }
  if (word === 'day' || word === 'month' || word === 'year' || word === 'weekday')
    return { kind: 'part', part: word }
  const [, sign, digits] = /^(plus|minus)_(\d{1,6})$/.exec(word) ?? []
  return digits === undefined
    ? undefined
    : { kind: 'shift', by: sign === 'plus' ? Number(digits) : -Number(digits) }
}

/** The value after its operators, or undefined if one of them cannot be done (the month of what is not a date). */
export function operate(text: string, operators: readonly Operator[], zone: string): string | undefined {
  let value: string | undefined = text
  for (const operator of operators) {
    if (value === undefined) return undefined
    if (operator.kind === 'lowercase') value = value.toLowerCase()
    else if (operator.kind === 'capitalize_each_word') value = capitalized(value)
    else if (operator.kind === 'plural') value = plural(value)
    else if (operator.kind === 'part') value = partOf(value, operator.part, zone)
  }
  return value
}

/** A part of today, moved: days, months and years by themselves, weekdays over the weekends. */
export function nowValue(name: NowName, operators: readonly Operator[], { now, zone }: Moment): string {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone)
  if (name === 'now_time_of_day')
    return local.hour < 12 ? 'morning' : local.hour < 17 ? 'afternoon' : 'evening'
  let by = 0
  for (const operator of operators) if (operator.kind === 'shift') by += operator.by
  const today = local.toPlainDate()
  if (name === 'now_month') return datePart(today.add({ months: by }), 'month')
  if (name === 'now_year') return datePart(today.add({ years: by }), 'year')
  if (name === 'now_day') return datePart(today.add({ days: by }), 'day')
  return datePart(weekdaysLater(today, by), 'weekday')
}

function weekdaysLater(date: Temporal.PlainDate, by: number): Temporal.PlainDate {
  const step = by < 0 ? -1 : 1
  let left = Math.abs(by)
  let day = date
  while (left > 0) {
    day = day.add({ days: step })
    if (day.dayOfWeek <= 5) left--
  }
  return day
}

/** A date or a point in time as custom fields keep them: YYYY-MM-DD, or ISO 8601 with its offset, read in the zone. */
function partOf(text: string, part: DatePart, zone: string): string | undefined {
  const [, date, rest = ''] = /^(\d{4}-\d{2}-\d{2})([T ]\S+)?$/.exec(text.trim()) ?? []
  if (date === undefined) return undefined
  try {
    if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(rest))
      return datePart(
        Temporal.Instant.from(date + rest.replace(' ', 'T'))
          .toZonedDateTimeISO(zone)
          .toPlainDate(),
        part,
      )
    return datePart(Temporal.PlainDate.from(date), part)
  } catch {
    return undefined
  }
}

function datePart(date: Temporal.PlainDate, part: DatePart): string {
  if (part === 'month') return MONTHS[date.month - 1]!
  if (part === 'weekday') return WEEKDAYS[date.dayOfWeek - 1]!
  return String(part === 'day' ? date.day : date.year)
}

// The other letters stay: "IBM" and "McDonald" are spelled right already, and ->lowercase can stand before.
function capitalized(text: string): string {
  return text.replace(
    /(^|[\s/(-])(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  )
}

const IRREGULAR: Record<string, string> = { person: 'people', man: 'men', woman: 'women', child: 'children' }
/** Longer is not a title or an industry. */
const PLURAL_MAX = 200
const UNCOUNTABLE = new Set('software hardware equipment staff information news media data estate'.split(' '))

/** The English plural of a title or an industry: "city" is "cities", "head of sales" is "heads of sales". */
function plural(text: string): string {
  if (text.length > PLURAL_MAX) return text
  const [, head = '', tail = ''] = /^(.*?)(\s+(?:of|at|for|in)\s.*)?$/is.exec(text) ?? []
  const word = /\p{L}+$/u.exec(head)?.[0]
  if (word === undefined) return text
  return head.slice(0, head.length - word.length) + pluralWord(word) + tail
}

function pluralWord(word: string): string {
  const lower = word.toLowerCase()
  if (UNCOUNTABLE.has(lower)) return word
  for (const [single, many] of Object.entries(IRREGULAR))
    if (lower.endsWith(single) && !/(?:hu|ger|ro|nor|otto|talis)man$/.test(lower))
      return word.slice(0, word.length - single.length + 1) + many.slice(1)
  if (/[^s]s$/.test(lower) && !/(us|is)$/.test(lower)) return word
  if (/(s|x|z|ch|sh)$/.test(lower)) return `${word}es`
  if (/[^aeiou]y$/.test(lower)) return `${word.slice(0, -1)}ies`
  return `${word}s`
}
