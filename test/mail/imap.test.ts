import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { HOUR } from '../../src/core/clock.ts'
import { ImapReader } from '../../src/mail/imap.ts'
import type { FetchedMail, FolderCursor, ReadResult } from '../../src/mail/port.ts'
import { fileSentCopy } from '../../src/mail/sent-copy.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { mail } from '../support/mails.ts'
import { outgoing } from '../support/outgoing.ts'

const SALES = 'sales@acme.test'
const BIG = 'big@acme.test'
const now = () => Date.now()

describe.runIf(hasDovecot)('a mailbox on Dovecot', () => {
  let dovecot: Dovecot
  const readers: ImapReader[] = []

  beforeAll(async () => {
    dovecot = await startDovecot({
      users: [SALES, BIG, 'wait@acme.test', 'cut@acme.test', 'sent@acme.test', 'new@acme.test'],
    })
  }, 30_000)
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close()
  })
  afterAll(async () => dovecot.stop())

  const readerOf = (user: string, changes = {}) => {
    const reader = new ImapReader({ ...dovecot.imap(user), ...changes })
    readers.push(reader)
    return reader
  }
  const readInto = async (
    reader: ImapReader,
    cursors: FolderCursor[],
    into: FetchedMail[],
  ): Promise<ReadResult> =>
    reader.readAll(cursors, now(), async (one) => {
      into.push(one)
    })
  const ids = (mails: FetchedMail[]) =>
    mails.map(({ raw }) => /^Message-ID: (\S+)/im.exec(Buffer.from(raw).toString())?.[1])

  test('what was there before the first reading is never handed over, what comes later is, once, in order', async () => {
    await dovecot.deliver(SALES, mail({ 'Message-ID': '<old@client.test>' }))
    const reader = readerOf(SALES)
    const seen: FetchedMail[] = []
    const first = await readInto(reader, [], seen)
    expect(first).toMatchObject({ kind: 'read', mails: 0 })
    expect(first.cursors.map(({ role }) => role)).toEqual(['inbox', 'junk', 'sent'])

    for (const n of [1, 2, 3]) await dovecot.deliver(SALES, mail({ 'Message-ID': `<n${n}@client.test>` }))
    const second = await readInto(reader, first.cursors, seen)
    expect(second).toMatchObject({ kind: 'read', mails: 3, renumbered: [] })
    expect(ids(seen)).toEqual(['<n1@client.test>', '<n2@client.test>', '<n3@client.test>'])
    expect(seen[0]).toMatchObject({ folder: 'INBOX', role: 'inbox', truncated: false, maybeSeen: false })

    expect(await readInto(readerOf(SALES), second.cursors, seen)).toMatchObject({ kind: 'read', mails: 0 })
  })

  test('reading marks nothing: the mail stays unseen and in its place', async () => {
    const flags = await dovecot.admin('-f', 'flow', 'fetch', '-u', SALES, 'flags', 'mailbox', 'INBOX')
    expect(flags.match(/^flags=/gm)!.length).toBeGreaterThan(3)
    expect(flags).not.toContain('\\Seen')
    // Not even that somebody looked: opening for writing would have taken \\Recent from them.
    expect(flags.match(/\\Recent/g)!.length).toBe(flags.match(/^flags=/gm)!.length)
  })

  test('a failure of the taker ends the reading unchanged, and the mail comes again', async () => {
    const reader = readerOf(SALES)
    const start = await readInto(reader, [], [])
    await dovecot.deliver(SALES, mail({ 'Message-ID': '<again@client.test>' }))
    const error = new Error('database gone')
    await expect(reader.readAll(start.cursors, now(), () => Promise.reject(error))).rejects.toBe(error)
    const seen: FetchedMail[] = []
    await readInto(reader, start.cursors, seen)
    expect(ids(seen)).toEqual(['<again@client.test>'])
  })

  test('of a mail over the limit the beginning is read', async () => {
    const reader = readerOf(BIG)
    const start = await readInto(reader, [], [])
    await dovecot.deliver(
      BIG,
      mail({ 'Message-ID': '<big@client.test>' }, 'x'.repeat(70).concat('\n').repeat(20_000)),
    )
    const seen: FetchedMail[] = []
    await readInto(reader, start.cursors, seen)
    expect(ids(seen)).toEqual(['<big@client.test>'])
    expect(seen[0]).toMatchObject({ truncated: true })
    expect(seen[0]!.raw.length).toBe(1_048_576)
    expect(seen[0]!.size).toBeGreaterThan(1_400_000)
  })

  test('a renumbered folder is read again from the last reading, and says that its mail may have been seen', async () => {
    const reader = readerOf(SALES)
    const before = await readInto(reader, [], [])
    await dovecot.deliver(SALES, mail({ 'Message-ID': '<after-renumbering@client.test>' }))
    await reader.close()
    await dovecot.renumber(SALES)
    const seen: FetchedMail[] = []
    const after = await readInto(readerOf(SALES), before.cursors, seen)
    expect(after).toMatchObject({ kind: 'read', renumbered: ['INBOX'] })
    expect(ids(seen)).toContain('<after-renumbering@client.test>')
    expect(seen.every(({ maybeSeen }) => maybeSeen)).toBe(true)
    expect(await readInto(readerOf(SALES), after.cursors, [])).toMatchObject({
      kind: 'read',
      mails: 0,
      renumbered: [],
    })
  })

  test('mail older than the last reading is not read again from a renumbered folder', async () => {
    const later = (await readInto(readerOf(SALES), [], [])).cursors.map((one) => ({
      ...one,
      uidValidity: 7,
      readAt: now() + 2 * HOUR,
    }))
    expect(await readInto(readerOf(SALES), later, [])).toMatchObject({ kind: 'read', mails: 0 })
  })

  test('a folder that appears with its first mail after the first reading is read', async () => {
    const user = 'new@acme.test'
    const reader = readerOf(user)
    const start = await readInto(reader, [], [])
    await reader.close()
    const cursors = start.cursors.filter(({ role }) => role !== 'junk')
    await dovecot.admin('mailbox', 'delete', '-u', user, 'Junk')
    await dovecot.deliver(user, mail({ 'Message-ID': '<spam@client.test>' }))
    await dovecot.admin('mailbox', 'create', '-u', user, 'Junk')
    await dovecot.admin('move', '-u', user, 'Junk', 'mailbox', 'INBOX', 'all')
    const seen: FetchedMail[] = []
    await readInto(readerOf(user), cursors, seen)
    expect(ids(seen)).toEqual(['<spam@client.test>'])
    expect(seen[0]).toMatchObject({ role: 'junk' })
  })

  test('waiting ends when mail arrives', async () => {
    const reader = readerOf('wait@acme.test')
    await readInto(reader, [], [])
    const waiting = reader.waitForMail(new AbortController().signal)
    await dovecot.deliver('wait@acme.test', mail({}))
    expect(await waiting).toEqual({ kind: 'mail' })
  })

  test('waiting ends when it is told to, and the reader reads on', async () => {
    const reader = readerOf('wait@acme.test')
    const start = await readInto(reader, [], [])
    const stop = new AbortController()
    const waiting = reader.waitForMail(stop.signal)
    stop.abort()
    expect(await waiting).toEqual({ kind: 'aborted' })
    await dovecot.deliver('wait@acme.test', mail({ 'Message-ID': '<later@client.test>' }))
    expect(await readInto(reader, start.cursors, [])).toMatchObject({ kind: 'read', mails: 1 })
  })

  test('another use of the connection does not end the waiting', async () => {
    const reader = readerOf('wait@acme.test')
    await readInto(reader, [], [])
    const waiting = reader.waitForMail(new AbortController().signal)
    expect(await reader.findByMessageId('inbox', '<nobody@client.test>')).toEqual({ kind: 'not_found' })
    await dovecot.deliver('wait@acme.test', mail({}))
    expect(await waiting).toEqual({ kind: 'mail' })
  })

  test('a cut connection is unreachable, waiting or reading, and the same reader goes on after it', async () => {
    const reader = readerOf('cut@acme.test')
    const start = await readInto(reader, [], [])
    const waiting = reader.waitForMail(new AbortController().signal)
    await dovecot.cut()
    expect(await waiting).toMatchObject({ kind: 'unreachable' })
    await dovecot.deliver('cut@acme.test', mail({ 'Message-ID': '<meanwhile@client.test>' }))
    expect(await readInto(reader, start.cursors, [])).toMatchObject({
      kind: 'unreachable',
      cause: 'refused',
      mails: 0,
    })
    await dovecot.restore()
    const seen: FetchedMail[] = []
    expect(await readInto(reader, start.cursors, seen)).toMatchObject({ kind: 'read', mails: 1 })
    expect(ids(seen)).toEqual(['<meanwhile@client.test>'])
  })

  test('a refused password is unauthenticated', async () => {
    expect(await readInto(readerOf(SALES, { password: 'wrong' }), [], [])).toMatchObject({
      kind: 'unauthenticated',
    })
  })

  test('a server that does not encrypt is not logged in to when encryption is asked for', async () => {
    expect(await readInto(readerOf(SALES, { tls: 'starttls' }), [], [])).toMatchObject({
      kind: 'unreachable',
      cause: 'tls',
    })
  })

  test('a copy of what was sent is filed in Sent once', async () => {
    const reader = readerOf('sent@acme.test')
    const sent = outgoing({ messageId: '<sent@acme.test>' })
    expect(await fileSentCopy(reader, sent)).toEqual({ kind: 'filed' })
    expect(await fileSentCopy(reader, sent)).toEqual({ kind: 'already_there' })
    expect(await dovecot.sources('sent@acme.test', 'Sent')).toHaveLength(1)
    expect(await reader.findByMessageId('sent', '<sent@acme.test>')).toMatchObject({
      kind: 'found',
      mail: { folder: 'Sent' },
    })
  })
})
