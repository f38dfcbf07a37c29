/** Which language a note is written in, among those whose absence notes are understood: by its letters, then by counting its words. */
import { type AbsenceLanguage, type AbsenceWords, compile } from './absence-words.ts'
import { chinese, japanese, korean } from './absence-words-asian.ts'
import { dutch, english, german } from './absence-words-germanic.ts'
import { danish, finnish, norwegian, swedish } from './absence-words-nordic.ts'
import { greek, hungarian, turkish } from './absence-words-other.ts'
import { french, italian, portuguese, romanian, spanish } from './absence-words-romance.ts'
import { czech, polish, russian, ukrainian } from './absence-words-slavic.ts'

const ALL: readonly AbsenceWords[] = [
  english,
  german,
  dutch,
  french,
  spanish,
  portuguese,
  italian,
  romanian,
  swedish,
  danish,
  norwegian,
  finnish,
  polish,
  czech,
  russian,
  ukrainian,
  turkish,
  hungarian,
  greek,
  japanese,
  chinese,
  korean,
]

/** ISO 639-1, of the languages whose absence notes are read. */
export const ABSENCE_LANGUAGES: readonly string[] = ALL.map(({ code }) => code)

const compiled = new Map<string, AbsenceLanguage>()

/** Compiled at its first use: a team meets few of the languages. */
export function languageOf(code: string): AbsenceLanguage {
  const known = compiled.get(code)
  if (known) return known
  const made = compile(ALL.find((words) => words.code === code)!)
  compiled.set(code, made)
  return made
}

/** A word the writer of the table chose to tell by counts more than one that merely occurs in it. */
const TOLD = 3
/** A word, or an abbreviation such as `t.o.m.`, whose letters alone are words of other languages. */
const TOKEN = /(?:\p{L}\.){2,}|\p{L}+/gu
/** As long must the stem of a word be that changes its endings. */
const STEM_MIN = 5
const STEM_TRIED_MAX = 12
const index = wordIndex(/\p{L}{3,}(?![\p{L}*])/gu)
const stems = wordIndex(/\p{L}{5,}(?=\*)/gu)

interface Rank {
  code: string
  score: number
}

/** The likely languages, the likeliest first, each with how many signs speak for it; empty when nothing does. */
export function rankLanguages(lower: string): Rank[] {
  const script = languagesOfScript(lower)
  if (script.length === 1) return [{ code: script[0]!, score: 10 }, ...latin(lower)]
  return count(lower, script)
}

/** Below an Asian or Greek text often stands its English version. */
function latin(lower: string): Rank[] {
  return count(lower, ['en']).filter(({ score }) => score >= 2 * TOLD)
}

function count(lower: string, codes: readonly string[]): Rank[] {
  const scores = new Map<string, number>()
  for (const word of lower.match(TOKEN) ?? [])
    for (const [code, weight] of index.get(word) ?? stemOf(word) ?? [])
      if (codes.includes(code)) scores.set(code, (scores.get(code) ?? 0) + weight)
  const ranks = [...scores].map(([code, score]) => ({ code, score: score + letterBonus(lower, code) }))
  return ranks.sort((a, b) => b.score - a.score)
}

function stemOf(word: string): Map<string, number> | undefined {
  for (let length = Math.min(word.length, STEM_TRIED_MAX); length >= STEM_MIN; length--) {
    const codes = stems.get(word.slice(0, length))
    if (codes) return codes
  }
  return undefined
}

/** Letters that one of two near languages has and the other has not. */
const LETTERS: Readonly<Record<string, RegExp>> = {
  sv: /[äö]/,
  da: /[æø]/,
  no: /[æø]/,
  pl: /[ąęłńśźż]/,
  cs: /[ěřůťď]/,
  de: /ß|ü/,
  es: /[ñ¿¡]/,
  pt: /[ãõ]/,
  ro: /[ășțşţ]/,
  hu: /[őű]/,
  tr: /[ğış]/,
  ru: /[ыэъё]/,
  uk: /[іїєґ]/,
}

function letterBonus(lower: string, code: string): number {
  return LETTERS[code]?.test(lower) ? TOLD : 0
}

const LATIN = ALL.map(({ code }) => code).filter(
  (code) => !['ja', 'zh', 'ko', 'el', 'ru', 'uk'].includes(code),
)

function languagesOfScript(text: string): readonly string[] {
  if (/[\u3040-\u30ff]/.test(text)) return ['ja']
  if (/[\uac00-\ud7af]/.test(text)) return ['ko']
  if (/[\u4e00-\u9fff]/.test(text)) return [/休業|出社|不在です|退職|【/.test(text) ? 'ja' : 'zh']
  if (/[\u0370-\u03ff]{3}/.test(text)) return ['el']
  if (/[\u0400-\u04ff]{2}/.test(text)) return ['ru', 'uk']
  return LATIN
}

function wordIndex(form: RegExp): Map<string, Map<string, number>> {
  const map = new Map<string, Map<string, number>>()
  const add = (word: string, code: string, weight: number) => {
    const codes = map.get(word) ?? new Map<string, number>()
    map.set(word, codes.set(code, Math.max(weight, codes.get(code) ?? 0)))
  }
  for (const words of ALL) {
    for (const word of words.tells.match(TOKEN) ?? []) add(word, words.code, word.length > 1 ? TOLD : 1)
    const rest = [
      words.back,
      words.away,
      words.until,
      words.from,
      words.autoReply,
      words.today,
      words.tomorrow,
    ]
    const names = [...words.months, ...words.weekdays]
    for (const word of [...rest, ...names].join(' ').match(form) ?? []) add(word, words.code, 1)
  }
  return map
}
