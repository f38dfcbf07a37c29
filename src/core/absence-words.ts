/**
 * The words of absence notes in one language, and the small notation they are written in. A language is a table of such words; how a
 * note is read with them is the same for all (`absence-roles.ts`, `absence-dates.ts`).
 *
 * Notation: alternatives stand between bars; `*` is any letters, `(a/b)` one of two, `[x]` a word that may be missing, ` … ` a gap of up to
 * 40 characters, `§` the date in question, `%` the name of a month; `§*` takes the endings that hang on a date. Everything is lower case.
 * Tables of Chinese, Japanese and Korean are regular expressions between bars, with `§`, `%` and ` … `.
 */

export interface AbsenceWords {
  /** ISO 639-1. */
  code: string
  /** Whole words by which the language is told, with a space between; the rest of the table counts as well. */
  tells: string
  /** Which comes first in a date of digits: day or month; in `ymd` languages the year leads and the month follows. */
  order: 'dmy' | 'ymd' | 'either'
  /** January first. */
  months: readonly string[]
  /** Monday first. */
  weekdays: readonly string[]
  /** Counted only beside a date of digits or with a month: alone they are other words too. */
  shortWeekdays: readonly string[]
  /** What may stand behind the number of a day, as a regular expression: `st|nd`. */
  dayMark: string
  /** Between day and month, or weekday and day, as a regular expression: `of|de`. */
  glue: string
  /** `March 12`, as well as or instead of `12 March`. */
  monthFirst?: true
  /** A day without its month (`the 15th`), as a regular expression with one group. */
  bareDay?: string
  /** Between such a word as `until` and its date: articles, "about", "including". */
  filler: string
  /** Here again, reading again, answering again. */
  back: string
  /** Only an absence note says so. */
  away: string
  /** Away in a note that is known to be one: too common to tell it by. */
  awayHint: string
  /** Reads mail seldom. */
  limited: string
  /** The last day, or the first one back: nobody can know. */
  until: string
  /** The last day, included. */
  through: string
  /** Beside a date: the day is included. */
  inclusive: string
  from: string
  after: string
  /** Names the first day back although it denies: "not before". */
  notBefore: string
  /** With `until` in the same clause: "will not be back until". */
  notBack: string
  /** A date until which others act: "by". */
  by: string
  about: string
  lastDay: string
  /** Between the two ends of a range. */
  to: string
  /** In front of a range whose ends are joined by a word of `and`. */
  between: string
  and: string
  today: string
  tomorrow: string
  overmorrow: string
  thisAfternoon: string
  nextWeek: string
  thisWeek: string
  nextWorkday: string
  /** Before or behind a weekday: the one of next week, or the coming one. */
  next: string
  monthEnd: string
  lateMonth: string
  /** The words of `monthEnd` say "until" by themselves. */
  monthEndIsLast?: true
  wholeMonth: string
  /** In front of a week number, or behind it with `§`. */
  week: string
  /** How programs begin the subject of an automatic answer; ours follows behind. */
  autoReply: string
  left: string
  /** A receipt, a ticket, an order: automatic, and nobody is away. */
  receipt: string
  /** Phrases that hold a word from above and mean something else. */
  ignore: string
  /** In front of whoever answers meanwhile. */
  contact: string
  /** Titles, which are no part of a name. */
  title: string
}

/** Lists that stand in front of their date unless an alternative shows another place for it. */
const PREPOSITIONS = ['until', 'through', 'from', 'after', 'notBefore', 'by', 'about', 'lastDay'] as const
const PHRASES = [
  'back',
  'away',
  'awayHint',
  'limited',
  'inclusive',
  'notBack',
  'and',
  'left',
  'receipt',
  'ignore',
  'contact',
  'title',
] as const
const DAYS = [
  'today',
  'tomorrow',
  'overmorrow',
  'thisAfternoon',
  'nextWeek',
  'thisWeek',
  'nextWorkday',
  'monthEnd',
  'lateMonth',
  'wholeMonth',
] as const

export type Preposition = (typeof PREPOSITIONS)[number]
export type Phrase = (typeof PHRASES)[number]
export type DayWord = (typeof DAYS)[number]

/** A language, ready to be matched. Expressions without `g` are for `test`; those of `DayWord` are for `matchAll`. */
export interface AbsenceLanguage {
  readonly words: AbsenceWords
  readonly at: Readonly<Record<Preposition, RegExp>>
  readonly says: Readonly<Record<Phrase, RegExp>>
  readonly everywhere: Readonly<Record<Phrase | DayWord, RegExp>>
  readonly autoReply: RegExp
  /** A subject that begins with an absence. */
  readonly awaySubject: RegExp
  /** Whole text between two dates that makes them a range. */
  readonly connector: RegExp
  readonly andConnector: RegExp
  readonly betweenBefore: RegExp
  readonly monthName: string
  readonly monthOf: (name: string) => number
  readonly weekdayName: string
  readonly weekdayAny: string
  readonly weekdayOf: (name: string) => number
}

const NOTHING = '(?!)'

export function compile(words: AbsenceWords): AbsenceLanguage {
  const monthName = words.months.map((month) => alternatives(month)).join('|')
  const source = (notation: string) => alternatives(notation).replaceAll('%', `(?:${monthName})`)
  const filler = words.filler === '' ? '' : `(?:[ ,:]+(?:${alternatives(words.filler)}))*`
  const both = [...words.weekdays, ...words.shortWeekdays]
  const says = table(PHRASES, (key) => expression(source(words[key]), ''))
  return {
    words,
    at: table(PREPOSITIONS, (key) => expression(beforeDate(words[key], filler, source), '')),
    says,
    everywhere: table([...PHRASES, ...DAYS], (key) => expression(source(words[key]), 'g')),
    autoReply: expression(`^(?:${source(words.autoReply)})`, ''),
    awaySubject: expression(`^[\\[【(]?(?:${source(words.away)})`, ''),
    connector: expression(`^${MARK}*(?: ?(?:-|~)+ ?|[ ,]*(?:${source(words.to)})${filler} *)$`, ''),
    andConnector: expression(`^${MARK}*[ ,]*(?:${source(words.and)}|-)${filler} *$`, ''),
    betweenBefore: expression(`(?:${source(words.between)})${filler} *$`, ''),
    monthName,
    monthOf: indexOf(words.months),
    weekdayName: words.weekdays.map((day) => alternatives(day)).join('|'),
    weekdayAny: both.map((day) => alternatives(day)).join('|'),
    weekdayOf: (name) => {
      const day = indexOf(both)(name)
      return day > 7 ? day - 7 : day
    },
  }
}

/** Case endings that hang on a date: `9 Ağustos'ta`, `2-től`. */
export const MARK = "[\\p{L}'-]"

function beforeDate(notation: string, filler: string, source: (notation: string) => string): string {
  if (notation.trim() === '') return NOTHING
  return notation
    .split(' | ')
    .map((one) => (one.includes('§') ? source(one) : `${source(one)}${filler}[ :,.]*§`))
    .join('|')
}

/** The notation as the source of a regular expression, grouped. */
export function alternatives(notation: string): string {
  const each = notation
    .split(' | ')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const one = SPACELESS.test(notation) ? spaceless : alternative
  return each.length === 0 ? NOTHING : `(?:${each.map(one).join('|')})`
}

/** Chinese, Japanese and Korean set no spaces, so words have no ends to look for: their tables are regular expressions already. */
function spaceless(words: string): string {
  return words.replaceAll(' … ', '[^!?;。]{0,30}?')
}

const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

function alternative(words: string): string {
  const body = words
    .replace(/[.+?]/g, '\\$&')
    .replace(/[([][^()[\]]*[)\]]/g, (group) => group.replaceAll('/', '|').replace('(', '(?:'))
    .replace(/\[([^\]]+)\] /g, '(?:(?:$1) )?')
    .replace(/ \[([^\]]+)\]/g, '(?: (?:$1))?')
    .replace(/\[([^\]]+)\]/g, '(?:$1)?')
    .replaceAll(' … ', '(?: [^!?;]{0,40}?)? ')
    .replaceAll('…', '[^!?;]{0,40}?')
    .replaceAll('§*', '§\0')
    .replaceAll('*', '\\p{L}*')
    .replaceAll('§\0', `§${MARK}*`)
  const start = /^[\p{L}\d(]/u.test(words) ? '(?<!\\p{L})' : ''
  const end = /[\p{L})]$/u.test(words) ? '(?!\\p{L})' : ''
  return start + body + end
}

/**
 * The letters of the languages read here with spaces between words. `\\p{L}` would be all letters there are: with it the tables take a
 * second to compile instead of milliseconds.
 */
const LETTERS = 'a-z\\u00aa\\u00b5-\\u024f\\u0370-\\u04ff\\u1e00-\\u1fff'

function expression(source: string, flags: string): RegExp {
  const letters = source
    .replace(/(\[\^?[^\]\\]*)\\p\{L\}/g, (_, start: string) => start + LETTERS)
    .replaceAll('\\p{L}', `[${LETTERS}]`)
  return new RegExp(letters, flags)
}

const patterns = new Map<string, RegExp>()

/** Expressions are made from the tables, so their number is bounded; each is compiled once. For `matchAll`, `exec` without `g`, and `test`. */
export function pattern(source: string, flags: string): RegExp {
  const key = `${flags}/${source}`
  const known = patterns.get(key)
  if (known) return known
  const made = expression(source, flags)
  patterns.set(key, made)
  return made
}

function indexOf(names: readonly string[]): (name: string) => number {
  const each = names.map((name) => expression(`^${alternatives(name)}$`, ''))
  return (name) => each.findIndex((one) => one.test(name)) + 1
}

function table<Key extends string>(
  keys: readonly Key[],
  make: (key: Key) => RegExp,
): Readonly<Record<Key, RegExp>> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, RegExp>
}
