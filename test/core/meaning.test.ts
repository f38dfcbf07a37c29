/** What an answer means beyond its kind: meetings, departures, referrals, fixed phrases. */
import { describe, expect, test } from 'vitest'
import { classify } from '../../src/core/inbound.ts'
import { leftCompanyIn, referralIn } from '../../src/core/left-company.ts'
import { replyClassIn } from '../../src/core/reply-phrases.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { mail } from '../support/mails.ts'

async function read(headers: Record<string, string>, body: string) {
  const context = {
    now: Date.UTC(2027, 2, 2, 9),
    mailboxAddresses: ['sales@acme.test'],
    folderRole: 'inbox',
  } as const
  return classify(await parseMail(Buffer.from(mail(headers, body))), context)
}
const THREAD = { 'In-Reply-To': '<m1@acme.test>' }

describe('meetings', () => {
  const calendar = (method: string, attendees: string, type = `text/calendar; method=${method}`) =>
    read(
      { Subject: 'Accepted: Call', 'Content-Type': 'multipart/alternative; boundary=b' },
      `--b
Content-Type: text/plain

Bob has answered.
--b
Content-Type: ${type}

BEGIN:VCALENDAR
METHOD:${method}
BEGIN:VEVENT
SUMMARY:Call with Ann
ORGANIZER;CN="Acme: Sales":mailto:sales@acme.test
${attendees}
END:VEVENT
END:VCALENDAR
--b--`,
    )

  test('an acceptance by a calendar is an answer of the person, with who takes part', async () => {
    const reading = await calendar(
      'REPLY',
      'ATTENDEE;CN="Bob: the boss";PARTSTAT=ACCEPTED:mailto:Bob@client.test',
    )
    expect(reading.kind).toBe('reply')
    expect(reading.calendar).toEqual({
      method: 'reply',
      partstat: 'accepted',
      attendees: ['bob@client.test'],
      organizer: 'sales@acme.test',
      summary: 'Call with Ann',
    })
    expect(reading.evidence[0]).toMatchObject({ name: 'calendar', value: 'reply accepted' })
    expect(reading.replyClass?.class).toBe('willing_to_meet')
  })

  test('a refusal is an answer too, but nobody is willing to meet', async () => {
    const reading = await calendar('REPLY', 'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@client.test')
    expect(reading).toMatchObject({ kind: 'reply', calendar: { method: 'reply', partstat: 'declined' } })
    expect(reading.replyClass).toBeNull()
  })

  test('an invitation is a request, whose attendees are read across folded lines', async () => {
    const reading = await calendar(
      'REQUEST',
      'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Ann\n  Acme:mailto:sales@acme.test\nATTENDEE:mailto:bob@client.test',
    )
    expect(reading.calendar).toMatchObject({
      method: 'request',
      partstat: null,
      attendees: ['sales@acme.test', 'bob@client.test'],
    })
  })

  test('a calendar file with another type is read as well; a text about calendars is none', async () => {
    const file = await calendar(
      'REPLY',
      'ATTENDEE;PARTSTAT=TENTATIVE:mailto:bob@client.test',
      'application/ics; name="invite.ics"',
    )
    expect(file.calendar).toMatchObject({ method: 'reply', partstat: 'tentative' })
    expect((await read(THREAD, 'Put METHOD:REPLY into the calendar')).calendar).toBeNull()
  })
})

describe('who has left the company', () => {
  test.each([
    'Bob no longer works here.',
    'I have left the company.',
    'Bob is no longer with Acme.',
    'Bob has retired in May.',
    'Herr Bauer ist nicht mehr bei uns tätig.',
    'Frau Klein hat das Unternehmen verlassen.',
    'Madame Petit ne travaille plus chez nous.',
    "Il a quitté l'entreprise en mai.",
    'Bob ya no trabaja aquí.',
    'Ha dejado la empresa.',
    'Non lavora più qui.',
    "Ha lasciato l'azienda.",
    'O Bob não trabalha mais aqui.',
    'Bob werkt niet meer bij ons.',
    'Bob arbetar inte längre här.',
    'Bob jobber ikke lenger her.',
    'Bob nie pracuje już u nas.',
    'Bob už u nás nepracuje.',
    'Борис больше не работает в компании.',
    'Bob artık burada çalışmıyor.',
    '山田は退職いたしました。',
    '他已离职。',
  ])('%s', (words) => {
    expect(leftCompanyIn(`Hello,\n${words}\nRegards`)).toEqual({ words })
  })

  test.each([
    'I left the office early, call me tomorrow.',
    'We are not working with agencies.',
    'It does not work for us.',
    'This feature is no longer at the top of our list.',
    'Ich bin nicht mehr im Urlaub.',
    'Das funktioniert bei uns nicht mehr.',
    'Cela ne marche plus.',
    'Ya no es necesario.',
  ])('%s: nobody has', (words) => {
    expect(leftCompanyIn(words)).toBeNull()
  })

  test('an automatic note of somebody who is gone says so, with the one to write to', async () => {
    const reading = await read(
      { 'Auto-Submitted': 'auto-replied', Subject: 'Automatic reply: Hello' },
      'Thank you for your message. I have left the company. Please contact Anna Bell (anna.bell@client.test) instead.',
    )
    expect(reading.leftCompany?.words).toBe('I have left the company.')
    expect(reading.referral).toMatchObject({ name: 'Anna Bell', address: 'anna.bell@client.test' })
    expect(reading.replyClass?.class).toBe('already_left_company_or_not_right_person')
  })
})

describe('whom to write to instead', () => {
  const not = ['bob@client.test', 'sales@acme.test']
  test.each([
    ['Please contact Anna Bell at anna@client.test.', 'Anna Bell', 'anna@client.test'],
    ['You should talk to our colleague Jörg van der Berg about this.', 'Jörg van der Berg', null],
    [
      'Wenden Sie sich bitte an Frau Dr. Ute Klein, ute.klein@client.test',
      'Ute Klein',
      'ute.klein@client.test',
    ],
    ['Merci de contacter Marie Petit : marie@client.test', 'Marie Petit', 'marie@client.test'],
    ['Póngase en contacto con Ana Ruiz (ana@client.test).', 'Ana Ruiz', 'ana@client.test'],
    ['Neem contact op met Jan de Vries.', 'Jan de Vries', null],
    ['Please write to office@client.test', null, 'office@client.test'],
  ])('%s', (words, name, address) => {
    expect(referralIn(words, not)).toMatchObject({ name, address })
  })

  test.each([
    'Please contact me at bob@client.test.',
    'Contact us on Monday.',
    'I will talk to Anna and come back to you.',
    'Try again next week.',
    'Write to sales@acme.test? That is you.',
  ])('%s: nobody is named', (words) => {
    expect(referralIn(words, not)).toBeNull()
  })
})

describe('reply_class is set by fixed phrases with evidence, else null', () => {
  const classOf = (words: string) =>
    replyClassIn({
      kind: 'reply',
      words,
      calendar: null,
      leftCompany: leftCompanyIn(words),
      referral: referralIn(words, []),
    })
  test.each([
    ['Not interested, thanks.', 'not_interested'],
    ['No thanks', 'not_interested'],
    ['Kein Interesse.', 'not_interested'],
    ['Pas intéressé, merci.', 'not_interested'],
    ['No nos interesa.', 'not_interested'],
    ["Happy to chat, let's talk next week.", 'willing_to_meet'],
    ['Tuesday at ten works for me.', 'willing_to_meet'],
    ['Dienstag um zehn passt mir.', 'willing_to_meet'],
    ["I'm not the right person for this.", 'already_left_company_or_not_right_person'],
    ['Bob no longer works here.', 'already_left_company_or_not_right_person'],
    ['Please contact Anna Bell at anna@client.test.', 'person_referral'],
    ['What does it cost for forty people?', 'follow_up_question'],
  ])('%s is %s', (words, cls) => {
    const found = classOf(words)
    expect(found?.class).toBe(cls)
    expect(found?.evidence.value.length).toBeGreaterThan(3)
    expect(words).toContain(found!.evidence.value)
  })

  test.each([
    'Thanks.',
    'We are not interested in the demo yet, but let us talk about prices on Friday.',
    'Our team is happy.',
    'Tuesday does not work, sorry.',
    'Nothing here works for me, sadly.',
  ])('%s is left to people', (words) => {
    expect(classOf(words)).toBeNull()
  })

  test('an opt-out and an absence have their class by their kind, a bounce has none', () => {
    const of = (kind: string) =>
      replyClassIn({ kind, words: 'No thanks', calendar: null, leftCompany: null, referral: null })
    expect([of('opt_out')?.class, of('out_of_office')?.class, of('bounce')]).toEqual([
      'unsubscribe',
      'out_of_office',
      null,
    ])
  })
})

test.each([
  'Tuesday no longer works for me, can we do Wednesday?',
  'The link no longer works.',
  'We no longer work with agencies.',
  'We have left Salesforce last year.',
  'Our former employee bought it.',
  'Isso não faz mais sentido.',
])('nobody has left the company in "%s"', (words) => {
  expect(leftCompanyIn(words)).toBeNull()
})

describe('whether a sender is doubtful, by what the server that took the mail in says', () => {
  test.each([
    ['mx.acme.test; dmarc=fail (p=none)', 'dmarc=fail'],
    ['mx.acme.test; spf=pass; compauth=fail reason=001', 'compauth=fail'],
    ['mx.acme.test; spf=softfail smtp.mailfrom=client.test; dkim=none', 'spf=softfail'],
    ['mx.acme.test; spf=fail; dkim=fail', 'spf=fail'],
    // Forwarded: the sender of the envelope is another, the signature holds.
    ['mx.acme.test; spf=fail; dkim=pass header.d=client.test; dmarc=pass', null],
    ['mx.acme.test; spf=none; dkim=none; dmarc=none', null],
    ['mx.acme.test; auth=pass', null],
    // A server that checks no senders: an opt-out must not be lost for that.
    ['', null],
  ])('%s: %s', async (results, doubt) => {
    const headers = results === '' ? {} : { 'Authentication-Results': results }
    const reading = await read({ Subject: 'unsubscribe', ...headers }, 'Please unsubscribe me.')
    expect(reading.kind).toBe('opt_out')
    expect(reading.senderDoubt?.value ?? null).toBe(doubt)
    expect(reading.evidence.some(({ name }) => name === 'sender not proved')).toBe(doubt !== null)
  })
})
