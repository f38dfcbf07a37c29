/**
 * Who is named in an absence note to answer instead: name, address and telephone as they stand there, the name in whatever case the grammar put
 * it. An address in a signature names nobody: the words around it must ask to turn to it.
 */
import { blocks } from './absence-text.ts'
import type { AbsenceLanguage } from './absence-words.ts'

/** At least one of the three is known. */
export interface NamedPerson {
  name: string | null
  email: string | null
  phone: string | null
}

const EMAIL = /[\p{L}\d._%+'-]{1,64}@[\p{L}\d.-]{1,120}\.\p{L}{2,24}/u
const PHONE = /(?<![\p{L}\d@._-])(?:\+|\(\+?)?\d[\d ()/.-]{5,20}\d(?![\d@])/gu
const PHONE_DIGITS_MIN = 7
/** A date, or two of them. */
const DATED = /(?:^|\D)(?:\d{1,2}[./-] ?){2}(?:20)?\d\d(?!\d)|(?:^|\D)20\d\d[./-]|^\d{1,2}\.\d{1,2}\.? ?-/
const EXTENSION =
  /(?:\bext(?:ension|ensión|ensi[oó]n)?|\bx|durchwahl|\bdw|toestel|\btst|\bwew|wewnętrzny|\bint(?:erno|erior|ern|ernnr|\.nr)?|anknytning|\bankn|lokal(?:nummer|nr)?|\blok|klapka|linka|\bposte|\bramal|доб(?:авочный)?|дод(?:атковий)?|вн|внутр|εσωτ(?:ερικό)?|dahili|mell[eé]k|alanumero|\balanro|内线|内線|分机|分機|내선)\.?(?: ?(?:no|nr|č|number|numéro|nummer)\.?)?:? ?-?(\d{2,5})(?!\d)/iu
/** How far from an address or number its name stands. */
const NEAR = 70

/** `text` has plain signs and its capitals (`plain`). */
export function personIn(text: string, language: AbsenceLanguage): NamedPerson | null {
  const said = blocks(text)
  for (const [index, block] of said.entries()) {
    const asks = [said[index - 1] ?? '', block].some((each) => language.says.contact.test(each.toLowerCase()))
    const person = personInBlock(block, language, asks || isProse(block))
    if (person) return person
  }
  return null
}

/** A sentence around an address, not the lines of a card. */
function isProse(block: string): boolean {
  const words = block.replace(EMAIL, '').match(/\p{Ll}{2,}|[\p{Script=Han}\p{Script=Hangul}]/gu) ?? []
  return words.length >= 4 && !block.includes('|')
}

function personInBlock(block: string, language: AbsenceLanguage, asks: boolean): NamedPerson | null {
  const email = asks ? EMAIL.exec(block) : null
  if (email) {
    const name = nameBeside(block, email, language)
    return { name, email: email[0], phone: phoneIn(sentenceAround(block, email.index)) }
  }
  const extension = EXTENSION.exec(block)
  if (extension !== null) return called(block, { at: extension.index, phone: extension[1]! }, language)
  const phone = asks ? phoneIn(block) : null
  if (phone !== null) return called(block, { at: block.indexOf(phone), phone }, language)
  const name = nameAskedFor(block, language)
  return name === null ? null : { name, email: null, phone: null }
}

/** "Please contact Omar Haddad": a whole name close behind the word that asks. Not in German, whose nouns look like names. */
function nameAskedFor(block: string, { words, everywhere }: AbsenceLanguage): string | null {
  if (words.code === 'de') return null
  for (const { index, 0: asking } of block.toLowerCase().matchAll(everywhere.contact)) {
    const behind = block.slice(index + asking.length, index + asking.length + NEAR)
    const name = new RegExp(`^[ :]+(?:\\p{Ll}{1,9} ){0,2}(${WORD} ${WORD})`, 'u').exec(behind)?.[1]
    if (name !== undefined) return name
  }
  return null
}

/** Somebody with a telephone alone: a number without a name is a switchboard. */
function called(
  block: string,
  { at, phone }: { at: number; phone: string },
  language: AbsenceLanguage,
): NamedPerson | null {
  const before = sentenceAround(block, at, at)
  const name = spacelessName(before) ?? lastName(before, language, phone.length < PHONE_DIGITS_MIN ? 1 : 2)
  // The first word of a sentence has a capital too.
  const isStart =
    name !== null &&
    !name.includes(' ') &&
    before.trimStart().startsWith(name) &&
    before.length > name.length + 25
  return name === null || isStart ? null : { name, email: null, phone }
}

function phoneIn(text: string): string | null {
  const numbers = [...text.matchAll(PHONE)].map(([number]) => number.trim())
  return (
    numbers.find((each) => each.replace(/\D/g, '').length >= PHONE_DIGITS_MIN && !DATED.test(each)) ?? null
  )
}

/** The sentence that holds a place, up to `end` if that is given: a dot ends one only before a blank and a capital. */
function sentenceAround(block: string, at: number, end?: number): string {
  const ends = [...block.matchAll(/(?<!\b\p{L}{1,3})[.!?。](?= +\p{Lu})|[。!?]/gu)].map(
    ({ index }) => index + 1,
  )
  const from = Math.max(0, ...ends.filter((each) => each <= at))
  return block.slice(from, end ?? Math.min(block.length, ...ends.filter((each) => each > at)))
}

function nameBeside(block: string, email: RegExpExecArray, language: AbsenceLanguage): string | null {
  const before = sentenceAround(block, email.index, email.index)
  const local = fold(email[0].split('@')[0]!)
  const inBrackets = /^[>)]? ?\(([^)@]{3,40})\)/u.exec(block.slice(email.index + email[0].length))?.[1]
  if (inBrackets !== undefined && belongs(inBrackets, local)) return inBrackets.trim()
  const spaceless = spacelessName(before)
  if (spaceless !== null) return spaceless
  const name = lastName(before.slice(-NEAR), language, 1)
  if (name !== null && (belongs(name, local) || isApposed(before, name, language))) return name
  // "Omar Haddad looks after my work. Write to omar.haddad@..."
  const earlier = lastName(block.slice(0, email.index - before.length), language, 2)
  return earlier !== null && /[a-z]/.test(fold(earlier)) && belongs(earlier, local) ? earlier : null
}

/** Right in front of the address, a whole name; German has capitals on what are no names. */
function isApposed(before: string, name: string, { words }: AbsenceLanguage): boolean {
  return (
    words.code !== 'de' &&
    name.includes(' ') &&
    new RegExp(`${name.replace(/[.]/g, '\\.')}[ ,:(<]{1,4}$`, 'u').test(before)
  )
}

const WORD = "\\p{Lu}[\\p{L}'-]+"
const NAME = new RegExp(
  `${WORD}(?: (?:de|da|di|du|del|dos|van|von|der|den|ten|la|le|\\p{Lu}\\.|${WORD})){0,4}`,
  'gu',
)

/** The last name in a text, without titles and words of asking, of at least so many words. */
function lastName(text: string, language: AbsenceLanguage, wordsMin: number): string | null {
  for (const [found] of [...text.matchAll(NAME)].reverse()) {
    const words = found.split(' ')
    while (words.length > 0 && isNoName(words[0]!.toLowerCase(), language)) words.shift()
    if (words.length < wordsMin || !/^\p{Lu}/u.test(words[0] ?? '')) continue
    // Turkish hangs its cases on a name: Ali'ye.
    return words.join(' ').replace(/'\p{Ll}+$/u, '')
  }
  return null
}

function isNoName(word: string, { says }: AbsenceLanguage): boolean {
  return says.title.test(word) || says.contact.test(word) || /^(?:tel|e-?mail|mail|telefon|mobil)/.test(word)
}

/** 李强: in front of the address, behind the word that asks to turn to somebody; 박준호 과장: with a title, or in front of a bracket. */
function spacelessName(before: string): string | null {
  const korean =
    /(\p{Script=Hangul}{2,4}) ?(?:(?:과장|부장|대리|차장|사원|팀장|매니저|이사|주임|님|씨)(?:님)?)? ?[(:]\s*$/u.exec(
      before,
    )
  if (korean) return korean[1]!
  const run = /([\p{Script=Han} ]{2,20})(?:さん|様|氏)? ?[(:<]\s*$/u.exec(before)?.[1]
  const name = run
    ?.split(/联系|聯繫|聯絡|联络|请|請|由|找|给|給|为|為|是|同事|代理|负责|負責|後任|担当|代理者/u)
    .at(-1)
    ?.trim()
  return name !== undefined &&
    /^\S{1,4}(?: \S{1,3})?$/u.test(name) &&
    name.length >= 2 &&
    !/[部課室係处處]$/u.test(name)
    ? name
    : null
}

/** Does the name fit the mailbox? One in another script cannot be compared: of two words it is hardly the first word of a sentence. */
function belongs(name: string, local: string): boolean {
  const words = fold(name).match(/[a-z]{2,}/g)
  if (words === null) return name.includes(' ')
  return words.some((word) => local.includes(word) || (word.length >= 4 && local.includes(word.slice(0, 3))))
}

function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('æ', 'ae')
    .replaceAll('ı', 'i')
}
