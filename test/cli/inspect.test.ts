/** `segue inspect`: what Segue makes of a mail in a file, for people and for programs. Opens no database. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/run.ts'
import { freshFolder } from '../support/folders.ts'
import { mail } from '../support/mails.ts'

const dir = await freshFolder('inspect')
afterAll(() => rm(dir, { recursive: true, force: true }))

async function file(name: string, source: string | Uint8Array): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, source)
  return path
}

async function inspect(...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommand(['inspect', ...argv], {
    // Read by a command that opens the house: it would be refused.
    env: { SEGUE_PORT: 'not a port' },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  })
  return { code, out, err }
}

const bounced = await file(
  'bounced.eml',
  mail(
    {
      From: 'MAILER-DAEMON@mx.acme.test',
      Subject: 'Undelivered Mail Returned to Sender',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
    },
    `--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.test

Final-Recipient: rfc822; bob@client.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown

Final-Recipient: rfc822; eve@client.test
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--b--`,
  ),
)
const reply = await file('reply.eml', mail({ 'In-Reply-To': '<m1@acme.test>' }, 'Yes please.'))
const away = await file(
  'away.eml',
  mail(
    {
      'Auto-Submitted': 'auto-replied',
      'Content-Language': 'en-US',
      Date: 'Mon, 28 Dec 2026 09:00:00 +0000',
    },
    'I am out of the office and back on 4 January.',
  ),
)

test('inspect --json prints one object with the kind, the class, the reason, the codes and every recipient', async () => {
  const { code, out, err } = await inspect(bounced, '--json')
  expect([code, err]).toEqual([0, []])
  expect(out.map((line) => JSON.parse(line))).toMatchObject([
    {
      kind: 'bounce',
      class: 'hard',
      reason: 'user_unknown',
      status: '5.1.1',
      reply_code: '550',
      recipients: [
        { address: 'bob@client.test', class: 'hard', reason: 'user_unknown', status: '5.1.1' },
        { address: 'eve@client.test', class: 'soft', reason: 'mailbox_full', status: '5.2.2' },
      ],
      returns_on: null,
      language: null,
      evidence: expect.arrayContaining([{ name: 'bounce', value: 'dsn', score: 1 }]),
    },
  ])
})

test('several files give one line each, in their order; a day without a year is the next one after the mail was written', async () => {
  const { code, out } = await inspect(reply, away, '--json')
  expect(code).toBe(0)
  expect(out.map((line) => JSON.parse(line))).toMatchObject([
    { kind: 'reply', class: null, reason: null, status: null, reply_code: null, recipients: [] },
    { kind: 'out_of_office', returns_on: '2027-01-04', language: 'en' },
  ])
  expect(out.every((line) => !line.includes('\n'))).toBe(true)
})

test('a file that cannot be read is named in a sentence, the others are still printed, and it ends with 1', async () => {
  await mkdir(join(dir, 'folder'))
  const { code, out, err } = await inspect(join(dir, 'none.eml'), reply, join(dir, 'folder'), '--json')
  expect(code).toBe(1)
  expect(out.map((line) => JSON.parse(line).kind)).toEqual(['reply'])
  expect(err).toEqual([
    `${join(dir, 'none.eml')} cannot be read: there is no such file.`,
    `${join(dir, 'folder')} cannot be read: it is a folder; name the mails in it.`,
  ])
})

test('without --json a person reads what it is, about whom, and why', async () => {
  const { code, out } = await inspect(bounced, away)
  expect(code).toBe(0)
  expect(out[0]?.split('\n').slice(0, 7).join('\n')).toBe(`${bounced}
A mail that came back.
  bob@client.test: hard, user_unknown (550 5.1.1)
    "smtp; 550 5.1.1 <bob@client.test>: Recipient address rejected: User unknown"
  eve@client.test: soft, mailbox_full (552 5.2.2)
    "smtp; 552 5.2.2 mailbox full"
  because of bounce: dsn (1)`)
  expect(out[1]).toContain('An absence note.')
  expect(out[1]).toContain('2027-01-04')
})

test('without a file it says what is missing and ends with 2', async () => {
  const { code, out, err } = await inspect('--json')
  expect([code, out]).toEqual([2, []])
  expect(err.join('')).toMatch(/^FILE\.\.\. is missing: /)
})

test('an empty file and one of 50 MB are mails too: nothing is thrown, and of the large one the beginning counts', async () => {
  const empty = await file('empty.eml', '')
  const large = await file(
    'large.eml',
    Buffer.concat([
      Buffer.from(mail({ 'In-Reply-To': '<m1@acme.test>' }, 'Yes.')),
      Buffer.alloc(50_000_000, 'x'),
    ]),
  )
  const { code, out, err } = await inspect(empty, large, '--json')
  expect([code, err]).toEqual([0, []])
  expect(out.map((line) => JSON.parse(line).kind)).toEqual(['other', 'reply'])
})
