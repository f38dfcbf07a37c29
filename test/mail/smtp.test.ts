import { expect, test } from 'vitest'
import { CERTIFICATE, CERTIFICATE_KEY } from '../support/certificate.ts'
import { outgoing } from '../support/outgoing.ts'
import { only, QUICK, senderTo, sinkWith, yes } from '../support/sending.ts'
import { startSmtpSink } from '../support/smtp-sink.ts'

test('a mail that the server takes is accepted with its reply and queue id', async () => {
  const sink = await sinkWith()
  const outcome = await senderTo(sink).send(outgoing(), yes)
  expect(outcome).toEqual({
    kind: 'accepted',
    reply: '250 2.0.0 Ok: queued as S1',
    queueId: 'S1',
    refusedCopies: [],
  })
  expect(sink.mails).toHaveLength(1)
  expect(sink.mails[0]).toMatchObject({
    envelopeFrom: 'sales@acme.test',
    recipients: ['bob@client.test'],
    messageId: '<m1@acme.test>',
    user: 'sales@acme.test',
  })
})

test('the mark is asked only after the server has answered DATA', async () => {
  const sink = await sinkWith()
  let seen: string[] = []
  await senderTo(sink).send(outgoing(), async () => {
    seen = [...sink.commands]
    return true
  })
  expect(seen.at(-1)).toBe('DATA')
})

test('a refused mark sends no dot, and the next mail uses a new connection', async () => {
  const sink = await sinkWith()
  const sender = senderTo(sink)
  expect(await sender.send(outgoing(), () => Promise.resolve(false))).toEqual({ kind: 'refused_mark' })
  expect(sink.mails).toEqual([])
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  expect(sink.mails).toHaveLength(1)
  expect(sink.sessions).toBe(2)
})

test('a mark that fails sends no dot and its error is handed over', async () => {
  const sink = await sinkWith()
  const error = new Error('database gone')
  const outcome = await senderTo(sink).send(outgoing(), () => Promise.reject(error))
  expect(outcome).toEqual({ kind: 'refused_mark', error })
  expect(sink.mails).toEqual([])
})

test('an outcome is known only when the asked mark has answered, even if the connection broke meanwhile', async () => {
  const sink = await sinkWith()
  const { promise: marked, resolve: answerMark } = Promise.withResolvers<boolean>()
  let settled = false
  const sending = senderTo(sink, {}, QUICK)
    .send(outgoing(), () => marked)
    .finally(() => {
      settled = true
    })
  await sink.until(() => sink.commands.at(-1) === 'DATA' && sink.open === 0)
  await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toBe(false)
  answerMark(true)
  expect(await sending).toMatchObject({ kind: 'unreachable', cause: 'timeout' })
  expect(sink.mails).toEqual([])
})

test('mails of one mailbox share a connection', async () => {
  const sink = await sinkWith()
  const sender = senderTo(sink)
  for (const n of [1, 2, 3]) await sender.send(outgoing({ messageId: `<m${n}@acme.test>` }), yes)
  expect(sink.mails.map((mail) => mail.messageId)).toEqual([
    '<m1@acme.test>',
    '<m2@acme.test>',
    '<m3@acme.test>',
  ])
  expect(sink.sessions).toBe(1)
})

test('many mails at once use no more than two connections', async () => {
  const sink = await sinkWith()
  const sender = senderTo(sink)
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => sender.send(outgoing({ messageId: `<m${n}@acme.test>` }), yes)),
  )
  expect(sink.mails).toHaveLength(12)
  expect(sink.sessions).toBe(2)
})

test('a session that the server ended between two mails is replaced without asking the mark twice', async () => {
  const sink = await sinkWith({
    behave: (event) => (event.session === 1 && event.mail === 2 && event.stage === 'mail' ? 'drop' : 'go'),
  })
  const sender = senderTo(sink)
  let marks = 0
  const mark = async () => {
    marks++
    return true
  }
  await sender.send(outgoing(), mark)
  expect((await sender.send(outgoing({ messageId: '<m2@acme.test>' }), mark)).kind).toBe('accepted')
  expect(marks).toBe(2)
  expect(sink.mails).toHaveLength(2)
})

for (const stage of ['banner', 'ehlo', 'auth', 'mail', 'rcpt', 'data'] as const) {
  test(`a connection cut at ${stage} is unreachable: nothing was delivered, no mark was asked`, async () => {
    const sink = await sinkWith({ behave: only(stage, 'drop') })
    let marks = 0
    const outcome = await senderTo(sink).send(outgoing(), async () => {
      marks++
      return true
    })
    expect(outcome).toMatchObject({ kind: 'unreachable' })
    expect(marks).toBe(0)
    expect(sink.mails).toEqual([])
  })

  test(`a server that hangs at ${stage} is unreachable after the limit`, async () => {
    const sink = await sinkWith({ behave: only(stage, 'hang') })
    const outcome = await senderTo(sink, {}, QUICK).send(outgoing(), yes)
    expect(outcome).toMatchObject({ kind: 'unreachable', cause: 'timeout' })
    expect(sink.mails).toEqual([])
  })
}

test('a connection cut in the middle of the body is unreachable: the dot was never sent', async () => {
  const sink = await sinkWith({ behave: only('body', 'drop') })
  const outcome = await senderTo(sink).send(outgoing({ text: 'long line of text\n'.repeat(1_000_000) }), yes)
  expect(outcome).toMatchObject({ kind: 'unreachable' })
  expect(sink.mails).toEqual([])
})

test('a connection cut after the final dot is unknown', async () => {
  const sink = await sinkWith({ behave: only('final', 'drop') })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({ kind: 'unknown' })
  expect(sink.mails).toHaveLength(1)
})

test('a server that is silent after the final dot is unknown after the limit', async () => {
  const sink = await sinkWith({ behave: only('final', 'hang') })
  expect(await senderTo(sink, {}, QUICK).send(outgoing(), yes)).toMatchObject({ kind: 'unknown' })
})

test('nonsense after the final dot is unknown', async () => {
  const sink = await sinkWith({ behave: only('final', { reply: 'banana' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({ kind: 'unknown' })
})

test('half a refusal before a cut after the dot is unknown, not a refusal', async () => {
  const sink = await sinkWith({ behave: only('final', 'hang') })
  const sending = senderTo(sink).send(outgoing(), yes)
  await sink.until(() => sink.mails.length === 1)
  sink.writeAndDrop('550 5.1.1 no su')
  expect(await sending).toMatchObject({ kind: 'unknown' })
})

test('a banner of nonsense is unreachable with its words', async () => {
  const sink = await sinkWith({ behave: only('banner', { reply: 'HTTP/1.1 400 Bad Request' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({
    kind: 'unreachable',
    cause: 'greeting',
    detail: expect.stringContaining('HTTP/1.1 400'),
  })
})

test('a closed port is unreachable and refused', async () => {
  const sink = await startSmtpSink()
  const { port } = sink
  await sink.close()
  expect(await senderTo({ port }).send(outgoing(), yes)).toMatchObject({
    kind: 'unreachable',
    cause: 'refused',
    stage: 'connect',
  })
})

test('a host that does not exist is unreachable by DNS', async () => {
  const sender = senderTo({ port: 25 }, { host: 'smtp.does-not-exist.invalid' })
  expect(await sender.send(outgoing(), yes)).toMatchObject({ kind: 'unreachable', cause: 'dns' })
})

test('STARTTLS encrypts before the login', async () => {
  const tls = { key: CERTIFICATE_KEY, cert: CERTIFICATE, mode: 'starttls' as const }
  const sink = await sinkWith({ tls })
  const sender = senderTo(sink, { tls: 'starttls', host: 'localhost', ca: CERTIFICATE })
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  expect(sink.commands.indexOf('STARTTLS')).toBeLessThan(sink.commands.indexOf('AUTH PLAIN'))
})

test('a server without STARTTLS is not written to in the clear when encryption is asked for', async () => {
  const sink = await sinkWith()
  const outcome = await senderTo(sink, { tls: 'starttls' }).send(outgoing(), yes)
  expect(outcome).toMatchObject({ kind: 'unreachable', cause: 'tls' })
  expect(sink.commands.some((line) => line.startsWith('AUTH'))).toBe(false)
})

test('a certificate that nobody trusts is refused', async () => {
  const sink = await sinkWith({ tls: { key: CERTIFICATE_KEY, cert: CERTIFICATE, mode: 'tls' } })
  const outcome = await senderTo(sink, { tls: 'tls', host: 'localhost' }).send(outgoing(), yes)
  expect(outcome).toMatchObject({ kind: 'unreachable', cause: 'tls' })
})

test('the id that Microsoft 365 puts in place of ours is reported', async () => {
  const id = '<AS8PR01MB1234@AS8PR01MB1234.eurprd01.prod.outlook.com>'
  const sink = await sinkWith({ accepted: () => `250 2.0.0 OK ${id} [Hostname=AS8PR01MB1234]` })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({ kind: 'accepted', serverMessageId: id })
})

test('closing a sender waits for the mail on its way and ends the sessions', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  const sink = await sinkWith({ behave: only('final', { after: held }) })
  const sender = senderTo(sink)
  const sending = sender.send(outgoing(), yes)
  await sink.until(() => sink.mails.length === 1)
  const closing = sender.close()
  letGo()
  expect((await sending).kind).toBe('accepted')
  await closing
  await sink.until(() => sink.commands.at(-1) === 'QUIT')
})
