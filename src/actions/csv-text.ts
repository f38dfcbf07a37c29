/** From the bytes of a handed-in file to its text: which encoding, which separator. Guesses, and says what it guessed. */

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Where the byte order mark and the pattern of UTF-16 show. */
const LOOKED_AT = 4096

/**
 * Watches a file as it comes in and tells its encoding at the end: by its byte order mark, by the zero bytes of UTF-16, by whether
 * every byte fits UTF-8; else what Excel writes in the west.
 */
export class EncodingGuess {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  #fitsUtf8 = true
  #first = new Uint8Array()
  #zeros = 0

  see(chunk: Uint8Array): void {
    if (this.#first.length < LOOKED_AT) {
      const more = chunk.subarray(0, LOOKED_AT - this.#first.length)
      this.#first = new Uint8Array([...this.#first, ...more])
    }
    for (const byte of chunk) if (byte === 0) this.#zeros++
    if (this.#fitsUtf8) this.#fitsUtf8 = this.#decodes(chunk, true)
  }

  end(): Encoding | 'binary' {
    const first = this.#first
    if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le'
    if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be'
    if (this.#zeros > 0) return utf16WithoutMark(first)
    return this.#fitsUtf8 && this.#decodes(new Uint8Array(), false) ? 'utf-8' : 'windows-1252'
  }

  #decodes(chunk: Uint8Array, more: boolean): boolean {
    try {
      this.#utf8.decode(chunk, { stream: more })
      return true
    } catch (error) {
      if (error instanceof TypeError) return false
      throw error
    }
  }
}

/** Latin letters in UTF-16 have their zero byte always on the same side; anything else with zeros is no text. */
function utf16WithoutMark(first: Uint8Array): Encoding | 'binary' {
  let even = 0
  let odd = 0
  for (let i = 0; i < first.length; i++) if (first[i] === 0) i % 2 === 0 ? even++ : odd++
  const most = first.length / 2
  if (odd > most * 0.4 && even < most * 0.05) return 'utf-16le'
  if (even > most * 0.4 && odd < most * 0.05) return 'utf-16be'
  return 'binary'
}

/** The text of the pieces, one string per piece; letters that are cut by a piece's end come whole with the next. */
export async function* decoded(
  pieces: AsyncIterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<string> {
  // The decoder itself takes a byte order mark away. No text column can hold NUL.
  const decoder = new TextDecoder(encoding)
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true }).replaceAll('\u0000', '')
  yield decoder.decode().replaceAll('\u0000', '')
}

export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** The separator that cuts the first line into most columns; a comma when none does. `sep=;` on the first line (Excel) says it itself. */
export function guessDelimiter(start: string): { delimiter: Delimiter; skip: number } {
  const said = /^sep=([,;\t|])\r?\n/i.exec(start)
  if (said) return { delimiter: said[1] as Delimiter, skip: said[0].length }
  const line = firstLine(start)
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, n: line.split(delimiter).length }))
  const best = counts.reduce((most, each) => (each.n > most.n ? each : most))
  return { delimiter: best.delimiter, skip: 0 }
}

/** What is quoted says nothing about the separator. */
function firstLine(text: string): string {
  const unquoted = text.slice(0, 100_000).replace(/"(?:[^"]|"")*"/g, '')
  return unquoted.split(/\r\n|\n|\r/)[0]!
}
