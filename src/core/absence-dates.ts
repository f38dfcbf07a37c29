/**
 * Every day that a text mentions, as the culture of its language writes days: dates in words and digits, weekdays, "tomorrow", week numbers,
 * ends of months, and ranges of these. What a day is for (the return, the last day away, a fair) is not decided here.
 */
import { type Mention, type Order, plainMention, type Reading } from './absence-mention.ts'
import { joinRanges } from './absence-ranges.ts'
import { type AbsenceLanguage, alternatives, type DayWord, MARK, pattern } from './absence-words.ts'
import {
  dayOf,
  lastOfMonth,
  mondayOf,
  mondayOfWeek,
  nextDate,
  nextDayOfMonth,
  nextWeekday,
  partsOf,
} from './calendar-day.ts'
import { type LocalDay, weekdayOf } from './zone.ts'

/** In the order in which they stand; ranges are one mention. `text` is lower case with plain signs (`absence-text.ts`). */
export function mentionsIn(text: string, reading: Reading): Mention[] {
  const taken = new Taken()
  for (const found of [
    ...isoDates(text, reading),
    ...asianDates(text, reading),
    ...namedDates(text, reading),
    ...digitDates(text, reading),
    ...wordDays(text, reading),
    ...weeks(text, reading),
    ...bareDays(text, reading),
  ])
    taken.add(withWeekday(text, found, reading))
  for (const found of weekdays(text, reading)) taken.add(found)
  return joinRanges(text, taken.inOrder(), reading)
}

/** Which order the digits of a whole note prove: a 15 can be no month. */
export function orderIn(text: string): Order {
  let order: Order = null
  for (const [, first, , second] of text.matchAll(
    /(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(?:20)?\d\d(?!\d)/g,
  )) {
    const proved = Number(first) > 12 ? 'dmy' : Number(second) > 12 ? 'mdy' : null
    if (proved !== null && order !== null && proved !== order) return null
    order = proved ?? order
  }
  return order
}

class Taken {
  readonly #mentions: Mention[] = []

  add(mention: Mention): void {
    if (!this.#mentions.some(({ start, end }) => mention.start < end && start < mention.end))
      this.#mentions.push(mention)
  }

  inOrder(): Mention[] {
    return this.#mentions.sort((a, b) => a.start - b.start)
  }
}

interface Written {
  year: number | undefined
  month: number
  day: number
}

const NUMBERED =
  /(?:[#№]|\b(?:no|nr|n°|nº|č|ref|ticket|case|order|sak|sag|ärende|auftrag|rechnung|invoice)\b[.:]?)[ \d/-]*$/u

function dateMention(match: RegExpExecArray, written: Written, { today }: Reading): Mention[] {
  const { year, month, day } = written
  if (NUMBERED.test(match.input.slice(Math.max(0, match.index - 20), match.index))) return []
  const date = year === undefined ? nextDate(month, day, today) : dayOf(year, month, day)
  return date === undefined ? [] : [plainMention(match, date, year !== undefined)]
}

function isoDates(text: string, reading: Reading): Mention[] {
  const form = /(?<![\d#/-])(20\d\d)([-/.]) ?(\d{1,2})\2 ?(\d{1,2})\.?(?![\d/])/g
  return [...text.matchAll(form)].flatMap((match) =>
    dateMention(match, { year: Number(match[1]), month: Number(match[3]), day: Number(match[4]) }, reading),
  )
}

function asianDates(text: string, reading: Reading): Mention[] {
  const form =
    /(?:(20\d\d) ?[年년] ?|令和 ?(\d{1,2}|元) ?年 ?)?(?<!\d)(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日号號일]/g
  return [...text.matchAll(form)].flatMap((match) => {
    // Reiwa 1 was 2019.
    const era = match[2] === undefined ? undefined : 2018 + (match[2] === '元' ? 1 : Number(match[2]))
    const year = match[1] === undefined ? era : Number(match[1])
    return dateMention(match, { year, month: Number(match[3]), day: Number(match[4]) }, reading)
  })
}

function namedDates(text: string, reading: Reading): Mention[] {
  const { monthName, words, monthOf } = reading.language
  if (words.tells === '') return []
  const mark = words.dayMark === '' ? '' : `(?:${words.dayMark})?`
  const glue = words.glue === '' ? '' : `(?:[ ,]+(?:${words.glue}))*`
  const year = "(?:(?:,| de| del| din| i| anno|')* ?(20\\d\\d)(?!\\d)(?:[-']\\p{L}+)?)?"
  const dayFirst = `(?<![\\d.,:/])(\\d{1,2}) ?${mark}\\.?${glue}[ ,-]*(${monthName})(?!\\p{L})\\.?${year}(?: ?(?:г|р|r)\\.)?`
  const found = [...text.matchAll(pattern(dayFirst, 'g'))].flatMap((match) =>
    dateMention(match, written(match[3], monthOf(match[2]!), match[1]!), reading),
  )
  if (words.monthFirst !== true) return found
  const before = words.order === 'ymd' ? '(?:(20\\d\\d)\\.? ?)?' : '()'
  const monthFirst = `${before}(?<!\\p{L})(${monthName})(?!\\p{L})\\.? ?(?:the )?(\\d{1,2})(?!\\d|:\\d)${mark}(?!\\p{L})${year}`
  return [
    ...[...text.matchAll(pattern(monthFirst, 'g'))].flatMap((match) =>
      dateMention(match, written(match[1] || match[4], monthOf(match[2]!), match[3]!), reading),
    ),
    ...found,
  ]
}

function written(year: string | undefined, month: number, day: string): Written {
  return { year: year === undefined || year === '' ? undefined : Number(year), month, day: Number(day) }
}

/** What stands around digits that are a time of day or part of a longer number. */
const TIME_BEFORE =
  /(?:\bkl\.?|\bklo|\bum|\bat|\bore|\bora|\balle|\bas|às|\bgodz\.?|\bsaat|\bв|\bо|\ba las|\d{3,}) ?$/u
const TIME_AFTER = /^ ?(?:uhr|h\b|am\b|pm\b|a\.m|p\.m|hod|godz|ч|%|€|\$|km|std)/u

function digitDates(text: string, reading: Reading): Mention[] {
  const form =
    /(?<![\d/:+]|\d[.,])(\d{1,2})(?:([./])( ?)(\d{1,2})(?:\2\3((?:20)?\d\d)(?!\d))?\.?(?![\d/]|[:.]\d)|-(\d{1,2})-(20\d\d)(?![\d-]))/g
  return [...text.matchAll(form)].flatMap((match) => {
    const [whole, first, sign, , second, shortYear] = match
    const year = shortYear ?? match[7]
    const bare = year === undefined && !whole.endsWith('.')
    if (bare && (TIME_BEFORE.test(text.slice(Math.max(0, match.index - 8), match.index)) || whole === '24/7'))
      return []
    if (
      TIME_AFTER.test(text.slice(match.index + whole.length, match.index + whole.length + 6)) &&
      sign === '.'
    )
      return []
    // "1.5 million", "2.5 h": with one digit and no second dot it is a number as likely as a date, unless a language writes dates so.
    return digitDate(
      match,
      { first: Number(first), second: Number(second ?? match[6]), year: yearOf(year) },
      reading,
    )
  })
}

function yearOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  return digits.length === 2 ? 2000 + Number(digits) : Number(digits)
}

function digitDate(
  match: RegExpExecArray,
  { first, second, year }: { first: number; second: number; year: number | undefined },
  reading: Reading,
): Mention[] {
  const dayFirst = dateMention(match, { year, month: second, day: first }, reading)[0]
  const monthFirst = dateMention(match, { year, month: first, day: second }, reading)[0]
  const { order } = reading.language.words
  if (dayFirst === undefined || monthFirst === undefined || dayFirst.back === monthFirst.back) {
    // One order alone makes a date; where the language would have the other one, it is a slip or a stranger's habit.
    return [dayFirst ?? monthFirst ?? []].flat()
  }
  if (order === 'dmy') return [dayFirst]
  if (order === 'ymd') return [year === undefined ? monthFirst : later(dayFirst, monthFirst)]
  if (reading.order !== null) return [reading.order === 'dmy' ? dayFirst : monthFirst]
  const fits = weekdayBeside(match.input, dayFirst, reading)?.weekday
  if (fits !== undefined && weekdayOf(dayFirst.back) === fits && weekdayOf(monthFirst.back) !== fits)
    return [dayFirst]
  if (fits !== undefined && weekdayOf(monthFirst.back) === fits && weekdayOf(dayFirst.back) !== fits)
    return [monthFirst]
  return [later(dayFirst, monthFirst)]
}

function later(dayFirst: Mention, monthFirst: Mention): Mention {
  const last = dayFirst.back > monthFirst.back ? dayFirst : monthFirst
  const readings = [dayFirst.back, monthFirst.back] as const
  return { ...last, backSure: false, afterSure: false, readings }
}

function bareDays(text: string, reading: Reading): Mention[] {
  const { bareDay } = reading.language.words
  if (bareDay === undefined) return []
  return [...text.matchAll(pattern(bareDay, 'g'))].flatMap((match) => {
    const day = nextDayOfMonth(Number(match[1]), reading.today)
    return day === undefined
      ? []
      : [{ ...plainMention(match, day, false), backSure: false, afterSure: false }]
  })
}

interface Beside {
  weekday: number
  start: number
  end: number
  tail?: { tail: string }
}

/** The weekday written at a date, before or behind it. */
function weekdayBeside(text: string, { start, end }: Mention, { language }: Reading): Beside | undefined {
  const { weekdayAny, weekdayName, weekdayOf: dayOfName, words } = language
  const spaceless = words.tells === ''
  const glue = words.glue === '' ? '' : `|${words.glue}`
  const from = Math.max(0, start - 32)
  const names = spaceless ? weekdayName : weekdayAny
  const before = pattern(
    `(?<!\\p{L})(${names})\\.?(?:[ ,]+(?:den|dem|the|le|el|il|dia|dne|d\\.|la|pe|a|i|in|of|van|en|v${glue}))*[ ,]*$`,
    '',
  )
  const preceding = before.exec(text.slice(from, start))
  if (preceding) return { weekday: dayOfName(preceding[1]!), start: from + preceding.index, end }
  const suffix = spaceless ? '' : `((?:${MARK}){0,6})`
  const behind = pattern(
    `^${suffix || '()'}[ ,]*(?:\\((${weekdayAny})\\.?\\)|(${weekdayName})(?!\\p{L}))`,
    '',
  )
  const following = behind.exec(text.slice(end, end + 32))
  if (!following) return undefined
  const [whole, mark, short, name] = following
  const tail = hangs(language) ? { tail: mark !== '' ? mark! : `-${name ?? ''}` } : undefined
  return { weekday: dayOfName((short ?? name)!), start, end: end + whole.length, ...(tail && { tail }) }
}

/** Does the language hang its "until" and "from" on the day? */
function hangs({ words }: AbsenceLanguage): boolean {
  return words.until.includes('§*')
}

/** A weekday that does not fit its date makes both doubtful: the later of the two, the nearest such weekday being meant. */
function withWeekday(text: string, mention: Mention, reading: Reading): Mention {
  if (mention.kind !== 'date' && mention.kind !== 'week') return mention
  const beside = weekdayBeside(text, mention, reading)
  if (beside === undefined) return mention
  const widened: Mention = { ...mention, start: beside.start, end: beside.end, ...beside.tail }
  if (mention.kind === 'week') {
    const day = mention.back + beside.weekday - 1
    return { ...widened, back: day, after: day + 1 }
  }
  const off = (beside.weekday - weekdayOf(mention.back) + 7) % 7
  if (off === 0) return widened
  const date = off <= 3 ? mention.back + off : mention.back
  return { ...widened, back: date, after: date + 1, backSure: false, afterSure: false }
}

function weekdays(text: string, { language, today }: Reading): Mention[] {
  const { words, weekdayName, weekdayOf: dayOfName } = language
  const next = alternatives(words.next)
  const form = pattern(`(?:(${next}) ?)?(?<!\\p{L})(${weekdayName})(?!\\p{L})(?: (${next}))?`, 'g')
  return [...text.matchAll(form)].flatMap((match) => {
    const weekday = dayOfName(match[2]!)
    if (weekday === 0) return []
    const coming = nextWeekday(weekday, today)
    const ofNextWeek = mondayOf(today) + 7 + weekday - 1
    const isNext = match[1] !== undefined || match[3] !== undefined
    // "next Friday" on a Wednesday is two days; Chinese, Japanese and Korean name the week itself.
    const sure = !isNext || (words.tells === '' && coming === ofNextWeek)
    const day = isNext ? ofNextWeek : coming
    const plain = plainMention(match, day, false)
    const tail = hangs(language) ? { tail: `-${match[2]}` } : {}
    return [{ ...plain, ...tail, kind: 'weekday' as const, backSure: sure, afterSure: sure }]
  })
}

/** What each word means: the day itself as a return, the day after as the end of an absence, and which of the two is plain. */
function wordDays(text: string, { language, today }: Reading): Mention[] {
  const monday = mondayOf(today)
  const workday = weekdayOf(today) >= 5 ? monday + 7 : today + 1
  const days: [DayWord, LocalDay, LocalDay, boolean, boolean][] = [
    ['thisAfternoon', today, today + 1, true, false],
    ['overmorrow', today + 2, today + 3, true, true],
    ['nextWeek', monday + 7, monday + 14, false, false],
    ['nextWorkday', workday, workday + 1, false, false],
    ['thisWeek', monday + 7, monday + 7, false, false],
    ['today', today, today + 1, true, true],
    ['tomorrow', today + 1, today + 2, true, true],
  ]
  const found = days.flatMap(([kind, back, after, backSure, afterSure]) =>
    [...text.matchAll(language.everywhere[kind])].map((match) => ({
      ...plainMention(match, back, false),
      kind,
      after,
      backSure,
      afterSure,
    })),
  )
  return [...monthDays(text, language, today), ...found.sort((a, b) => b.end - b.start - (a.end - a.start))]
}

function monthDays(text: string, language: AbsenceLanguage, today: LocalDay): Mention[] {
  const kinds = ['monthEnd', 'lateMonth', 'wholeMonth'] as const
  const name = pattern(language.words.tells === '' ? '\\d{1,2}(?=[月월])' : language.monthName, '')
  return kinds.flatMap((kind) =>
    [...text.matchAll(language.everywhere[kind])].map((match) => {
      const written = name.exec(match[0])?.[0]
      const { year, month } = partsOf(today)
      const named = written === undefined ? month : Number(written) || language.monthOf(written)
      const inYear = /^ ?(?:de |del |din )?(20\d\d)/.exec(text.slice(match.index + match[0].length))
      const last = lastOfMonth(inYear ? Number(inYear[1]) : named < month ? year + 1 : year, named)
      const sure = kind === 'monthEnd'
      return {
        ...plainMention(match, last + 1, inYear !== null),
        kind,
        backSure: false,
        afterSure: sure,
        after: last + 1,
      }
    }),
  )
}

/** "KW 11 und 12", "uge 28-30", "weeks 11 and 12": the weeks are ISO weeks. */
function weeks(text: string, { language, today }: Reading): Mention[] {
  const word = alternatives(language.words.week)
  const joint = alternatives(`${language.words.and} | ${language.words.to}`)
  const number = '\\d{1,2}(?!\\d|[./]\\d)'
  const form = pattern(`${word} ?(${number})\\.?(?:(?: ?(?:,|-|${joint}) ?)+(?:${word} ?)?(${number}))*`, 'g')
  return [...text.matchAll(form)].flatMap((match) => {
    const first = mondayOfWeek(Number(match[1]), today)
    const last = mondayOfWeek(Number(match[2] ?? match[1]), today)
    if (first === undefined || last === undefined) return []
    return [
      {
        ...plainMention(match, first, false),
        kind: 'week' as const,
        after: last + 7,
        range: match[2] !== undefined,
      },
    ]
  })
}
