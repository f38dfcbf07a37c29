/** Days that are the two ends of one stretch: "5 March to 12 March", "5. bis 12. März", "March 5-12". */
import type { Mention, Reading } from './absence-mention.ts'
import { type AbsenceLanguage, pattern } from './absence-words.ts'
import { dayOf, nextDate, partsOf } from './calendar-day.ts'

/** Two neighbors with a word of "to" between them are one stretch; so are `5. bis 12. März` and `March 5-12`, whose month stands once. */
export function joinRanges(text: string, mentions: Mention[], reading: Reading): Mention[] {
  const joined: Mention[] = []
  for (const mention of mentions) {
    const previous = joined.at(-1)
    const between = previous && !previous.range ? text.slice(previous.end, mention.start) : undefined
    if (previous && between !== undefined && isJoint(before(text, previous), between, reading.language)) {
      joined[joined.length - 1] = stretch(previous, mention)
    } else
      joined.push(partialBefore(text, mention, reading) ?? partialBehind(text, mention, reading) ?? mention)
  }
  return joined
}

/** What stands in front of a mention, as far as a word of "between" may stand from it. */
function before(text: string, { start }: Mention): string {
  return text.slice(Math.max(0, start - 30), start)
}

function isJoint(front: string, between: string, language: AbsenceLanguage): boolean {
  if (between.length > 40) return false
  if (language.connector.test(between)) return true
  return language.betweenBefore.test(front) && language.andConnector.test(between)
}

function stretch(first: Mention, last: Mention): Mention {
  let { back, after } = last
  let sure = last.afterSure
  const yearWritten = last.yearWritten || (first.yearWritten && last.kind === 'date')
  if (first.yearWritten && !last.yearWritten && last.kind === 'date') {
    const { month, day } = partsOf(last.back)
    back = nextDate(month, day, first.back) ?? last.back
    after = back + 1
  } else if (first.kind === 'weekday' && last.kind === 'weekday') sure = false
  if (first.readings && last.readings) {
    // 01/02 to 10/02: ten days of February are likelier than eight months.
    const spans = [0, 1].map((order) => last.readings![order]! - first.readings![order]!)
    const order = spans[0]! >= 0 && (spans[1]! < 0 || spans[0]! <= spans[1]!) ? 0 : 1
    back = last.readings[order]!
    after = back + 1
  }
  return {
    ...last,
    start: first.start,
    back,
    after,
    afterSure: sure,
    backSure: false,
    range: true,
    yearWritten,
  }
}

/** `vom 5. bis` in front of `12. März`. */
function partialBefore(text: string, mention: Mention, { language }: Reading): Mention | undefined {
  if (mention.kind !== 'date') return undefined
  const from = Math.max(0, mention.start - 70)
  const front = text.slice(from, mention.start)
  const number = pattern(
    `(?<![\\d.,:/+-]|\\d )(\\d{1,2})(?![\\d:])(?:${language.words.dayMark || '\\.'}|\\.)*`,
    'g',
  )
  for (const match of front.matchAll(number)) {
    const between = front.slice(match.index + match[0].length)
    const previous = { ...mention, start: from + match.index }
    if (Number(match[1]) < 1 || Number(match[1]) > 31) continue
    if (isJoint(before(text, previous), between, language))
      return { ...mention, start: previous.start, range: true, backSure: false }
  }
  return undefined
}

/** `-12` behind `March 5`, `~23일` behind `9월 21일`. */
function partialBehind(text: string, mention: Mention, { language, today }: Reading): Mention | undefined {
  const { words } = language
  if (mention.kind !== 'date' || mention.yearWritten) return undefined
  if (words.monthFirst !== true && words.tells !== '') return undefined
  const rest = text.slice(mention.end, mention.end + 30)
  const number = /(?<!\d)(\d{1,2})(?:st|nd|rd|th|日|号|號|일)?(?![\d:./]|\p{L}{0,2}月)/gu
  for (const match of rest.matchAll(number)) {
    const { month, day } = partsOf(mention.back)
    const until = Number(match[1])
    if (until <= day || !isJoint(before(text, mention), rest.slice(0, match.index), language)) continue
    const year = /^,? (20\d\d)(?!\d)/.exec(text.slice(mention.end + match.index + match[0].length))
    const last = year ? dayOf(Number(year[1]), month, until) : nextDate(month, until, today)
    if (last === undefined) continue
    const end = mention.end + match.index + match[0].length + (year?.[0].length ?? 0)
    return {
      ...mention,
      end,
      back: last,
      after: last + 1,
      backSure: false,
      range: true,
      yearWritten: year !== null,
    }
  }
  return undefined
}
