/** Which files an email may carry, and the sentence with the way out for each that it may not. */
import { expect, test } from 'vitest'
import {
  contentTypeOf,
  FILE_BYTES_MAX,
  fileNameOf,
  fileProblem,
  filesProblem,
} from '../../src/core/attachment.ts'

const pdf = new TextEncoder().encode('%PDF-1.7')
const problem = (name: string, more: { size?: number; head?: Uint8Array } = {}) =>
  fileProblem({ name, size: 10, head: pdf, ...more })

test('a document, a picture and an archive are fine', () => {
  for (const name of ['offer.pdf', 'Preisliste für Köln.xlsx', 'logo.png', 'all.zip', 'no ending'])
    expect(problem(name)).toBeUndefined()
})

test.each(['setup.exe', 'x.PDF.scr', 'macro.vbs', 'run.BAT', 'app.jar', 'shell.ps1', 'page.hta', 'a.iso'])(
  'a program is refused by its ending: %s',
  (name) => {
    expect(problem(name)).toMatch(/is a program .*Send a document, or link to it/)
  },
)

test.each([
  ['Windows', [0x4d, 0x5a, 0x90]],
  ['Linux', [0x7f, 0x45, 0x4c, 0x46]],
  ['macOS', [0xcf, 0xfa, 0xed, 0xfe]],
  ['a shell', [0x23, 0x21, 0x2f]],
])('a program of %s is refused whatever its name says', (_, head) => {
  expect(problem('offer.pdf', { head: new Uint8Array(head) })).toContain(
    'is a program, whatever its name says',
  )
})

test('a file that is empty, too large, nameless or called too long is refused with its limit', () => {
  expect(problem('a.pdf', { size: 0 })).toContain('a.pdf is empty')
  expect(problem('a.pdf', { size: FILE_BYTES_MAX })).toBeUndefined()
  expect(problem('a.pdf', { size: FILE_BYTES_MAX + 1 })).toContain('5 MB')
  expect(problem('')).toContain('file_name=offer.pdf')
  expect(problem(`${'x'.repeat(120)}.pdf`)).toContain('it can have 120')
})

test('an email takes five files with seven megabytes together', () => {
  const file = (name: string, size: number) => ({ name, size })
  expect(filesProblem(Array.from({ length: 5 }, () => file('a', 1)))).toBeUndefined()
  expect(filesProblem(Array.from({ length: 6 }, () => file('a', 1)))).toContain('takes 5 files; these are 6')
  const big = [file('a.pdf', 4 * 1024 * 1024), file('b.pdf', 4 * 1024 * 1024)]
  expect(filesProblem(big)).toMatch(/7 MB.*a\.pdf, b\.pdf have 8388608/)
})

test('of a name the folder and what could bend a header go, umlauts and spaces stay', () => {
  expect(fileNameOf('C:\\Users\\rae\\Größe & Preis.pdf')).toBe('Größe & Preis.pdf')
  expect(fileNameOf('../../etc/passwd')).toBe('passwd')
  expect(fileNameOf('a\r\nBcc: x@y.test.pdf')).toBe('aBcc: x@y.test.pdf')
  // Written right to left it would read "offerexe.pdf".
  expect(fileNameOf('offer\u202efdp.exe')).toBe('offerfdp.exe')
  expect(fileNameOf('..')).toBe('')
})

test('the type comes from the ending; what is not known is bytes', () => {
  expect(contentTypeOf('A.PDF')).toBe('application/pdf')
  expect(contentTypeOf('a.html')).toBe('application/octet-stream')
})
