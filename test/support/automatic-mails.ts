/** Automatic replies that no person wrote and that mean nothing for a sequence: tickets, receipts, orders, calendars. Generated from a seed. */
import type { Random } from '../../src/core/random.ts'
import { seededRandom } from '../../src/random.ts'
import { type Encoding, message, multipart, part } from './mime.ts'
import { type GeneratedMail, pick } from './reply-mails.ts'

const THREAD = { 'In-Reply-To': '<m2@acme.test>', References: '<m2@acme.test>' }
const TO = { To: 'ann@acme.test', Date: 'Tue, 02 Mar 2027 10:00:00 +0100' }

interface Kind {
  about: string
  make(random: Random): { headers: Record<string, string>; text: string; parts?: Buffer[]; type?: string }
}

const id = (random: Random) => Math.floor(random.next() * 900_000 + 100_000)

const TICKETS: readonly [string, Record<string, string>][] = [
  [
    'Zendesk',
    { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'X-Mailer': 'Zendesk Mailer' },
  ],
  ['Freshdesk', { 'Auto-Submitted': 'auto-generated', 'X-FreshDesk-Auto': 'true' }],
  ['Jira', { 'Auto-Submitted': 'auto-generated', Precedence: 'bulk', 'X-JIRA-FingerPrint': 'abc' }],
  ['OTRS', { 'Auto-Submitted': 'auto-replied', 'X-Powered-By': 'OTRS', Precedence: 'bulk' }],
  ['RT', { 'Auto-Submitted': 'auto-replied', 'RT-Ticket': 'client.test #17', Precedence: 'bulk' }],
  ['osTicket', { 'X-Autoreply': 'yes', 'X-Auto-Response-Suppress': 'All, OOF', Precedence: 'auto_reply' }],
  ['ServiceNow', { 'X-ServiceNow-Generated': 'true', Precedence: 'bulk' }],
  ['an autoresponder', { 'X-Autorespond': 'yes', Precedence: 'junk', 'Return-Path': '<>' }],
]
const TICKET_TEXTS = [
  'We have received your request. A member of our team will get back to you. To stop receiving these updates, unsubscribe here.',
  'Vielen Dank für Ihre Anfrage. Ihre Nachricht wurde zugestellt. Newsletter abbestellen: hier klicken.',
  'Votre demande a bien été enregistrée. Pour vous désinscrire, cliquez ici.',
  'Su mensaje no pudo ser entregado a un agente todavía; su solicitud ha sido registrada.',
  'Delivery of our answer may take two days. If a mail could not be delivered to us, write again.',
  'Ticket closed. Do not reply below this line.\n\nUnsubscribe',
]

const KINDS: readonly Kind[] = [
  {
    about: 'a ticket',
    make: (random) => {
      const [name, headers] = pick(random, TICKETS)
      return {
        headers: {
          From: pick(random, [`${name} <support@client.test>`, 'Support <helpdesk@client.test>']),
          Subject: `[#${id(random)}] ${pick(random, ['Re: Hello Bob', 'We received your request', 'Ticket opened', 'Delivery failed: your question'])}`,
          ...THREAD,
          ...headers,
        },
        text: pick(random, TICKET_TEXTS),
      }
    },
  },
  {
    about: 'a read receipt',
    make: (random) => {
      const disposition = pick(random, [
        'manual-action/MDN-sent-manually; displayed',
        'automatic-action/MDN-sent-automatically; deleted',
        'automatic-action/MDN-sent-automatically; failed',
      ])
      return {
        headers: {
          From: 'Bob <bob@client.test>',
          Subject: pick(random, [
            'Read: Hello Bob',
            'Gelesen: Hello Bob',
            'Not read: Hello Bob',
            'Disposition notification: Hello Bob',
          ]),
          ...THREAD,
        },
        type: 'multipart/report; report-type=disposition-notification',
        text: 'Your message was displayed. This is no guarantee that it has been read or understood.',
        parts: [
          part({
            type: 'message/disposition-notification',
            content: `Reporting-UA: client.test; Mail\nOriginal-Recipient: rfc822;bob@client.test\nFinal-Recipient: rfc822;bob@client.test\nOriginal-Message-ID: <m2@acme.test>\nDisposition: ${disposition}\n`,
          }),
        ],
      }
    },
  },
  {
    about: 'an order confirmation',
    make: (random) => ({
      headers: {
        From: pick(random, [
          'Shop <no-reply@shop.test>',
          'Bestellungen <noreply@shop.test>',
          'donotreply@shop.test',
        ]),
        Subject: pick(random, [
          `Order ${id(random)} confirmed`,
          `Ihre Bestellung ${id(random)}`,
          `Your parcel could not be delivered yet`,
        ]),
        'List-Unsubscribe': '<https://shop.test/u/1>',
        ...pick<Record<string, string>>(random, [
          {},
          { Precedence: 'bulk' },
          { 'Auto-Submitted': 'auto-generated' },
        ]),
      },
      text: 'Thank you for your order. Delivery to the following address: 1 Main St. If the parcel is undeliverable it is returned.\n\nUnsubscribe',
    }),
  },
  {
    about: 'an answer of a calendar',
    make: (random) => {
      const partstat = pick(random, ['ACCEPTED', 'DECLINED', 'TENTATIVE'])
      const title = { ACCEPTED: 'Accepted', DECLINED: 'Declined', TENTATIVE: 'Tentative' }[partstat]
      return {
        headers: {
          From: 'Bob <bob@client.test>',
          Subject: `${title}: Call with Ann`,
          ...pick<Record<string, string>>(random, [{}, THREAD]),
        },
        type: 'multipart/alternative',
        text: pick(random, ['', 'Bob has answered the invitation.']),
        parts: [
          part({
            type: 'text/calendar; method=REPLY',
            content: `BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:${random.hex(8)}\nORGANIZER:mailto:ann@acme.test\nATTENDEE;PARTSTAT=${partstat};CN=Bob:mailto:bob@client.test\nEND:VEVENT\nEND:VCALENDAR\n`,
          }),
        ],
      }
    },
  },
]

export function automaticReplies(seed: string, count: number): GeneratedMail[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, at) => {
    const kind = KINDS[at % KINDS.length]!
    const { headers, text, parts = [], type = 'multipart/mixed' } = kind.make(random)
    const encoding = pick<Encoding>(random, ['8bit', 'quoted-printable', 'base64'])
    const plain = part({ type: 'text/plain', content: text, encoding })
    const body = parts.length > 0 ? multipart(type, [plain, ...parts], `b${random.hex(8)}`) : plain
    const all = { ...TO, 'Message-ID': `<${random.hex(8)}@client.test>`, ...headers }
    return { raw: message(all, body), about: `${kind.about}: ${JSON.stringify(headers)}`, words: text }
  })
}
