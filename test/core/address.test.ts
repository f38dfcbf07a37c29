/** Addresses as people paste them: one form per person, or a sentence. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { domainOf, isFreeMailDomain, normalizeAddress, normalizeDomain } from '../../src/core/address.ts'

function normalized(text: string): string {
  const found = normalizeAddress(text)
  return found.ok ? found.address : `refused: ${found.reason}`
}

test.each([
  ['ada@acme.com', 'ada@acme.com'],
  ['  Ada.Lovelace@ACME.com\n', 'ada.lovelace@acme.com'],
  ['Ada Lovelace <Ada@Acme.com>', 'ada@acme.com'],
  ['<ada@acme.com>', 'ada@acme.com'],
  ['ada+news@acme.com', 'ada+news@acme.com'],
  ["o'brien@acme.co.uk", "o'brien@acme.co.uk"],
  ['ada@acme.com.', 'ada@acme.com'],
  ['ada@Bücher.example', 'ada@xn--bcher-kva.example'],
  ['ada@XN--BCHER-KVA.example', 'ada@xn--bcher-kva.example'],
  ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
  ['用户@例え.テスト', '用户@xn--r8jz45g.xn--zckzah'],
  ['JOSE\u0301@acme.com', 'jos\u00e9@acme.com'],
])('%j is %j', (text, address) => {
  expect(normalized(text)).toBe(address)
})

test.each([
  ['a@b@c', '2 @ signs'],
  ['a@b@c.com', '2 @ signs'],
  ['ada.acme.com', 'no @'],
  ['', 'empty'],
  ['   ', 'empty'],
  ['@acme.com', 'nothing before the @'],
  ['ada@', 'no dot'],
  ['ada@acme', 'no dot'],
  ['ada@localhost', 'no dot'],
  ['ada @acme.com', 'space'],
  ['ada@ac me.com', 'space'],
  ['ada\u200b@acme.com', 'invisible'],
  ['ada@acme.com\r\nBcc: eve@evil.test', 'control character'],
  ['ada\u0000@acme.com', 'control character'],
  ['ada@acme.com, bob@acme.com', 'space'],
  ['ada@acme.com,bob', 'not a domain name'],
  ['"ada lovelace"@acme.com', 'space'],
  ['"ada"@acme.com', 'cannot stand before the @'],
  ['.ada@acme.com', 'dot'],
  ['ada.@acme.com', 'dot'],
  ['ada..l@acme.com', 'dot'],
  ['ada@acme..com', 'part that is empty'],
  ['ada@-acme.com', 'part that is empty'],
  ['ada@acme_corp.com', 'not a domain name'],
  ['ada@[127.0.0.1]', 'not a domain name'],
  ['ada@127.0.0.1', 'IP address'],
  ['ada@acme.com/x', 'not a domain name'],
  ['ada@acme.com:25', 'not a domain name'],
  [`${'a'.repeat(65)}@acme.com`, '64 octets'],
  [`${'é'.repeat(33)}@acme.com`, '64 octets'],
  [`ada@${`${'b'.repeat(63)}.`.repeat(4)}com`, 'not a domain name'],
  [
    `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(10)}.com`,
    '254 octets',
  ],
  ['x'.repeat(5_000), '5000 characters'],
])('%j is refused', (text, words) => {
  expect(normalized(text)).toContain('refused: ')
  expect(normalized(text)).toContain(words)
})

test('a refusal shows the address, without its control characters', () => {
  expect(normalized('a@b\r\nc@d')).toContain('"a@b\ufffd\ufffdc@d"')
})

test('the display name is kept, unquoted and without line breaks', () => {
  expect(normalizeAddress('"Lovelace, \\"Ada\\"" <ada@acme.com>')).toMatchObject({ name: 'Lovelace, "Ada"' })
  expect(normalizeAddress('Ada\r\nBcc: x <ada@acme.com>')).toMatchObject({ ok: true, name: 'Ada Bcc: x' })
})

test('normalizing twice changes nothing, and what is accepted is one line with one @', () => {
  const pieces = fc.array(
    fc.constantFrom('a', 'B', '.', '@', ' ', '<', '>', '"', 'é', 'ß', 'İ', '-', 'acme.com', '\n', '+'),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        pieces.map((list) => list.join('')),
        fc.emailAddress(),
      ),
      (text) => {
        const once = normalizeAddress(text)
        if (!once.ok) return
        expect(normalizeAddress(once.address)).toMatchObject({ ok: true, address: once.address })
        expect(once.address).toMatch(/^[^\s@<>"]+@[a-z0-9.-]+\.[a-z0-9-]+$/)
      },
    ),
    { numRuns: 5_000, seed: 254 },
  )
})

test('ordinary addresses are accepted', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (text) => {
      expect(normalized(text)).toBe(text.toLowerCase())
    }),
    { numRuns: 1_000, seed: 5321 },
  )
})

test('a domain alone is normalized the same way', () => {
  expect(normalizeDomain(' Acme.COM ')).toEqual({ ok: true, domain: 'acme.com' })
  expect(normalizeDomain('acme')).toMatchObject({ ok: false })
})

test('free-mail domains are known, company domains are not', () => {
  expect(isFreeMailDomain(domainOf('ada@gmail.com'))).toBe(true)
  expect(isFreeMailDomain(domainOf('ada@acme.com'))).toBe(false)
})
