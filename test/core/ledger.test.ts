/** The hash chain: any change to what was written, and any link taken out, is found at its place. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, GENESIS, type Link, linkText, nextLink, verifyChain } from '../../src/core/ledger.ts'

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex')
const entry: Entry = {
  kind: 'mark',
  messageId: '65f0c0ffee0000000000abcd',
  attempt: 1,
  state: 'transmitting',
  at: 1_800_000_000_000,
  addressHash: 'aa',
  bodyHash: null,
}

function chain(length: number): Link[] {
  const links: Link[] = []
  for (let index = 0; index < length; index++)
    links.push(
      nextLink(links.at(-1) ?? GENESIS, { ...entry, attempt: index + 1, at: entry.at + index }, sha256),
    )
  return links
}

test('the text of a link is fixed: a change of it would break every ledger there is', () => {
  expect(linkText('0f', 7, entry)).toBe(
    '["0f",7,"mark","65f0c0ffee0000000000abcd",1,"transmitting",1800000000000,"aa",null]',
  )
  expect(nextLink(GENESIS, entry, sha256).hash).toBe(
    sha256(
      `["${'0'.repeat(64)}",1,"mark","65f0c0ffee0000000000abcd",1,"transmitting",1800000000000,"aa",null]`,
    ),
  )
})

test('a chain as it was written is sound, from its beginning or from a trusted head', () => {
  const links = chain(10)
  const head = { seq: 10, hash: links[9]!.hash }
  expect(verifyChain(links, sha256)).toEqual({ ok: true, head })
  expect(verifyChain(links.slice(4), sha256, links[3])).toEqual({ ok: true, head })
  expect(verifyChain([], sha256)).toEqual({ ok: true, head: GENESIS })
})

test('a changed field is found at its link', () => {
  const changes = fc.constantFrom<Partial<Link>>(
    { kind: 'settlement' },
    { messageId: '65f0c0ffee0000000000abce' },
    { attempt: 99 },
    { state: 'accepted' },
    { at: 1 },
    { addressHash: 'ab' },
    { bodyHash: '' },
    { hash: 'f'.repeat(64) },
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), changes, (index, change) => {
      const links = chain(10).map((link, at) => (at === index ? { ...link, ...change } : link))
      expect(verifyChain(links, sha256)).toMatchObject({ ok: false, seq: index + 1 })
    }),
    { seed: 256 },
  )
})

test('a link taken out or moved is found', () => {
  const links = chain(5)
  expect(verifyChain(links.toSpliced(2, 1), sha256)).toEqual({
    ok: false,
    seq: 4,
    reason: 'link 3 is missing: 4 follows 2',
  })
  expect(verifyChain([links[1]!, links[0]!], sha256)).toMatchObject({ ok: false, seq: 2 })
})

test('a rewritten link with a hash of its own breaks the one after it', () => {
  const links = chain(3)
  const forged = nextLink(links[0]!, { ...entry, state: 'accepted' }, sha256)
  expect(verifyChain([links[0]!, forged, links[2]!], sha256)).toMatchObject({ ok: false, seq: 3 })
})
