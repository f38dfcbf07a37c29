/** Reading CSV text: separators, encodings, quotes, and what a broken quote costs. */
import { expect, test } from 'vitest'
import { type CsvRecord, CsvSplitter } from '../../src/actions/csv-records.ts'
import { decoded, EncodingGuess, guessDelimiter } from '../../src/actions/csv-text.ts'

function read(text: string, { delimiter = ',', size = text.length || 1 } = {}): CsvRecord[] {
  const splitter = new CsvSplitter(delimiter)
  const records: CsvRecord[] = []
  for (let i = 0; i < text.length; i += size) records.push(...splitter.push(text.slice(i, i + size)))
  return [...records, ...splitter.end()]
}
const cells = (records: CsvRecord[]) => records.map((record) => (record.ok ? record.cells : record.reason))
const NEVER = expect.stringContaining('never closed')

test('quotes, doubled quotes, separators and line breaks inside quotes', () => {
  expect(cells(read('a,"b,c","d ""e"" f"\r\n"two\nlines",,""\n\nlast,5" pipe,x'))).toEqual([
    ['a', 'b,c', 'd "e" f'],
    ['two\nlines', '', ''],
    ['last', '5" pipe', 'x'],
  ])
})

test('the same records come out however the text is cut', () => {
  const text = 'a,"b\r\nc"\r\n"d""e",f\r\n"broken,g\r\nh,i\r\n"j"k,l\r\nm,"n"\r\n'
  const whole = read(text)
  expect(whole).toHaveLength(6)
  for (let size = 1; size < text.length; size++) expect(read(text, { size })).toEqual(whole)
})

test('a quote that never closes costs its own line and nothing else', () => {
  expect(cells(read('a,1\n"b,2\nc,3\n"d",4\ne,5\n'))).toEqual([
    ['a', '1'],
    NEVER,
    ['c', '3'],
    ['d', '4'],
    ['e', '5'],
  ])
})

test('a quote left open on the last line fails that line', () => {
  expect(cells(read('a,1\nb,"2'))).toEqual([['a', '1'], NEVER])
})

test('a cell that goes on after its closing quote fails its line', () => {
  expect(cells(read('"John "Johnny" Doe",1\nb,2'))).toEqual([expect.stringContaining('goes on'), ['b', '2']])
})

test('a quote left open before a thousand good lines costs one of them', () => {
  const good = Array.from({ length: 1000 }, (_, i) => `p${i},${i}`).join('\n')
  const records = read(`"open,0\n${good}\n`, { size: 777 })
  expect(records).toHaveLength(1001)
  expect(records.filter((record) => !record.ok)).toHaveLength(1)
})

test('a file whose every line is broken is read once, not over and over', () => {
  const records = read('"open\n'.repeat(20_000), { size: 65_536 })
  expect(records.length).toBe(20_000)
  expect(records.every((record) => !record.ok)).toBe(true)
})

test.each([
  ['first,second;third,fourth', ',', 0],
  ['first;second,third;fourth', ';', 0],
  ['first\tsecond', '\t', 0],
  ['email', ',', 0],
  ['"a;b;c",d', ',', 0],
  ['sep=;\r\na;b', ';', 7],
])('the separator of %j is %j', (text, delimiter, skip) => {
  expect(guessDelimiter(text)).toEqual({ delimiter, skip })
})

function encode(text: string, how: 'utf-16le' | 'utf-16be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return how === 'utf-16be' ? bytes.swap16() : bytes
}
const TEXT = 'name,email\nZoë Ångström,zoe@x.test\n'

test.each([
  ['UTF-8', Buffer.from(TEXT), 'utf-8'],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${TEXT}`), 'utf-8'],
  ['UTF-16 LE with a mark', encode(`\ufeff${TEXT}`, 'utf-16le'), 'utf-16le'],
  ['UTF-16 BE with a mark', encode(`\ufeff${TEXT}`, 'utf-16be'), 'utf-16be'],
  ['UTF-16 LE without', encode(TEXT, 'utf-16le'), 'utf-16le'],
  ['UTF-16 BE without', encode(TEXT, 'utf-16be'), 'utf-16be'],
  ['latin1', Buffer.from(TEXT, 'latin1'), 'windows-1252'],
])('%s is recognized and read, whatever the pieces', async (_name, bytes, encoding) => {
  for (const size of [1, 7, 4096]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    )
    const guess = new EncodingGuess()
    for (const piece of pieces) guess.see(piece)
    expect(guess.end()).toBe(encoding)
    let text = ''
    for await (const part of decoded(
      (async function* () {
        yield* pieces
      })(),
      encoding as 'utf-8',
    ))
      text += part
    expect(text).toBe(TEXT)
  }
})

test('a spreadsheet file is no text', () => {
  const guess = new EncodingGuess()
  guess.see(Buffer.from('504b030414000600080000002100', 'hex'))
  expect(guess.end()).toBe('binary')
})

test('windows-1252 reads the euro sign and curly quotes of Excel', async () => {
  const bytes = Buffer.from([0x80, 0x93, 0xe9, 0x94])
  let text = ''
  for await (const part of decoded(
    (async function* () {
      yield bytes
    })(),
    'windows-1252',
  ))
    text += part
  expect(text).toBe('€“é”')
})
