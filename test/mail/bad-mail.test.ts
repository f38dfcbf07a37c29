/** Mail that is broken, huge, forged or not meant for us: it is classified without throwing, and the evidence says why. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classFor } from '../../src/core/bounce.ts'
import { classify, matchKeys } from '../../src/core/inbound.ts'
import type { ParsedMail } from '../../src/core/parsed-mail.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

const CONTEXT = {
  now: Date.UTC(2027, 2, 2, 9),
  mailboxAddresses: ['sales@acme.test'],
  folderRole: 'inbox',
} as const

async function read(raw: string | Uint8Array) {
  const parsed = await parseMail(Buffer.from(raw as string))
  const reading = classify(parsed, CONTEXT)
  return { ...reading, keys: matchKeys(reading, parsed), truncated: parsed.truncated }
}

const DSN = {
  From: 'MAILER-DAEMON@mx.acme.test',
  Subject: 'Undelivered Mail Returned to Sender',
  'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
}
const dsnBody = (address: string, returned: string) =>
  `--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.test\n\nFinal-Recipient: rfc822; ${address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n\n--b\nContent-Type: text/rfc822-headers\n\n${returned}\n\n--b--`

describe('broken mail', () => {
  test('an empty mail is other', async () => {
    expect((await read('')).kind).toBe('other')
    expect((await read('\r\n\r\n')).kind).toBe('other')
  })

  test('of 50 MB in one line the words at the beginning count', async () => {
    const raw = Buffer.concat([
      Buffer.from(mail({ 'In-Reply-To': '<m1@acme.test>' }, 'Please remove me from your list.')),
      Buffer.alloc(50_000_000, 'x'),
    ])
    expect((await read(raw)).kind).toBe('opt_out')
  }, 60_000)

  test('of 50 MB of line breaks only the first lines are read, and it says so', async () => {
    const raw = Buffer.concat([
      Buffer.from(mail({ 'In-Reply-To': '<m1@acme.test>' }, 'Yes please.')),
      Buffer.alloc(50_000_000, '\n'),
    ])
    expect(await read(raw)).toMatchObject({ kind: 'reply', ownWords: 'Yes please.', truncated: true })
  }, 60_000)

  test('deeply nested MIME still says what it is', async () => {
    const deep = Array.from(
      { length: 200 },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
    ).join('')
    const raw = `From: Bob <bob@client.test>\r\nSubject: Re: Hello\r\nIn-Reply-To: <m1@acme.test>\r\n${deep}Content-Type: text/plain\r\n\r\nYes\r\n`
    expect((await read(raw)).kind).toBe('reply')
  })

  test.each([
    [
      'latin1 called utf-8',
      Buffer.from('Bitte löschen Sie mich aus dem Verteiler, danke. Grüße', 'latin1'),
      'text/plain; charset=utf-8',
    ],
    ['an unknown charset', Buffer.from('Yes please'), 'text/plain; charset=klingon'],
    [
      'base64 that is none',
      Buffer.from('%%% not base64 at all %%%'),
      'text/plain\r\nContent-Transfer-Encoding: base64',
    ],
    [
      'quoted-printable cut in half',
      Buffer.from('Yes=20please=E'),
      'text/plain\r\nContent-Transfer-Encoding: quoted-printable',
    ],
    ['zeros', Buffer.alloc(1_000), 'text/plain'],
    ['half a surrogate', Buffer.from([0x00, 0xd8, 0x41, 0x00]), 'text/plain; charset=utf-16le'],
  ])('wrongly encoded, %s: somebody answered', async (_, body, type) => {
    const head = `From: Bob <bob@client.test>\r\nSubject: Re: Hello\r\nIn-Reply-To: <m1@acme.test>\r\nContent-Type: ${type}\r\n\r\n`
    const { kind } = await read(Buffer.concat([Buffer.from(head), body]))
    expect(['reply', 'opt_out']).toContain(kind)
  })

  test('words made to keep the rules busy are read within seconds', async () => {
    const pieces = [
      '\n',
      ': \n',
      'a@',
      '> ',
      'content ',
      'не ',
      'wrote:\n',
      'From: a\n',
      '550 5.1.1 ',
      'in ',
      '09:00 :\n',
      "i'm ",
      'over quota ',
      'contact Aa ',
      'ATTENDEE;',
    ]
    for (const piece of pieces)
      for (const from of ['MAILER-DAEMON@mx.test', 'bob@client.test']) {
        const body = piece.repeat(Math.ceil(200_000 / piece.length))
        const parsed = await parseMail(
          Buffer.from(mail({ From: from, 'In-Reply-To': '<m1@acme.test>' }, body)),
        )
        const started = performance.now()
        classify(parsed, CONTEXT)
        // A hundred times what it takes: quadratic time would be minutes.
        expect(performance.now() - started, JSON.stringify(piece)).toBeLessThan(5_000)
      }
  }, 120_000)
})

describe('forged mail', () => {
  test("a stranger's bounce of our contact is read, but quotes nothing of ours: the evidence says so and there is no id to match", async () => {
    const reading = await read(
      mail(
        { From: 'MAILER-DAEMON@evil.test', Subject: 'Undelivered Mail Returned to Sender' },
        '<bob@client.test>: host mx.client.test said: 550 5.1.1 <bob@client.test>: User unknown (in reply to RCPT TO command)',
      ),
    )
    expect(reading).toMatchObject({ kind: 'bounce', keys: { messageIds: [], failed: ['bob@client.test'] } })
    expect(reading.evidence).toContainEqual({
      name: 'no mail of ours',
      value: 'it quotes no Message-ID',
      score: 0,
    })
    expect(reading.evidence).toContainEqual({ name: 'from', value: 'MAILER-DAEMON@evil.test', score: 0.8 })
  })

  test('a bounce that came back quotes the id, and the evidence holds it with what the server said', async () => {
    const reading = await read(
      mail(DSN, dsnBody('bob@client.test', 'Message-ID: <m1@acme.test>\nTo: bob@client.test')),
    )
    expect(reading.evidence.map(({ name, value }) => [name, value])).toEqual([
      ['bounce', 'dsn'],
      ['from', 'MAILER-DAEMON@mx.acme.test'],
      ['returned mail', '<m1@acme.test>'],
      ['said of bob@client.test', 'smtp; 550 5.1.1 User unknown'],
    ])
  })

  test('hard only if the failing recipient is the address we wrote to: of another the evidence says that the mail was not for it', async () => {
    const reading = await read(
      mail(DSN, dsnBody('eve@elsewhere.test', 'Message-ID: <m1@acme.test>\nTo: bob@client.test')),
    )
    expect(classFor(reading.bounce!, 'bob@client.test')).toMatchObject({
      class: 'soft',
      address: 'eve@elsewhere.test',
    })
    expect(reading.evidence).toContainEqual({
      name: 'not who the mail was for',
      value: 'eve@elsewhere.test',
      score: 0,
    })
  })

  test('a bounce of a mailing list is about its member, and soft for the list we wrote to', async () => {
    const reading = await read(
      mail(
        { ...DSN, 'List-Id': '<team.lists.client.test>', Precedence: 'list' },
        dsnBody(
          'member@elsewhere.test',
          'Message-ID: <m1@acme.test>\nTo: team@lists.client.test\nList-Id: <team.lists.client.test>',
        ),
      ),
    )
    expect(reading.kind).toBe('bounce')
    expect(classFor(reading.bounce!, 'team@lists.client.test')?.class).toBe('soft')
  })

  test('a reply whose sender the receiving server could not prove says so; what the mail itself claims does not count', async () => {
    const answer = { 'In-Reply-To': '<m1@acme.test>' }
    const forged = await read(
      mail({
        'Authentication-Results': 'mx.acme.test; spf=fail; dmarc=fail (p=none) header.from=client.test',
        ...answer,
      }),
    )
    expect(forged.kind).toBe('reply')
    expect(forged.senderDoubt).toEqual({ name: 'sender not proved', value: 'dmarc=fail', score: 0 })
    expect(forged.evidence).toContainEqual(forged.senderDoubt)
    const passed = `Authentication-Results: mx.acme.test; dmarc=pass\r\nAuthentication-Results: evil.test; dmarc=fail\r\n${mail(answer)}`
    expect((await read(passed)).senderDoubt).toBeNull()
  })

  test('a reply from an alias is a reply, found by the mail it answers', async () => {
    const reading = await read(
      mail({ From: 'Robert <robert.b@client-group.test>', 'In-Reply-To': '<m1@acme.test>' }, 'Yes.'),
    )
    expect(reading).toMatchObject({
      kind: 'reply',
      keys: { messageIds: [{ id: '<m1@acme.test>', evidence: 'In-Reply-To' }] },
    })
  })
})

describe('whatever arrives', () => {
  const line = fc.oneof(
    fc.string({ maxLength: 80, unit: 'binary' }),
    fc.constantFrom(
      'Final-Recipient: rfc822; bob@client.test',
      'Action: failed',
      'Status: 5.1.1',
      '--b',
      '--b--',
      '',
      '> unsubscribe',
      'On Tue, 2 Mar 2027 at 09:00, Ann <a@b.test> wrote:',
      'BEGIN:VCALENDAR',
      'METHOD:REPLY',
      'ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@client.test',
      'Content-Type: message/delivery-status',
      'Content-Type: message/rfc822',
      '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[null]}}',
    ),
  )
  const name = fc.constantFrom(
    'From',
    'To',
    'Subject',
    'Return-Path',
    'In-Reply-To',
    'References',
    'Content-Type',
    'Date',
    'Auto-Submitted',
    'Authentication-Results',
    'Content-Language',
    'Precedence',
    'constructor',
    '__proto__',
  )
  const value = fc.oneof(
    line,
    fc.constantFrom(
      'MAILER-DAEMON@mx.test',
      'notify@sns.amazonaws.com',
      'multipart/report; report-type=delivery-status; boundary=b',
      'multipart/mixed; boundary=b',
      '<>',
      'Re: Hello',
      '=?utf-8?B?////?=',
    ),
  )

  test('raw bytes of any kind are classified without throwing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, value), { maxLength: 12 }),
        fc.array(line, { maxLength: 30 }),
        async (headers, lines) => {
          const raw = `${headers.map(([key, said]) => `${key}: ${said}`).join('\r\n')}\r\n\r\n${lines.join('\r\n')}`
          const reading = await read(raw)
          expect(reading.confidence).toBeGreaterThanOrEqual(0)
          expect(reading.bounce?.recipients.every(({ words }) => words.length <= 500) ?? true).toBe(true)
        },
      ),
      { numRuns: 400 },
    )
  }, 60_000)

  test('any parsed mail is classified without throwing, and no hard bounce comes from a person', () => {
    const address = fc.record({
      address: fc.oneof(fc.string({ maxLength: 30 }), fc.constant('bob@client.test')),
      name: fc.string({ maxLength: 20 }),
    })
    const text = fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n'))
    const part = fc.record({
      contentType: fc.constantFrom(
        'text/plain',
        'message/delivery-status',
        'message/rfc822',
        'message/feedback-report',
        'text/calendar',
        'image/png',
      ),
      text: fc.option(text),
      filename: fc.option(fc.string({ maxLength: 12 })),
    })
    const headers = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((all) => {
      const map: Record<string, string[]> = Object.create(null)
      for (const [key, said] of all) map[key.toLowerCase()] = [said]
      return map
    })
    const mails: fc.Arbitrary<ParsedMail> = fc.record({
      headers,
      contentType: fc.constantFrom('text/plain', 'multipart/report', 'multipart/mixed', 'text/calendar'),
      reportType: fc.constantFrom(null, 'delivery-status', 'feedback-report', 'disposition-notification'),
      from: fc.option(address),
      replyTo: fc.array(address, { maxLength: 2 }),
      to: fc.array(address, { maxLength: 3 }),
      cc: fc.array(address, { maxLength: 3 }),
      returnPath: fc.option(fc.string({ maxLength: 20 })),
      subject: value,
      messageId: fc.option(fc.string({ maxLength: 20 })),
      inReplyTo: fc.option(fc.string({ maxLength: 20 })),
      references: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
      date: fc.option(fc.integer()),
      text,
      html: fc.option(text),
      parts: fc.array(part, { maxLength: 4 }),
      returned: fc.option(headers),
      truncated: fc.boolean(),
    })
    fc.assert(
      fc.property(mails, fc.constantFrom('inbox', 'sent', 'all', 'junk', 'picked'), (one, folderRole) => {
        const reading = classify(one, { ...CONTEXT, folderRole })
        matchKeys(reading, one)
        const isPerson =
          one.from?.address === 'bob@client.test' &&
          one.contentType !== 'multipart/report' &&
          one.returnPath !== '' &&
          !/mail|post/i.test(one.from.name)
        if (isPerson) expect(reading.kind).not.toBe('bounce')
      }),
      { numRuns: 1_000 },
    )
  }, 60_000)
})
