/**
 * The text of a note, made ready for reading: plain signs, wrapped lines joined, cut into blocks and sentences. Positions stay those of the
 * text it began with.
 */
import type { Mention } from './absence-mention.ts'

/** Absence notes are short; what stands below this many characters is a signature or a quotation. */
export const NOTE_MAX = 6_000
/** A sentence without an end is cut here: no pattern sees more at once. */
const SENTENCE_MAX = 500

/** One sign for each sign: full-width forms, dashes, quotes and blanks as plain ones. Same length as its NFC form. */
export function plain(text: string): string {
  return text
    .normalize('NFC')
    .slice(0, NOTE_MAX)
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u301c\u223c]/g, '~')
    .replace(/[\u2018\u2019\u02bc\u00b4`]/g, "'")
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g, ' ')
    .replaceAll('İ', 'i')
    .replaceAll('、', ',')
}

/** Addresses of mail and web, replaced by a sign that nothing looks for. */
export function withoutAddresses(text: string): string {
  return text.replace(/https?:\/\/\S+|www\.\S+|[^\s<>():,;]{1,64}@[^\s<>():,;]{1,120}/g, (address) =>
    '_'.repeat(address.length),
  )
}

/** Lines that belong together: mail programs wrap at 72 to 78 columns, and a title stands above what it names. */
export function blocks(text: string): string[] {
  const joined: string[] = []
  let open = false
  for (const line of text.split('\n')) {
    const words = line.replace(/ {2,}/g, ' ').trim()
    if (words === '') open = false
    else {
      if (open) joined[joined.length - 1] += ` ${words}`
      else joined.push(words)
      open = continues(words)
    }
  }
  return joined
}

function continues(line: string): boolean {
  if (/:$/.test(line)) return line.length < 40
  if (/[.!?;,。!?]$/.test(line)) return /,$/.test(line) && line.length > 45
  return line.length > 55
}

export interface Sentence {
  /** Lower case, each mention replaced by `¤`. */
  flat: string
  /** The same as it was written. */
  said: string
  mentions: Mention[]
  /** Where each mention stands in `flat`. */
  at: number[]
}

const ABBREVIATIONS =
  /(?:^|[^\p{L}])(?:t\.?o\.?m|f\.?o\.?m|fr\.o\.m|t\.e\.m|inkl|incl|einschl|tel|ext|abs|approx|ca|kl|nr|no|prof|dott|dr|sig|sig\.ra|mgr|ing|mr|mrs|ms|dhr|mevr|mw|fr|hr|d|v|m|p|wew|вн|тел|ул|г|р|r|str|bzw|ggf|vs|u\.a|z\.b|tlf|mob|vko|klo|aug|dl|dna|κ|εσωτ|int|bl|st|kb|pl|jr|sr|sra|lic|lun|mar|mer|gio|ven|usw|etc|feat|tf|tj|č|tzn|np|ok|godz|ul|zz|dipl|mag|bc|sz)$/u

/**
 * Cuts a block where a sentence ends; a dot inside a date, an abbreviation or an address ends nothing. `block` keeps its capitals, since
 * the next sentence begins with one; German has too many of them to tell behind a date of digits.
 */
export function sentences(block: string, mentions: readonly Mention[], language: string): Sentence[] {
  const made: Sentence[] = []
  let current: Sentence = { flat: '', said: '', mentions: [], at: [] }
  const finish = () => {
    if (current.flat.trim() !== '') made.push(current)
    current = { flat: '', said: '', mentions: [], at: [] }
  }
  const write = (from: number, to: number) => {
    pieces(block.slice(from, to), block.slice(to, to + 1)).forEach((piece, index) => {
      if (index > 0 || current.flat.length > SENTENCE_MAX) finish()
      current.flat += piece.toLowerCase()
      current.said += piece
    })
  }
  let position = 0
  for (const mention of mentions) {
    write(position, mention.start)
    current.at.push(current.flat.length)
    current.mentions.push(mention)
    current.flat += `¤${mention.tail ?? ''}`
    position = mention.end
    const said = block.slice(mention.start, mention.end)
    current.said += said
    const ends = said.endsWith('.') && (language !== 'de' || /\p{L}{3}/u.test(said))
    if (ends && STARTS.test(block.slice(position, position + 3))) finish()
  }
  write(position, block.length)
  finish()
  return made
}

const STARTS = /^ ["(]?[\p{Lu}¿¡]/u

/** The text cut at its ends of sentences; a last piece that is empty says that the text ends with one. */
function pieces(text: string, next: string): string[] {
  const found: string[] = []
  let from = 0
  for (const end of text.matchAll(/[.!?]+(?=[ )"]|$)|[。!?]/g)) {
    const after = end.index + end[0].length
    if (!endsSentence(text.slice(Math.max(0, end.index - 14), end.index), end[0], text.slice(after) + next))
      continue
    found.push(text.slice(from, after))
    from = after
  }
  found.push(text.slice(from))
  return found
}

function endsSentence(before: string, sign: string, rest: string): boolean {
  if (!sign.startsWith('.')) return true
  if (ABBREVIATIONS.test(before.toLowerCase())) return false
  return rest === '' || /^[)"]? *["(]?[\p{Lu}\p{Lo}¿¡\d]/u.test(rest)
}
