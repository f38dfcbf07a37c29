/** The html of a tracked mail as it leaves, and where its links lead. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkTarget, trackedHtml, trackingBase, trackingUrl } from '../../src/core/tracking.ts'
import { sanitizeOutbound } from '../../src/sanitize.ts'

const message = {
  base: 'https://segue.acme.test',
  teamPublicId: 'a'.repeat(24),
  messageId: 'b'.repeat(24),
  token: 'c'.repeat(32),
}
const both = { opens: true, clicks: true }
const OPT_OUT = 'https://segue.acme.test/u/team/token'
const sent = (html: string, tracked = both) => trackedHtml(html, { message, tracked, untouched: [OPT_OUT] })
const url = (what: 'open' | number) => trackingUrl(message, what)

test('links of the html lead to us first, mail and telephone links and the opt-out link do not', () => {
  const html = `<p><a href="https://acme.test/a?b=1&amp;c=2">one</a> <a href="mailto:rae@acme.test">mail</a> <a href="tel:+4930">call</a> <a href="http://acme.test">two</a> <a href="${OPT_OUT}">stop</a></p>`
  expect(sent(html, { opens: false, clicks: true })).toBe(
    `<p><a href="${url(0)}">one</a> <a href="mailto:rae@acme.test">mail</a> <a href="tel:+4930">call</a> <a href="${url(3)}">two</a> <a href="${OPT_OUT}">stop</a></p>`,
  )
  expect(linkTarget(html, 0)).toBe('https://acme.test/a?b=1&c=2')
  expect(linkTarget(html, 3)).toBe('http://acme.test')
})

test('only what is asked for is tracked: the picture, the links, both or nothing', () => {
  const html = '<a href="https://acme.test">x</a>'
  expect(sent(html, { opens: false, clicks: false })).toBe(html)
  expect(sent(html, { opens: true, clicks: false })).toContain(html)
  expect(sent(html, { opens: true, clicks: false })).toContain(`<img src="${url('open')}" width="1"`)
  expect(sent(html, { opens: false, clicks: true })).not.toContain('<img')
})

test('a number that no link has, or a mail link, leads nowhere', () => {
  const html = '<a href="mailto:rae@acme.test">x</a><a href="https://acme.test/%zz">y</a>'
  expect(linkTarget(html, 0)).toBeUndefined()
  expect(linkTarget(html, 2)).toBeUndefined()
  expect(linkTarget('<a href="https://[broken">y</a>', 0)).toBeUndefined()
  expect(sent('<a href="https://[broken">y</a>', { opens: false, clicks: true })).toContain('https://[broken')
})

test('a link of more than 2,000 characters stays as it is, and so do those after the first 200', () => {
  const long = `<a href="https://acme.test/${'x'.repeat(2_000)}">x</a>`
  expect(sent(long, { opens: false, clicks: true })).toBe(long)
  const many = Array.from({ length: 201 }, (_, i) => `<a href="https://acme.test/${i}">x</a>`).join('')
  const rewritten = sent(many, { opens: false, clicks: true })
  expect(rewritten).toContain(`href="${url(199)}"`)
  expect(rewritten).toContain('href="https://acme.test/200"')
})

test('every link that was rewritten leads exactly where it led, whatever stands in it', () => {
  const address = fc.webUrl({ withQueryParameters: true, withFragments: true })
  fc.assert(
    fc.property(fc.array(address, { maxLength: 8 }), (addresses) => {
      const html = sanitizeOutbound(
        addresses
          .map(
            (one) =>
              `<a title='"quoted" href=' href="${one.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">x</a>`,
          )
          .join(' '),
      )
      const rewritten = sent(html, { opens: false, clicks: true })
      const numbers = [...rewritten.matchAll(/\/c{32}\/(\d+)"/g)].map((match) => Number(match[1]))
      expect(numbers.map((number) => linkTarget(html, number))).toEqual(addresses)
    }),
  )
})

test('tracking needs https, but in the sandbox, which nobody reaches from outside', () => {
  const ownUrl = 'http://127.0.0.1:4000'
  const base = (publicUrl: string | null, sandbox: boolean) => trackingBase({ publicUrl, ownUrl, sandbox })
  expect(base('https://segue.acme.test', false)).toBe('https://segue.acme.test')
  expect(base('http://segue.acme.test', false)).toBeNull()
  expect(base(null, false)).toBeNull()
  expect(base(null, true)).toBe(ownUrl)
  expect(trackingBase({ publicUrl: null, ownUrl: null, sandbox: true })).toBeNull()
})
