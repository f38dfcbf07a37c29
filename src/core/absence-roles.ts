/**
 * What a day in a sentence is for: the first day back, the last day away, or neither (a fair, a holiday, the day the absence begins). The
 * words next to the day decide first, then those of its clause, then those of its sentence.
 */
import type { Mention } from './absence-mention.ts'
import type { Sentence } from './absence-text.ts'
import type { AbsenceLanguage, Phrase, Preposition } from './absence-words.ts'
import type { LocalDay } from './zone.ts'

/** A day of return that a sentence gives. */
export interface Candidate {
  role: 'back' | 'last'
  returnsOn: LocalDay
  /** Bound by words that leave no other reading. */
  sure: boolean
  yearWritten: boolean
  /** False for a day that says nothing of an absence by itself: sales, too, run "until". */
  telling: boolean
  /** The sentence it stands in, as it was written. */
  sentence: string
  mention: Mention
}

/** Characters beside a day in which "included" is looked for. */
const BESIDE = 28

export function candidatesIn(
  sentence: Sentence,
  language: AbsenceLanguage,
  noteIsAbsence: boolean,
): Candidate[] {
  const said = { ...sentence, flat: blank(sentence.flat, language, 'ignore') }
  return sentence.mentions.flatMap((mention, index) => {
    const candidate = new Place(said, index, language).candidate(noteIsAbsence)
    if (candidate === null) return []
    const telling = candidate.sure || candidate.role === 'back' || tells(said.flat, language)
    return [{ ...candidate, telling, sentence: sentence.said, mention }]
  })
}

function tells(sentence: string, { says }: AbsenceLanguage): boolean {
  return says.away.test(sentence) || says.awayHint.test(sentence) || says.back.test(sentence)
}

/** The same length, so that places stay. */
function blank(text: string, language: AbsenceLanguage, phrase: Phrase): string {
  return text.replace(language.everywhere[phrase], (words) => words.replace(/[^¤§]/g, '~'))
}

type Found = Omit<Candidate, 'sentence' | 'mention' | 'telling'>

class Place {
  readonly #language: AbsenceLanguage
  readonly #mention: Mention
  readonly #text: string
  readonly #at: number
  /** Of the day's own clause, and of what lies between its neighbor days. */
  readonly #clause: string
  readonly #reach: string

  constructor(sentence: Sentence, index: number, language: AbsenceLanguage) {
    this.#language = language
    this.#mention = sentence.mentions[index]!
    this.#at = sentence.at[index]!
    this.#text = `${sentence.flat.slice(0, this.#at)}§${sentence.flat.slice(this.#at + 1)}`
    const bounds = boundaries(this.#text, language)
    this.#clause = this.#text.slice(
      Math.max(0, ...bounds.filter((bound) => bound <= this.#at)),
      Math.min(this.#text.length, ...bounds.filter((bound) => bound > this.#at)),
    )
    this.#reach = this.#text.slice(
      this.#text.lastIndexOf('¤', this.#at) + 1,
      ((next) => (next < 0 ? this.#text.length : next))(this.#text.indexOf('¤', this.#at)),
    )
  }

  candidate(noteIsAbsence: boolean): Found | null {
    const { kind, range } = this.#mention
    if (range || kind === 'wholeMonth') return this.#stretch(noteIsAbsence)
    if (this.#is('lastDay')) return this.#last(true)
    if (this.#is('through')) return this.#last(!this.#says('limited', this.#text))
    if (this.#is('until')) return this.#until()
    if (this.#is('after')) return this.#last(false)
    if (this.#is('notBefore')) return this.#back(!this.#away(this.#clause))
    if (this.#is('by')) return null
    if (this.#is('from')) return this.#from()
    if (kind === 'monthEnd' && this.#language.words.monthEndIsLast === true) return this.#until()
    if (this.#returns(this.#clause)) return this.#back(true)
    if (this.#away(this.#clause)) return this.#dayAway()
    if (this.#returns(this.#reach)) return this.#back(true)
    return null
  }

  #until(): Found | null {
    const { kind } = this.#mention
    if (this.#language.says.notBack.test(this.#text.replaceAll('¤', ' ')))
      return this.#back(!this.#away(this.#clause))
    const limited = this.#says('limited', this.#text)
    const started = this.#text.slice(0, this.#at).includes('¤') && this.#startsBefore()
    const whole = kind === 'monthEnd' || (kind === 'week' && started)
    return this.#last(!limited && (whole || started || this.#inclusive()))
  }

  #from(): Found | null {
    if (this.#returns(this.#clause)) return this.#back(true)
    if (this.#away(this.#clause)) return null
    if (this.#returns(this.#reach)) return this.#back(true)
    return this.#away(this.#reach) ? null : this.#back(false)
  }

  #stretch(noteIsAbsence: boolean): Found | null {
    const { kind } = this.#mention
    if (kind === 'week' && this.#returns(this.#clause) && !this.#away(this.#clause)) return this.#back(false)
    const away = this.#language.says.away.test(this.#text)
    const open = this.#returns(this.#clause) && !away
    const limited = this.#says('limited', this.#text)
    if (away || this.#says('awayHint', this.#text))
      return this.#last(!limited && !open && (away || !noteIsAbsence))
    return this.#last(false)
  }

  /** "I am away on 5 March": the day after, though a reader may doubt it unless it is today. */
  #dayAway(): Found | null {
    const { kind } = this.#mention
    if (kind === 'weekday' || kind === 'lateMonth' || kind === 'monthEnd') return null
    if (kind === 'thisAfternoon') return this.#returns(this.#reach) ? this.#back(true) : null
    return this.#last(kind === 'today' || kind === 'week')
  }

  #back(sure: boolean): Found | null {
    const { kind, back, backSure, yearWritten } = this.#mention
    if (kind === 'thisWeek' || kind === 'wholeMonth') return null
    return { role: 'back', returnsOn: back, sure: sure && backSure && !this.#about(), yearWritten }
  }

  #last(sure: boolean): Found {
    const { after, afterSure, yearWritten } = this.#mention
    return { role: 'last', returnsOn: after, sure: sure && afterSure && !this.#about(), yearWritten }
  }

  #is(preposition: Preposition): boolean {
    return this.#language.at[preposition].test(this.#text)
  }

  #about(): boolean {
    return this.#is('about')
  }

  #says(phrase: Phrase, text: string): boolean {
    return this.#language.says[phrase].test(text)
  }

  #inclusive(): boolean {
    return this.#says('inclusive', this.#text.slice(Math.max(0, this.#at - BESIDE), this.#at + BESIDE))
  }

  /** Is another day of the sentence, in front of this one, its beginning? */
  #startsBefore(): boolean {
    const first = this.#text.replace('§', ' ').replace('¤', '§')
    return this.#language.at.from.test(first)
  }

  /** Phrases of absence may hold a word of return: "not available". */
  #returns(text: string): boolean {
    return this.#says('back', blank(text, this.#language, 'away'))
  }

  #away(text: string): boolean {
    return this.#says('away', text) || this.#says('awayHint', text)
  }
}

/** Where clauses begin and end. */
function boundaries(text: string, language: AbsenceLanguage): number[] {
  const signs = [...text.matchAll(/[;,()]| - |: (?=\p{L})/gu)].map(({ index }) => index + 1)
  const joints = [...text.matchAll(language.everywhere.and)].map(({ index }) => index)
  return [...signs, ...joints]
}
