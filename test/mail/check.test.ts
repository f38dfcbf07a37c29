import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sleep } from '../../src/clock.ts'
import type { Clock } from '../../src/core/clock.ts'
import { checkMailbox } from '../../src/mail/check.ts'
import type { CheckFindings, CheckRequest, CheckStep, Endpoint, MailboxAccess } from '../../src/mail/port.ts'
import { MAIL_TIMEOUTS } from '../../src/mail/port.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { CERTIFICATE, CERTIFICATE_KEY } from '../support/certificate.ts'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.ts'
import { outgoing } from '../support/outgoing.ts'
import { type SinkOptions, type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

const clock: Clock = { now: () => Date.now(), real: () => Date.now(), sleep }
const SALES = 'sales@acme.test'
const sinks: SmtpSink[] = []
let mails = 0

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close()
})

async function sinkWith(options: SinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  sinks.push(sink)
  return sink
}

async function check(
  access: MailboxAccess,
  more: Pick<CheckRequest, 'otherSender' | 'reader'> = {},
): Promise<{ findings: CheckFindings; steps: CheckStep[]; said: string[] }> {
  const steps: CheckStep[] = []
  const timeouts = { ...MAIL_TIMEOUTS, connectMs: 2_000, greetingMs: 500, commandMs: 2_000 }
  const port = createMailPort({ clock, timeouts })
  const request = {
    access,
    mail: outgoing({ messageId: `<check-${++mails}@acme.test>`, to: [{ address: SALES, name: '' }] }),
    onStep: async (step: CheckStep) => {
      steps.push(step)
    },
    ...more,
  }
  const tools = { clock, timeouts, ...port, findWithinMs: 700, sentCopyWithinMs: 300, lookEveryMs: 50 }
  const findings = await checkMailbox(request, tools)
  return { findings, steps, said: steps.map(({ name, state }) => `${name} ${state}`) }
}

const smtpOf = (sink: { port: number }, changes: Partial<Endpoint> = {}): Endpoint => ({
  host: '127.0.0.1',
  port: sink.port,
  tls: 'none',
  user: SALES,
  password: 'secret',
  ...changes,
})

describe.runIf(hasDovecot)('the check of a mailbox', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot({ users: [SALES] })
  }, 30_000)
  afterAll(async () => dovecot.stop())

  const delivering = (change = (raw: string) => raw) => ({
    onMail: async (mail: { raw: string }) => dovecot.deliver(SALES, change(mail.raw)),
  })

  test('a healthy mailbox: every step done, its habits learned', async () => {
    const sink = await sinkWith(delivering())
    const { findings, said } = await check({ kind: 'server', smtp: smtpOf(sink), imap: dovecot.imap(SALES) })
    expect(said).toEqual([
      'smtp_connect done',
      'smtp_login done',
      'imap_connect done',
      'imap_login done',
      'imap_folders done',
      'smtp_send done',
      'test_mail_found done',
      'message_id_kept noted',
      'sent_copy_filed noted',
    ])
    expect(findings).toMatchObject({
      ok: true,
      keepsMessageId: true,
      filesSentCopy: false,
      acceptsOtherSender: null,
    })
    expect(findings.folders.map(({ role }) => role)).toEqual(['inbox', 'junk', 'sent'])
    expect(findings.cursors).toHaveLength(3)
  })

  test('a server that files a copy in Sent and replaces the Message-ID is seen through', async () => {
    const sink = await sinkWith({
      onMail: async ({ raw }) => {
        const renamed = raw.replace(/^Message-ID: .*$/im, 'Message-ID: <other@server.test>')
        await dovecot.deliver(SALES, renamed)
        await dovecot.deliver(SALES, renamed)
        await dovecot.admin('move', '-u', SALES, 'Sent', 'mailbox', 'INBOX', '1')
      },
    })
    await dovecot.admin('expunge', '-u', SALES, 'mailbox', 'INBOX', 'all')
    const { findings } = await check({ kind: 'server', smtp: smtpOf(sink), imap: dovecot.imap(SALES) })
    expect(findings).toMatchObject({
      ok: true,
      keepsMessageId: false,
      seenMessageId: '<other@server.test>',
      filesSentCopy: true,
    })
  })

  test('a test mail that does not arrive fails with the way out', async () => {
    const sink = await sinkWith()
    const { findings, steps } = await check({ kind: 'server', smtp: smtpOf(sink), imap: dovecot.imap(SALES) })
    expect(findings.ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ name: 'test_mail_found', state: 'failed' })
    expect(steps.at(-1)!.words).toContain('same account')
  })

  const relayReadBy = (imap: Endpoint) => ({
    access: { kind: 'server' as const, smtp: imap, imap },
    address: SALES,
  })

  test('the test mail of a relay is found in the mailbox that reads for it, also in Junk', async () => {
    const sink = await sinkWith({
      onMail: async ({ raw }) => {
        await dovecot.deliver(SALES, raw)
        await dovecot.admin('move', '-u', SALES, 'Junk', 'mailbox', 'INBOX', 'all')
      },
    })
    const access = { kind: 'server' as const, smtp: smtpOf(sink) }
    const { findings, steps, said } = await check(access, { reader: relayReadBy(dovecot.imap(SALES)) })
    expect(said).toEqual([
      'smtp_connect done',
      'smtp_login done',
      'imap_connect noted',
      'smtp_send done',
      'test_mail_found done',
      'message_id_kept noted',
    ])
    expect(steps[4]!.words).toBe(`Found the test mail in Junk of ${SALES}.`)
    expect(findings).toMatchObject({ ok: true, keepsMessageId: true, filesSentCopy: null, cursors: [] })
  })

  test('a relay whose mail does not arrive where it is read fails, and says which address leads elsewhere', async () => {
    const sink = await sinkWith()
    const access = { kind: 'server' as const, smtp: smtpOf(sink) }
    const { findings, steps } = await check(access, { reader: relayReadBy(dovecot.imap(SALES)) })
    expect(findings.ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ name: 'test_mail_found', state: 'failed' })
    expect(steps.at(-1)!.words).toMatch(
      /test mail to sales@acme\.test did not arrive in INBOX or Junk of sales@acme\.test.*Choose the mailbox/,
    )
  })

  test('a relay whose reading mailbox cannot be read is told so, and what that does', async () => {
    const sink = await sinkWith()
    const access = { kind: 'server' as const, smtp: smtpOf(sink) }
    const imap = { ...dovecot.imap(SALES), password: 'wrong' }
    const { findings, steps } = await check(access, { reader: relayReadBy(imap) })
    expect(findings.ok).toBe(true)
    expect(steps[2]!.words).toMatch(
      /read in sales@acme\.test.*cannot be read just now.*follow-ups wait.*IMAP/,
    )
  })

  test('a refused IMAP password is told apart from a refused SMTP one, and nothing is sent', async () => {
    const sink = await sinkWith(delivering())
    const imap = { ...dovecot.imap(SALES), password: 'wrong' }
    const { findings, steps } = await check({ kind: 'server', smtp: smtpOf(sink), imap })
    expect(findings.ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ name: 'imap_login', state: 'failed' })
    expect(steps.at(-1)!.words).toMatch(/IMAP.*app password/)
    expect(sink.mails).toEqual([])
  })

  test('another envelope sender is offered without sending anything to it', async () => {
    const sink = await sinkWith({
      ...delivering(),
      behave: ({ stage, value }) =>
        stage === 'mail' && value === 'alias@acme.test' ? { reply: '553 5.7.1 not yours' } : 'go',
    })
    const access = { kind: 'server' as const, smtp: smtpOf(sink), imap: dovecot.imap(SALES) }
    expect((await check(access, { otherSender: 'alias@acme.test' })).findings.acceptsOtherSender).toBe(false)
    expect((await check(access, { otherSender: 'second@acme.test' })).findings.acceptsOtherSender).toBe(true)
    expect(sink.mails.map(({ envelopeFrom }) => envelopeFrom)).toEqual([SALES, SALES])
  })
})

test('a relay that names no reader is checked by sending, and says that its replies need a mailbox', async () => {
  const sink = await sinkWith()
  const { findings, said } = await check({ kind: 'server', smtp: smtpOf(sink) })
  expect(said).toEqual(['smtp_connect done', 'smtp_login done', 'imap_connect noted', 'smtp_send done'])
  expect(findings).toMatchObject({ ok: true, keepsMessageId: null, filesSentCopy: null })
})

test('the TLS version is named', async () => {
  const sink = await sinkWith({ tls: { key: CERTIFICATE_KEY, cert: CERTIFICATE, mode: 'tls' } })
  const smtp = smtpOf(sink, { host: 'localhost', tls: 'tls', ca: CERTIFICATE })
  expect((await check({ kind: 'server', smtp })).steps[0]!.words).toMatch(/TLSv1\.3/)
})

const wrong: [string, Partial<Endpoint>, SinkOptions, string, RegExp][] = [
  ['a refused password', {}, { users: { [SALES]: 'other' } }, 'smtp_login', /535 5\.7\.8.*app password/],
  ['STARTTLS that is not offered', { tls: 'starttls' }, {}, 'smtp_connect', /STARTTLS/],
  [
    'TLS where the server speaks in the clear',
    { tls: 'tls' },
    {},
    'smtp_connect',
    /Choose STARTTLS|port 465/,
  ],
  [
    'a certificate for another name',
    { tls: 'tls', host: '127.0.0.2', ca: CERTIFICATE },
    { tls: { key: CERTIFICATE_KEY, cert: CERTIFICATE, mode: 'tls' }, host: '127.0.0.2' },
    'smtp_connect',
    /another name/,
  ],
  [
    'a certificate that nobody signed',
    { tls: 'tls', host: 'localhost' },
    { tls: { key: CERTIFICATE_KEY, cert: CERTIFICATE, mode: 'tls' } },
    'smtp_connect',
    /not signed by anyone/,
  ],
  [
    'a host that does not exist',
    { host: 'smtp.does-not-exist.invalid' },
    {},
    'smtp_connect',
    /no server named/,
  ],
  [
    'a server that is not SMTP',
    {},
    { behave: () => ({ reply: '* OK IMAP4rev1 ready' }) },
    'smtp_connect',
    /does not speak SMTP/,
  ],
  ['a server that says nothing', {}, { behave: () => 'hang' }, 'smtp_connect', /did not answer in time/],
  [
    'a sender address that is not allowed',
    {},
    { behave: ({ stage }) => (stage === 'mail' ? { reply: '553 5.7.1 not owned' } : 'go') },
    'smtp_send',
    /does not let sales@acme\.test send/,
  ],
]

test.each(wrong)('%s is said in words', async (_, endpoint, options, step, words) => {
  const sink = await sinkWith(options)
  const { findings, steps } = await check({ kind: 'server', smtp: smtpOf(sink, endpoint) })
  expect(findings.ok).toBe(false)
  expect(steps.at(-1)).toMatchObject({ name: step, state: 'failed', words: expect.stringMatching(words) })
})

test('a closed port is said in words', async () => {
  const sink = await startSmtpSink()
  const { port } = sink
  await sink.close()
  const { steps } = await check({ kind: 'server', smtp: smtpOf({ port }) })
  expect(steps.at(-1)).toMatchObject({ state: 'failed', words: expect.stringMatching(/Nothing listens/) })
})
