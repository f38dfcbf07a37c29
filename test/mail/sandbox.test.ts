import { afterEach, beforeEach, expect, test } from 'vitest'
import { sleep } from '../../src/clock.ts'
import { classFor } from '../../src/core/bounce.ts'
import type { Clock } from '../../src/core/clock.ts'
import { classify, type InboundReading, matchKeys } from '../../src/core/inbound.ts'
import { isMeeting } from '../../src/core/meeting.ts'
import { parseMail } from '../../src/mail/parse.ts'
import type { FetchedMail, FolderCursor } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import {
  type AnswerKind,
  answerMail,
  type Sandbox,
  type SandboxAnswer,
  type SandboxEnvelope,
  startSandbox,
} from '../../src/mail/sandbox.ts'
import { SmtpSender } from '../../src/mail/smtp.ts'
import { seededRandom } from '../../src/random.ts'
import { outgoing } from '../support/outgoing.ts'

const clock: Clock = { now: () => Date.now(), real: () => Date.now(), sleep }
const random = seededRandom('sandbox')
const now = Date.UTC(2027, 2, 2, 9)
const yes = () => Promise.resolve(true)

let sandbox: Sandbox
let received: { raw: Buffer; envelope: SandboxEnvelope }[]
let answers: SandboxAnswer[]
let saving: () => Promise<void>

beforeEach(async () => {
  received = []
  answers = []
  saving = async () => undefined
  sandbox = await startSandbox({
    clock,
    random,
    saveReceived: async (raw, envelope) => {
      await saving()
      received.push({ raw, envelope })
    },
    answersAfter: async (_, uid) => answers.filter((one) => one.uid > uid),
    wasReceived: async (_, id) => received.some(({ raw }) => raw.includes(id)),
  })
})
afterEach(async () => sandbox.close())

const write = (raw: Uint8Array) => answers.push({ uid: answers.length + 1, raw, writtenAt: now })

async function read(
  cursors: FolderCursor[] = [],
): Promise<{ mails: FetchedMail[]; cursors: FolderCursor[] }> {
  const mails: FetchedMail[] = []
  const result = await sandbox.openReader('box').readAll(cursors, now, async (mail) => {
    mails.push(mail)
  })
  return { mails, cursors: result.cursors }
}

test('a mail sent to the sandbox is saved with its envelope, over the port as the engine uses it', async () => {
  const sender = createMailPort({ clock, sandbox }).openSender({ kind: 'sandbox', mailboxId: 'box' })
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  await sender.close()
  expect(received[0]?.envelope).toEqual({
    mailboxId: 'box',
    from: 'sales@acme.test',
    to: ['bob@client.test'],
  })
  expect(await parseMail(received[0]!.raw)).toMatchObject({
    messageId: '<m1@acme.test>',
    subject: 'Hello Bob',
  })
  expect(await sandbox.openReader('box').findByMessageId('sent', '<m1@acme.test>')).toMatchObject({
    kind: 'found',
  })
})

test('a mail that could not be saved was not taken', async () => {
  saving = () => Promise.reject(new Error('disk full'))
  const sender = sandbox.openSender('box')
  expect(await sender.send(outgoing(), yes)).toMatchObject({ kind: 'deferred', code: 451, stage: 'final' })
  await sender.close()
  expect(received).toEqual([])
})

test('another program on this machine cannot put mail into the sandbox', async () => {
  const endpoint = { host: '127.0.0.1', port: sandbox.port, tls: 'none' as const }
  for (const login of [{}, { user: 'box', password: 'guess' }]) {
    const sender = new SmtpSender({ ...endpoint, ...login }, { clock })
    expect((await sender.send(outgoing(), yes)).kind).toBe('unauthenticated')
    await sender.close()
  }
  expect(received).toEqual([])
})

test('answers are read once, in order, from the first one on', async () => {
  write(Buffer.from('Subject: one\r\n\r\n'))
  write(Buffer.from('Subject: two\r\n\r\n'))
  const first = await read()
  expect(first.mails.map(({ uid, role }) => [uid, role])).toEqual([
    [1, 'inbox'],
    [2, 'inbox'],
  ])
  expect((await read(first.cursors)).mails).toEqual([])
})

test('a waiting reader hears of an answer at once', async () => {
  const reader = sandbox.openReader('box')
  const waiting = reader.waitForMail(new AbortController().signal)
  write(Buffer.from('Subject: one\r\n\r\n'))
  sandbox.announce()
  expect(await waiting).toEqual({ kind: 'mail' })
})

/** Sends, answers as the contact, reads and judges: what the engine does. */
async function roundTrip(
  kind: AnswerKind,
  more = {},
): Promise<{ reading: InboundReading; keys: ReturnType<typeof matchKeys> }> {
  const sender = sandbox.openSender('box')
  await sender.send(outgoing({ subject: 'Grüße an Bob' }), yes)
  await sender.close()
  const original = await parseMail(received[0]!.raw)
  write(
    await answerMail({
      original,
      as: { address: 'bob@client.test', name: 'Bob' },
      kind,
      now,
      random,
      ...more,
    }),
  )
  const { mails } = await read()
  const parsed = await parseMail(mails[0]!.raw)
  expect(parsed.to[0]?.address).toBe('sales@acme.test')
  const reading = classify(parsed, { now, mailboxAddresses: ['sales@acme.test'], folderRole: 'inbox' })
  return { reading, keys: matchKeys(reading, parsed) }
}

test('an answer is a reply in the thread, and its own words come without the quote', async () => {
  const { reading, keys } = await roundTrip('answer', { text: 'Yes, Tuesday at ten.\nBob' })
  expect(reading).toMatchObject({ kind: 'reply', ownWords: 'Yes, Tuesday at ten.\nBob' })
  expect(keys.messageIds[0]).toEqual({ id: '<m1@acme.test>', evidence: 'In-Reply-To' })
  expect(keys.sender).toEqual({ address: 'bob@client.test', subject: 'grüße an bob' })
})

test.each([
  ['bounce', 'hard', 'user_unknown', '5.1.1'],
  ['mailbox_full', 'soft', 'mailbox_full', '5.2.2'],
  ['blocked', 'blocked', 'spam', '5.7.1'],
] as const)('of a %s the class is %s', async (kind, cls, reason, status) => {
  const { reading, keys } = await roundTrip(kind)
  expect(reading.kind).toBe('bounce')
  expect(classFor(reading.bounce!, 'bob@client.test')).toMatchObject({ class: cls, reason, status })
  expect(keys.messageIds[0]).toEqual({ id: '<m1@acme.test>', evidence: 'returned mail' })
})

test('an invitation is a meeting, by who was written to', async () => {
  const { reading, keys } = await roundTrip('meeting')
  expect(reading.calendar).toMatchObject({ method: 'request', organizer: 'bob@client.test' })
  expect(isMeeting(reading.calendar!)).toBe(true)
  expect(keys.sender?.address).toBe('bob@client.test')
})

test('an absence is out of office with its return date', async () => {
  const { reading, keys } = await roundTrip('away', { returnsOn: '2027-03-12' })
  expect(reading).toMatchObject({
    kind: 'out_of_office',
    absence: { returnsOn: '2027-03-12', certain: true },
  })
  expect(keys.messageIds[0]?.id).toBe('<m1@acme.test>')
})

test('an opt-out is an opt-out', async () => {
  expect((await roundTrip('opt_out')).reading.kind).toBe('opt_out')
})

test('a complaint is a complaint about that mail', async () => {
  const { reading, keys } = await roundTrip('complaint')
  expect(reading.kind).toBe('complaint')
  expect(keys.messageIds[0]).toEqual({ id: '<m1@acme.test>', evidence: 'returned mail' })
})
