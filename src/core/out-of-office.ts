/**
 * Out-of-office notes in 22 languages: whether a text is one, the first day back, who answers meanwhile, and whether the person left for
 * good. A day that a reader could take for another one is returned as uncertain, with the later reading, never as fact.
 */

import { mentionsIn, orderIn } from './absence-dates.ts'
import { ABSENCE_LANGUAGES, languageOf, rankLanguages } from './absence-language.ts'
import type { Mention } from './absence-mention.ts'
import { type NamedPerson, personIn } from './absence-people.ts'
import { type Candidate, candidatesIn } from './absence-roles.ts'
import { blocks, plain, type Sentence, sentences, withoutAddresses } from './absence-text.ts'
import type { AbsenceLanguage } from './absence-words.ts'
import { isoDate } from './calendar-day.ts'
import { DAY, type Instant } from './clock.ts'
import type { LocalDay } from './zone.ts'

export interface Absence {
  /** `2027-03-12`: the first day the person is back, of their own calendar; null when the note does not say. */
  returnsOn: string | null
  /** False when a reader could take another day from the note. */
  certain: boolean
  /** The words the date was read from. */
  words: string | null
  /** ISO 639-1: the language that was understood. */
  language: string
  /** The person is gone for good, whatever days the note names. */
  leftCompany: boolean
  /** Who answers while the person is away; null when nobody is named. */
  substitute: NamedPerson | null
  /** Who took over from a person that left: a colleague, or a mailbox of the company. */
  referral: NamedPerson | null
}

/** A year that is not written is the next one that fits: plain for so many days, a guess beyond. */
const YEARLESS_SURE_DAYS = 60
/** The rest of a date's sentence is shown up to here. */
const WORDS_MAX = 200

interface Day {
  returnsOn: string | null
  certain: boolean
  words: string | null
}

const NOT_SAID: Day = { returnsOn: null, certain: false, words: null }

export interface Note {
  subject: string
  /** What the person wrote, without quotation and signature (`ownWords`). */
  words: string
  /** When it was read. */
  now: Instant
}

/** The absence a note states. Null when the text says nothing of an absence: an ordinary answer, a receipt, a ticket. */
export function readAbsence({ subject, words, now }: Note): Absence | null {
  const text = plain(words)
  const head = ownSubject(plain(subject).replace(/\n/g, ' '))
  const codes = likelyLanguages(`${head}\n${text}`, subject)
  const whole = withoutAddresses(`${head}\n\n${text}`)
  const today = Math.floor(now / DAY)
  let found: Absence | null = null
  for (const code of codes) {
    const note = new NoteInLanguage(whole, { code, others: codes, today })
    // A receipt stays one, whatever a neighbor language would make of its words.
    if (found === null && note.isReceipt()) return null
    const absence = note.absence(text)
    if (absence === null) continue
    if (absence.leftCompany || absence.returnsOn !== null) return absence
    found ??= absence
  }
  return found
}

const LANGUAGES_MAX = 3
/** A subject that a program wrote is in the language of the mailbox; the note's own words count more. */
const SUBJECT_WEIGHT = 0.4

function likelyLanguages(text: string, subject: string): string[] {
  const scores = new Map<string, number>()
  const add = (from: string, weight: number) => {
    for (const { code, score } of rankLanguages(from.toLowerCase()))
      scores.set(code, (scores.get(code) ?? 0) + weight * score)
  }
  add(text, 1)
  add(plain(subject), SUBJECT_WEIGHT)
  const ranks = [...scores].sort(([, a], [, b]) => b - a)
  const best = ranks[0]?.[1] ?? 0
  return ranks
    .filter(([, score]) => score >= best * 0.4)
    .slice(0, LANGUAGES_MAX)
    .map(([code]) => code)
}

/** Programs write "Automatic reply:" in front of our own subject, which says nothing of them. */
function ownSubject(subject: string): string {
  const lower = subject.toLowerCase().trim()
  if (/^(?:re|aw|sv|antw|ynt|odp|vs|rif|r|vá|απ|回复|答复|回覆|fwd?|wg|tr)\s*:/.test(lower)) return ''
  if (/^auto: .* (?:is out of|ist|est)/.test(lower)) return subject
  return ABSENCE_LANGUAGES.some((code) => languageOf(code).autoReply.test(lower)) ? '' : subject
}

/** What in a subject says that a program wrote it for somebody who is away, in any of the languages; undefined when nothing does. */
export function absenceSubject(subject: string): string | undefined {
  const lower = plain(subject).toLowerCase().trim()
  for (const code of ABSENCE_LANGUAGES) {
    const { autoReply, awaySubject } = languageOf(code)
    const found = autoReply.exec(lower) ?? awaySubject.exec(lower)
    if (found) return found[0]
  }
  return undefined
}

interface BlockInLanguage {
  block: string
  language: AbsenceLanguage
}

class NoteInLanguage {
  readonly #main: AbsenceLanguage
  readonly #today: LocalDay
  readonly #lower: string
  readonly #blocks: BlockInLanguage[]

  constructor(text: string, { code, others, today }: { code: string; others: string[]; today: LocalDay }) {
    this.#main = languageOf(code)
    this.#today = today
    this.#lower = text.toLowerCase()
    this.#blocks = blocks(text).map((block) => ({
      block,
      language: languageOf(ofBlock(block, code, others)),
    }))
  }

  isReceipt(): boolean {
    return this.#says('receipt') && !this.#says('away') && !this.#says('left')
  }

  absence(original: string): Absence | null {
    const language = this.#main.words.code
    const person = () => personIn(original, this.#main)
    const nobody = { substitute: null, referral: null }
    if (this.#says('left')) return { ...NOT_SAID, language, leftCompany: true, ...nobody, referral: person() }
    const away = this.#says('away')
    const candidates = this.#candidates(away)
    if (!away && candidates.every(({ telling }) => !telling)) return null
    const day = plainest(candidates, this.#today)
    return { ...day, language, leftCompany: false, ...nobody, substitute: person() }
  }

  #says(phrase: 'away' | 'left' | 'receipt'): boolean {
    return this.#blocks.some(({ block, language: { says, everywhere } }) =>
      says[phrase].test(block.toLowerCase().replace(everywhere.ignore, ' ~ ')),
    )
  }

  #candidates(away: boolean): Candidate[] {
    const order = orderIn(this.#lower)
    const sentencesOf = ({ block, language }: BlockInLanguage): [Sentence, AbsenceLanguage][] => {
      const mentions = mentionsIn(block.toLowerCase(), { language, today: this.#today, order })
      return sentences(block, mentions, language.words.code).map((sentence) => [sentence, language])
    }
    const all = this.#blocks.flatMap(sentencesOf)
    const written = all.flatMap(([{ mentions }]) => mentions).filter(({ yearWritten }) => yearWritten)
    return all
      .flatMap(([sentence, language]) => candidatesIn(sentence, language, away))
      .map((candidate) => ({
        ...candidate,
        yearWritten: candidate.yearWritten || follows(candidate, written),
      }))
  }
}

/** "until 31 August 2027 and back on 1 September": the year stands, though not at the second date. */
function follows({ returnsOn }: Candidate, written: readonly Mention[]): boolean {
  return written.some(({ back }) => returnsOn >= back && returnsOn - back <= YEARLESS_SURE_DAYS)
}

/** A block in another of the note's languages is read in that one. */
function ofBlock(block: string, main: string, others: readonly string[]): string {
  const ranks = rankLanguages(block.toLowerCase()).filter(({ code }) => others.includes(code))
  const score = (code: string) => ranks.find((each) => each.code === code)?.score ?? 0
  const best = ranks[0]
  return best !== undefined && best.score >= score(main) + 6 && best.score >= 2 * score(main)
    ? best.code
    : main
}

/** The plainest day; of several, the latest, and then it is no fact. */
function plainest(candidates: readonly Candidate[], today: LocalDay): Day {
  const pool =
    [
      candidates.filter(({ role, sure }) => role === 'back' && sure),
      candidates.filter(({ role, sure }) => role === 'last' && sure),
      candidates.filter(({ role }) => role === 'back'),
      candidates,
    ].find((each) => each.length > 0) ?? []
  const chosen = pool.reduce<Candidate | undefined>(
    (best, each) => (best === undefined || each.returnsOn > best.returnsOn ? each : best),
    undefined,
  )
  if (chosen === undefined) return NOT_SAID
  const { returnsOn, sure, yearWritten, sentence } = chosen
  const alone = pool.every((each) => each.returnsOn === returnsOn)
  const near = yearWritten || returnsOn - today <= YEARLESS_SURE_DAYS
  return {
    returnsOn: isoDate(returnsOn),
    certain: sure && alone && near && returnsOn >= today,
    words: sentence.trim().slice(0, WORDS_MAX),
  }
}
