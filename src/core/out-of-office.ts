/**
 * Out-of-office notes in seven languages: whether a text is one, and the day of return when it is plainly stated. A date that is only
 * likely is returned as uncertain, never as fact.
 */
import type { Instant } from './clock.ts'

export interface Absence {
  /** `2027-03-12`: the first day the person is back; null when the note does not say. */
  returnsOn: string | null
  /** False when the year was not written, or the day had to be inferred from a last day of absence. */
  certain: boolean
  /** The words the date was read from. */
  words: string | null
}

/** Phrases that only an absence note says, by language. */
const AWAY: readonly RegExp[] = [
  /out of (?:the )?office|away from (?:my|the) (?:office|desk)|on (?:annual |parental |maternity |paternity |sick )?(?:leave|vacation|holiday)|currently (?:away|out|travell?ing)|(?:limited|no) access to (?:my )?e-?mail|\bOOO\b|\bPTO\b|will be (?:away|out)|i am away|i'm away/i,
  /abwesen|nicht im (?:büro|buero|haus)|außer haus|ausser haus|im urlaub|in elternzeit|bin (?:derzeit|zurzeit|momentan|ab|bis|vom|am) .{0,40}(?:nicht|wieder)|wieder (?:im büro|erreichbar|für sie da)/i,
  /absent(?:e)? (?:du|jusqu|de|actuellement)|en cong[ée]s?|absence du bureau|hors du bureau|de retour le|actuellement absente?|r[ée]ponse automatique/i,
  /fuera de (?:la )?oficina|de vacaciones|estar[ée] (?:ausente|fuera)|ausente de la oficina|respuesta autom[aá]tica|de regreso el|baja por/i,
  /fora do escrit[óo]rio|ausente do escrit[óo]rio|de f[ée]rias|estarei (?:ausente|fora)|resposta autom[áa]tica|retorno em|regresso a/i,
  /fuori (?:ufficio|sede)|in ferie|sar[òo] (?:assente|fuori)|assente dall'ufficio|risposta automatica|rientro (?:il|in)|rientrer[òo]/i,
  /afwezig|niet op kantoor|op vakantie|met verlof|buiten kantoor|automatisch antwoord|weer (?:bereikbaar|aanwezig|terug)|terug op/i,
]

/** Words before a date that make it the day of return. */
const BACK =
  /(?:back|return(?:ing)?|in the office again|available again|wieder|zur[üu]ck|retour|regres\w+|volver[ée]|vuelvo|retorn\w+|volto|rientr\w+|torner[òo]|torno|terug|weer)\b[^\n.!?]{0,60}$/i
/** Words before a date that make it the last day of absence. */
const UNTIL =
  /(?:until|till|through|bis(?: zum| einschließlich)?|jusqu['’]?(?:au|à)|hasta(?: el)?|até(?: o| dia)?|fino al?|tot(?: en met)?|t\/m)\s*(?:\w+,?\s*){0,2}$/i

const MONTHS: Readonly<Record<string, number>> = monthNames([
  'january january jan januar jänner janvier janv enero ene janeiro gennaio gen januari',
  'february feb februar février févr fevrier febrero fevereiro fev febbraio februari',
  'march mar märz maerz mrz mars marzo março marco maart mrt',
  'april apr avril avr abril abr aprile',
  'may mai mayo maio maggio mag mei',
  'june jun juni juin junio junho giugno giu',
  'july jul juli juillet juil julio julho luglio lug',
  'august aug août aout agosto ago augustus',
  'september sep sept septembre septiembre setembro set settembre',
  'october oct oktober okt octobre octubre outubro out ottobre ott',
  'november nov novembre noviembre novembro',
  'december dec dezember dez décembre déc decembre diciembre dic dezembro dicembre',
])

export function readsAsAbsence(subject: string, words: string): boolean {
  return AWAY.some((phrase) => phrase.test(subject) || phrase.test(words))
}

/** The absence a note states, read on `now`; dates are the writer's calendar dates, no zone is applied. */
export function absenceIn(words: string, now: Instant): Absence {
  const dates = datesIn(words, now)
  const back = dates.find(({ at }) => BACK.test(before(words, at)))
  if (back) return { returnsOn: back.date, certain: back.withYear, words: back.words }
  const until = dates.find(({ at }) => UNTIL.test(before(words, at)))
  // "until 12 March" is read by some as away on the 12th, by others as back on it: the later reading, and flagged.
  if (until) return { returnsOn: nextDay(until.date), certain: false, words: until.words }
  return { returnsOn: null, certain: false, words: null }
}

interface Found {
  at: number
  date: string
  withYear: boolean
  words: string
}

/** ISO, day-month-name and month-name-day dates. All-digit dates are left alone: 03/04 is two days. */
function datesIn(words: string, now: Instant): Found[] {
  const found: Found[] = []
  const add = (match: RegExpExecArray, parts: Parts) => found.push(...dateOf(match, parts, now))
  for (const match of words.matchAll(/\b(20\d\d)-(\d\d)-(\d\d)\b/g))
    add(match, { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) })
  for (const match of words.matchAll(
    /\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?:\s+(?:of|de|di))?\s+(\p{L}{3,12})\.?,?(?:\s+(?:de\s+)?(20\d\d))?/giu,
  ))
    add(match, { year: Number(match[3]), month: MONTHS[match[2]!.toLowerCase()], day: Number(match[1]) })
  for (const match of words.matchAll(/\b(\p{L}{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s+(20\d\d))?/giu))
    add(match, { year: Number(match[3]), month: MONTHS[match[1]!.toLowerCase()], day: Number(match[2]) })
  return found.sort((a, b) => a.at - b.at)
}

interface Parts {
  year: number
  month: number | undefined
  day: number
}

/** None when there is no such day. */
function dateOf(match: RegExpExecArray, { year, month, day }: Parts, now: Instant): Found[] {
  if (month === undefined || month < 1 || month > 12 || day < 1 || day > 31) return []
  const withYear = !Number.isNaN(year)
  const date = calendarDate(withYear ? year : yearOfNext(month, day, now), month, day)
  return date === null ? [] : [{ at: match.index, date, withYear, words: match[0] }]
}

/** A day without a year is the next one; a note sent on 28 December that says 3 January means next year. */
function yearOfNext(month: number, day: number, now: Instant): number {
  const today = new Date(now)
  const year = today.getUTCFullYear()
  return Date.UTC(year, month - 1, day) < now - 30 * 86_400_000 ? year + 1 : year
}

function calendarDate(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 ? date.toISOString().slice(0, 10) : null
}

function nextDay(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
}

function before(words: string, at: number): string {
  return words.slice(Math.max(0, at - 80), at)
}

function monthNames(lines: string[]): Record<string, number> {
  return Object.fromEntries(
    lines.flatMap((line, index) => line.split(' ').map((name) => [name, index + 1] as const)),
  )
}
