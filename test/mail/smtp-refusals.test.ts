import { expect, test } from 'vitest'
import { outgoing } from '../support/outgoing.ts'
import { only, senderTo, sinkWith, yes } from '../support/sending.ts'

test('a refused password is unauthenticated', async () => {
  const sink = await sinkWith({ users: { 'sales@acme.test': 'other' } })
  expect(await senderTo(sink).send(outgoing(), yes)).toEqual({
    kind: 'unauthenticated',
    reply: '535 5.7.8 Error: authentication failed',
  })
})

test('a login that the server cannot check now is unreachable, not unauthenticated', async () => {
  const sink = await sinkWith({
    behave: only('auth', { reply: '454 4.7.0 Temporary authentication failure' }),
  })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({
    kind: 'unreachable',
    cause: 'login_later',
  })
})

test('a sender that the server refuses is rejected at mail, about nobody', async () => {
  const sink = await sinkWith({ behave: only('mail', { reply: '553 5.7.1 not owned by user' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toEqual({
    kind: 'rejected',
    reply: '553 5.7.1 not owned by user',
    code: 553,
    enhanced: '5.7.1',
    stage: 'mail',
    recipients: [],
  })
})

test('an unknown recipient is rejected by name', async () => {
  const sink = await sinkWith({ behave: only('rcpt', { reply: '550 5.1.1 no such user' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toEqual({
    kind: 'rejected',
    reply: '550 5.1.1 no such user',
    code: 550,
    enhanced: '5.1.1',
    stage: 'rcpt',
    recipients: ['bob@client.test'],
  })
})

test('a greylisted recipient is deferred, and the connection goes on', async () => {
  const sink = await sinkWith({
    behave: (event) =>
      event.stage === 'rcpt' && event.mail === 1 && sink.commands.length < 6
        ? { reply: '450 4.2.0 greylisted' }
        : 'go',
  })
  const sender = senderTo(sink)
  expect(await sender.send(outgoing(), yes)).toMatchObject({ kind: 'deferred', code: 450, stage: 'rcpt' })
  expect((await sender.send(outgoing(), yes)).kind).toBe('accepted')
  expect(sink.sessions).toBe(1)
})

test('one refused recipient of three in To ends it before DATA, and nobody gets it', async () => {
  const sink = await sinkWith({ behave: only('rcpt', { reply: '550 5.1.1 no such user' }, 'b@client.test') })
  const to = ['a', 'b', 'c'].map((name) => ({ address: `${name}@client.test`, name }))
  let marks = 0
  const outcome = await senderTo(sink).send(outgoing({ to }), async () => {
    marks++
    return true
  })
  expect(outcome).toMatchObject({ kind: 'rejected', stage: 'rcpt', recipients: ['b@client.test'] })
  expect(sink.commands).not.toContain('DATA')
  expect(sink.commands.at(-1)).toBe('RSET')
  expect(marks).toBe(0)
  expect(sink.mails).toEqual([])
})

test('of a deferred and a rejected recipient the rejected one decides', async () => {
  const sink = await sinkWith({
    behave: (event) =>
      event.stage !== 'rcpt'
        ? 'go'
        : { reply: event.value === 'a@client.test' ? '450 4.2.0 later' : '550 5.1.1 never' },
  })
  const to = ['a', 'b'].map((name) => ({ address: `${name}@client.test`, name }))
  expect(await senderTo(sink).send(outgoing({ to }), yes)).toMatchObject({
    kind: 'rejected',
    recipients: ['b@client.test'],
  })
})

test('a refused copy does not keep the mail from its reader, and is named', async () => {
  const sink = await sinkWith({
    behave: only('rcpt', { reply: '550 5.1.1 no such user' }, 'boss@client.test'),
  })
  const cc = [{ address: 'boss@client.test', name: '' }]
  expect(await senderTo(sink).send(outgoing({ cc }), yes)).toMatchObject({
    kind: 'accepted',
    refusedCopies: ['boss@client.test'],
  })
  expect(sink.mails[0]?.recipients).toEqual(['bob@client.test'])
})

test('a refusal of DATA is rejected at data', async () => {
  const sink = await sinkWith({ behave: only('data', { reply: '554 5.7.1 policy' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({
    kind: 'rejected',
    stage: 'data',
    code: 554,
  })
})

test('a refusal after the dot is rejected or deferred by its code, and the connection goes on', async () => {
  const replies = ['554 5.7.1 spam', '451 4.3.0 try later']
  const sink = await sinkWith({
    behave: (event) => (event.stage === 'final' ? { reply: replies[event.mail - 1] ?? '250 ok' } : 'go'),
  })
  const sender = senderTo(sink)
  expect(await sender.send(outgoing(), yes)).toMatchObject({ kind: 'rejected', stage: 'final', code: 554 })
  expect(await sender.send(outgoing(), yes)).toMatchObject({ kind: 'deferred', stage: 'final', code: 451 })
  expect(sink.sessions).toBe(1)
})

test('a server that closes with 421 after the dot has deferred the mail', async () => {
  const sink = await sinkWith({ behave: only('final', { reply: '421 4.3.2 shutting down' }) })
  expect(await senderTo(sink).send(outgoing(), yes)).toMatchObject({ kind: 'deferred', code: 421 })
})

test('a mail larger than the server takes is rejected without a byte of it', async () => {
  const sink = await sinkWith({ extensions: ['SIZE 500'] })
  expect(await senderTo(sink).send(outgoing({ text: 'x '.repeat(5_000) }), yes)).toMatchObject({
    kind: 'rejected',
    code: 552,
  })
  expect(sink.commands.filter((line) => line.startsWith('MAIL'))).toEqual([])
})
