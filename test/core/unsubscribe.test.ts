/** Offering to opt out, and hearing it when a person asks. */
import { expect, test } from 'vitest'
import {
  asksToOptOut,
  hasOptOutMarker,
  optOutHeaders,
  optOutHref,
  optOutMessage,
  optOutSubject,
  optOutTokenIn,
  replaceOptOutMarkers,
} from '../../src/core/unsubscribe.ts'

const mailbox = 'sales+eu@acme.com'
const token = 'Zm9vYmFyYmF6cXV4_-12'
const pageUrl = 'https://segue.acme.com/o/t1/Zm9vYmFyYmF6cXV4_-12'

test('with an https page the headers offer it first, then mail, and one click by POST (RFC 8058)', () => {
  expect(optOutHeaders({ pageUrl, mailbox, token })).toEqual({
    'List-Unsubscribe': `<${pageUrl}>, <mailto:sales%2Beu@acme.com?subject=unsubscribe%20${token}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
})

test.each([[undefined], ['http://localhost:3000/o/x'], ['https://a.test/x>, <https://evil.test']])(
  'with the page %j there is mail only, and no one-click header',
  (page) => {
    expect(optOutHeaders({ pageUrl: page, mailbox, token })).toEqual({
      'List-Unsubscribe': `<mailto:sales%2Beu@acme.com?subject=unsubscribe%20${token}>`,
    })
    expect(optOutHref({ pageUrl: page, mailbox, token })).toMatch(/^mailto:/)
  },
)

test('a token that could bend the header is a bug, not a header', () => {
  expect(() => optOutHeaders({ mailbox, token: 'a\r\nBcc: eve' })).toThrow(TypeError)
})

test('the token comes back in the subject of the mail that the link began', () => {
  expect(optOutTokenIn(optOutSubject(token))).toBe(token)
  expect(optOutTokenIn(`Re: ${optOutSubject(token)}`)).toBe(token)
  expect(optOutTokenIn('Re: your unsubscribe page')).toBe(undefined)
  expect(optOutTokenIn('unsubscribe')).toBe(undefined)
})

test('the marker becomes a link on its words, also where an editor escaped it', () => {
  const line = "<p>If you don't want to hear from me again, please <%let me know%>.</p>"
  expect(optOutMessage(line, pageUrl)).toEqual({
    html: `<p>If you don't want to hear from me again, please <a href="${pageUrl}">let me know</a>.</p>`,
    text: `If you don't want to hear from me again, please let me know (${pageUrl}).`,
  })
  expect(replaceOptOutMarkers('x &lt;%Unsubscribe%&gt; y', 'mailto:a?subject=b&c')).toBe(
    'x <a href="mailto:a?subject=b&amp;c">Unsubscribe</a> y',
  )
  expect(hasOptOutMarker('<% Unsubscribe %>')).toBe(true)
  expect(hasOptOutMarker('<p>50% > 40%</p>')).toBe(false)
})

test.each([
  'Unsubscribe',
  'UNSUBSCRIBE.',
  'unsubscribe please',
  'STOP',
  'Remove me',
  'remove',
  'Please remove me from your list.',
  'Hi Bob,\n\nplease take me off this mailing list.\n\nThanks',
  'Not interested.\n\nPlease unsubscribe me from all future emails.',
  'Kindly unsubscribe.',
  'Please stop emailing me.',
  'Stop contacting us or I will report you',
  'stop sending me these emails',
  'Stop the emails',
  'Do not contact me again.',
  "Don't ever email me again",
  'Please don’t email us anymore',
  'I would like to opt out.',
  "I'd like to be removed from your database",
  'I do not wish to be contacted.',
  "we don't want to receive emails from you",
  'No more emails please',
  'Opt me out',
  'Leave me alone',
  'Please delete my personal data.',
  'remove my email address from your system',
  'Bitte nehmen Sie mich aus Ihrem Verteiler.',
  'Bitte keine weiteren E-Mails mehr!',
  'Abmelden',
  'Merci de me désinscrire de votre liste.',
  "Ne m'écrivez plus",
  'Por favor darme de baja',
  'No me escriba más',
  'Per favore cancellatemi',
  'Non scrivetemi più.',
  'Graag uitschrijven',
  'Não quero mais receber esses e-mails',
  'Vänligen avregistrera mig',
])('%j asks to opt out', (text) => {
  expect(asksToOptOut(text)).not.toBe(undefined)
})

test.each([
  '',
  'Thanks, sounds interesting. Can we talk on Tuesday?',
  'Not interested, thanks.',
  'No thanks',
  "I'm out of the office until Monday. Please do not email me about urgent matters, call Bob.",
  'Our customers unsubscribe a lot; can you help with that?',
  'What is your unsubscribe rate?',
  'How do I unsubscribe users in your product?',
  "Please don't remove me from the list, I want to read on.",
  'You need not remove me from your list.',
  'We stopped using email last year.',
  'Stop by our booth on Thursday!',
  'Please remove Bob, he left the company. I take over.',
  'Can you stop by?',
  "Don't call me before 9, but after that I'm free.",
  'Please send me more emails like this one',
  'Does it remove duplicates from the list?',
  'I will take this off-line with my team.',
  'Kannst du mir ein Angebot schicken?',
  'Please do not contact me again before March, we are in the middle of an audit.',
  'Bitte schreiben Sie mir nicht mehr vor Montag, danach gern.',
  'Ne me contactez plus avant lundi, je suis en déplacement.',
  'Bitte löschen Sie die zweite Zeile aus der Rechnung.',
  'Merci de retirer la deuxième ligne du devis.',
  'Elimine la segunda línea de la factura, por favor.',
  'Może Pan usunąć drugą pozycję z listy?',
  'Удалите, пожалуйста, вторую строку из счёта.',
])('%j does not', (text) => {
  expect(asksToOptOut(text)).toBe(undefined)
})

test('the words that say so are given back, with their language', () => {
  expect(asksToOptOut('Hi,\nPLEASE   STOP emailing me now')).toEqual({
    phrase: 'stop emailing me',
    language: 'en',
  })
})

test('a long reply is read quickly', () => {
  for (const piece of ['remove me ', "don't ", 'stop ', '\n ', 'please unsubscribe links ', 'take my ']) {
    const text = piece.repeat(Math.ceil(20_000 / piece.length))
    const started = performance.now()
    asksToOptOut(text)
    expect(performance.now() - started).toBeLessThan(500)
  }
})
