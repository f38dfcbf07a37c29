/** Who opened a mail and followed its links: people, and programs that look at mail before people do. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptedAt, BURST_MS, TOO_SOON_MS, type Visit, visitorOf } from '../../src/core/visit.ts'

const ACCEPTED = Date.parse('2027-03-01T10:00:00Z')
const LATER = ACCEPTED + 600_000
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'
const GMAIL_AHEAD =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0'
const CUBOT =
  'Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36'

let visits = 0
const visit = (o: Partial<Visit>): Visit => ({
  id: String(++visits),
  kind: 'click',
  link: 0,
  way: 'get',
  agent: FIREFOX,
  at: LATER,
  ...o,
  ...(o.kind === 'open' ? { link: null } : {}),
})
const judged = (one: Visit, beside: Visit[] = [], acceptedAt: number | null = ACCEPTED) =>
  visitorOf(one, { acceptedAt, beside })
const ruleOf = (...asked: Parameters<typeof judged>) => {
  const visitor = judged(...asked)
  return visitor.by === 'person' ? 'person' : visitor.rule
}

test.each([
  ['a browser that follows a link minutes later', visit({}), 'person'],
  ['a telephone of the make CUBOT', visit({ agent: CUBOT }), 'person'],
  [
    'the image proxy of Gmail, which fetches when the mail is opened',
    visit({ kind: 'open', agent: GMAIL }),
    'person',
  ],
  ['Gmail before it shows the mail', visit({ kind: 'open', agent: GMAIL_AHEAD }), 'known_machine'],
  [
    'Apple Mail Privacy Protection, which says Mozilla/5.0 and nothing more',
    visit({ kind: 'open', agent: 'Mozilla/5.0' }),
    'known_machine',
  ],
  [
    'a gateway that names itself',
    visit({ agent: 'Mozilla/5.0 (compatible; Barracuda Sentinel)' }),
    'known_machine',
  ],
  ['a robot that says so', visit({ agent: 'Mozilla/5.0 (compatible; bingbot/2.0)' }), 'known_machine'],
  ['a library for HTTP', visit({ agent: 'python-requests/2.32' }), 'known_machine'],
  ['a click of no browser at all', visit({ agent: '' }), 'no_browser'],
  [
    'a mail program that names itself when it fetches pictures',
    visit({ kind: 'open', agent: 'Microsoft Office/16.0 (Microsoft Outlook 16.0)' }),
    'person',
  ],
  ['who asks for the headers alone', visit({ way: 'head' }), 'asked_for_headers'],
  ['a browser that fetches ahead', visit({ way: 'prefetch' }), 'ahead_of_person'],
])('%s is judged as it is', (_who, one, expected) => {
  expect(ruleOf(one)).toBe(expected)
})

test('a visit within ten seconds of the delivery is a machine, one just after it a person', () => {
  for (const kind of ['open', 'click'] as const) {
    expect(ruleOf(visit({ kind, at: ACCEPTED + TOO_SOON_MS - 1 }))).toBe('too_soon')
    expect(ruleOf(visit({ kind, at: ACCEPTED + TOO_SOON_MS }))).toBe('person')
  }
})

test('a visit while the receiving server still takes the mail is a machine, and so is one to a mail that never left', () => {
  expect(ruleOf(visit({ at: ACCEPTED - 500 }))).toBe('too_soon')
  expect(ruleOf(visit({}), [], null)).toBe('too_soon')
})

test('a mail whose server has not answered is not delivered; an answer that was written down late came in time', () => {
  const [markedAt, minute] = [ACCEPTED, 60_000]
  const mail = { markedAt, settledAt: null }
  expect(acceptedAt(mail)).toBe(markedAt + 10 * minute)
  expect(acceptedAt({ ...mail, settledAt: markedAt + 700 })).toBe(markedAt + 700)
  expect(acceptedAt({ ...mail, settledAt: markedAt + 90 * minute })).toBe(markedAt + 10 * minute)
  expect(acceptedAt({ ...mail, markedAt: null })).toBeNull()
})

test('several links of one mail within a second are a scanner, each of them, in whichever order', () => {
  const first = visit({ link: 0 })
  const second = visit({ link: 1, at: LATER + BURST_MS })
  expect(ruleOf(first, [first, second])).toBe('several_links_at_once')
  expect(ruleOf(second, [first, second])).toBe('several_links_at_once')
  const slow = visit({ link: 1, at: LATER + BURST_MS + 1 })
  expect(ruleOf(first, [first, slow])).toBe('person')
})

test('a double click on one link is a person, and an opening beside a click is none the less', () => {
  const click = visit({})
  const again = visit({ at: LATER + 80 })
  const opening = visit({ kind: 'open', at: LATER + 10 })
  expect(ruleOf(click, [click, again, opening])).toBe('person')
  expect(ruleOf(opening, [click, again, opening])).toBe('person')
})

test('who looks says why in words', () => {
  expect(judged(visit({ way: 'head' }))).toMatchObject({
    by: 'machine',
    words: expect.stringContaining('HEAD'),
  })
  expect(judged(visit({ kind: 'open', agent: 'Mozilla/5.0' }))).toMatchObject({
    words: 'Apple Mail Privacy Protection',
  })
})

test('more visits beside it never turn a machine into a person', () => {
  const any = fc.record({
    kind: fc.constantFrom('open' as const, 'click' as const),
    link: fc.nat(3),
    at: fc.integer({ min: ACCEPTED - 5_000, max: ACCEPTED + 60_000 }),
    agent: fc.constantFrom(FIREFOX, GMAIL, 'curl/8.9', 'Mozilla/5.0', ''),
    way: fc.constantFrom('get' as const, 'head' as const, 'prefetch' as const),
  })
  fc.assert(
    fc.property(any, fc.array(any, { maxLength: 5 }), (one, others) => {
      const [it, beside] = [visit(one), others.map(visit)]
      if (judged(it).by === 'machine') expect(judged(it, beside).by).toBe('machine')
    }),
  )
})
