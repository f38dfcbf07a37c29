import { describe, expect, test } from 'vitest'
import { ABSENCE_LANGUAGES } from '../../src/core/absence-language.ts'
import { absenceSubject, readAbsence } from '../../src/core/out-of-office.ts'

// Tuesday, 2 March 2027: "on Monday" is 8 March, and what lies past 1 May is over 60 days ahead.
const now = Date.UTC(2027, 2, 2, 9)

function day(words: string, subject = 'Automatic reply: Hello') {
  const absence = readAbsence({ subject, words, now })
  return absence === null ? null : [absence.returnsOn, absence.certain]
}

function eachNote(notes: readonly (readonly [string, string | null, boolean])[]) {
  test.each(notes)('%s', (words, returnsOn, certain) => {
    expect(day(words)).toEqual([returnsOn, certain])
  })
}

describe('the first day back is the day itself after "back on", and the day after the last one away', () => {
  eachNote([
    ['I am out of the office and will be back on 8 September 2027.', '2027-09-08', true],
    ['I am out of the office until 8 September 2027.', '2027-09-09', false],
    ['I am on leave up to and including 8 September 2027.', '2027-09-09', true],
    ['I am on leave from 1 to 8 September 2027.', '2027-09-09', true],
    ["I'm away until March 12th and back on March 15th.", '2027-03-15', true],
    ['I will not be back in the office before 15 March.', '2027-03-15', true],
    ['I will return to the office after 15 March.', '2027-03-16', false],
    ['I am on holiday until the end of March.', '2027-04-01', true],
    ['I am away today and will answer tomorrow.', '2027-03-03', true],
    ['I am travelling. I will answer on Monday.', '2027-03-08', true],
    ['I am on leave and back next week.', '2027-03-08', false],
    ['I am out of the office with limited access to email until 12 March.', '2027-03-13', false],
    ['I am on leave in weeks 10 and 11, back in week 12.', '2027-03-22', true],
  ])
})

describe('a year that is not written is the next one that fits, and certain only for 60 days', () => {
  eachNote([
    ["I'm away, returning on Monday, 15 March.", '2027-03-15', true],
    ['Out of office. Back on 3 January.', '2028-01-03', false],
    ['Out of office. Back on 1 May.', '2027-05-01', true],
    ['Out of office. Back on 2 May.', '2027-05-02', false],
    ['I am on parental leave until 31 August 2027 and will return on 1 September.', '2027-09-01', true],
  ])
})

describe('what can be read in two ways is the later day, flagged', () => {
  eachNote([
    ['Out of office, back on 03/04/2027.', '2027-04-03', false],
    ['Out of office, back on 03/15/2027.', '2027-03-15', true],
    ['Out of office from 03/04/2027, back on 03/15/2027.', '2027-03-15', true],
    ['I am out of the office, back on Tuesday, 15 March 2027.', '2027-03-16', false],
    ['I am out of the office, back on 31 February 2027.', null, false],
    ['I am out of the office this week.', '2027-03-08', false],
    ['I am out of the office.', null, false],
  ])
})

describe('days that are not the return do not count', () => {
  eachNote([
    ['At the fair in Berlin 9-11 March (booth 4). Back in the office on 15 March.', '2027-03-15', true],
    ['I am on vacation, back on 12 March. Save the date: our conference is on 9 April.', '2027-03-12', true],
    ['I am away, back on 12 March. Case no. 2027-03-20, phone 030 12.04.2027.', '2027-03-12', true],
  ])

  test('our own subject behind "Automatic reply:" says nothing of them; one they wrote themselves does', () => {
    expect(day('I am out of the office.', 'Automatic reply: Back on 12 March?')).toEqual([null, false])
    expect(day('Thank you for your message.', 'Out of office, back on 12 March')).toEqual([
      '2027-03-12',
      true,
    ])
  })
})

const back: Record<string, [words: string, returnsOn: string, certain: boolean]> = {
  en: ['I am on annual leave and return on Friday, March 12th.', '2027-03-12', true],
  de: ['Ich bin im Urlaub und ab Freitag, dem 12. März, wieder erreichbar.', '2027-03-12', true],
  nl: ['Ik ben met vakantie en vanaf vrijdag 12 maart weer bereikbaar.', '2027-03-12', true],
  fr: ['Je suis en congés, de retour le vendredi 12 mars.', '2027-03-12', true],
  es: ['Estoy de vacaciones y me reincorporo el viernes 12 de marzo.', '2027-03-12', true],
  pt: ['Estou de férias e regresso na sexta-feira, 12 de março.', '2027-03-12', true],
  it: ['Sono in ferie e rientrerò venerdì 12 marzo.', '2027-03-12', true],
  ro: ['Sunt în concediu și revin vineri, 12 martie.', '2027-03-12', true],
  sv: ['Jag har semester och är tillbaka fredag den 12 mars.', '2027-03-12', true],
  da: ['Jeg holder ferie og er tilbage fredag den 12. marts.', '2027-03-12', true],
  no: ['Jeg har ferie og er tilbake fredag 12. mars.', '2027-03-12', true],
  fi: ['Olen lomalla ja palaan perjantaina 12. maaliskuuta.', '2027-03-12', true],
  pl: ['Jestem na urlopie, wracam w piątek 12 marca.', '2027-03-12', true],
  cs: ['Jsem na dovolené, vrátím se v pátek 12. března.', '2027-03-12', true],
  ru: ['Я в отпуске, вернусь в пятницу, 12 марта.', '2027-03-12', true],
  uk: ["Я у відпустці, повернуся в п'ятницю, 12 березня.", '2027-03-12', true],
  tr: ['Yıllık izindeyim, 12 Mart Cuma günü ofiste olacağım.', '2027-03-12', true],
  hu: ['Szabadságon vagyok, március 12-én, pénteken térek vissza.', '2027-03-12', true],
  el: ['Είμαι σε άδεια και επιστρέφω την Παρασκευή 12 Μαρτίου.', '2027-03-12', true],
  ja: ['休暇をいただいております。3月12日(金)より出社いたします。', '2027-03-12', true],
  zh: ['我正在休假,3月12日(星期五)恢复上班。', '2027-03-12', true],
  ko: ['휴가 중이며 3월 12일(금)에 복귀합니다.', '2027-03-12', true],
}

test.each(ABSENCE_LANGUAGES)(
  'a note in %s is told by its words, and its day of return is read',
  (language) => {
    const [words, returnsOn, certain] = back[language]!
    expect(readAbsence({ subject: '', words, now })).toMatchObject({
      language,
      returnsOn,
      certain,
      leftCompany: false,
    })
  },
)

describe('the last day away, said as each language says it', () => {
  eachNote([
    ['Ich bin vom 8. bis 12. März nicht im Büro.', '2027-03-13', true],
    ['Bis einschließlich 12.03. bin ich im Urlaub.', '2027-03-13', true],
    ['Bis 12.3. bin ich im Urlaub.', '2027-03-13', false],
    ['Je suis absente du 8 au 12 mars 2027.', '2027-03-13', true],
    ['No volveré a la oficina hasta el 15 de marzo.', '2027-03-15', true],
    ['Ik ben tot en met 12 maart afwezig.', '2027-03-13', true],
    ['Urlop 8.03-12.03.', '2027-03-13', true],
    ['12 Mart 2027 Cuma gününe kadar izindeyim.', '2027-03-13', false],
    ['Március 9-ig, keddig nem vagyok elérhető.', '2027-03-10', false],
    ['Olen lomalla 12.3. asti.', '2027-03-13', false],
    ['3月12日まで休暇をいただいております。', '2027-03-13', true],
    ['3월 8일부터 12일까지 휴가입니다.', '2027-03-13', true],
    ['我从3月8日到12日休假。', '2027-03-13', true],
  ])
})

test('an ordinary answer does not read as an absence', () => {
  const words = 'Let us talk on 12 March. My office is in Berlin.'
  expect(readAbsence({ subject: 'Re: Hello', words, now })).toBeNull()
})

test('a receipt is no absence, whatever day it names', () => {
  expect(day('We have received your request and opened ticket 5120. We answer by 5 March.')).toBeNull()
  expect(day('Wir haben Ihre Nachricht erhalten und melden uns bis 5. März.')).toBeNull()
})

test.each([
  ['I am no longer with Acme. Please write to sales@acme.example.'],
  ['Ich bin nicht mehr bei Acme tätig. Bitte wenden Sie sich an sales@acme.example.'],
  ["J'ai quitté la société le 1er mars. Contact : sales@acme.example"],
])('whoever left the company does not return: %s', (words) => {
  expect(readAbsence({ subject: '', words, now })).toMatchObject({
    leftCompany: true,
    returnsOn: null,
    referral: { email: 'sales@acme.example' },
  })
})

test.each([
  [
    'I am on leave. Please contact Dana Cole at dana.cole@acme.example or 617-555-0148.',
    { name: 'Dana Cole', email: 'dana.cole@acme.example', phone: '617-555-0148' },
  ],
  [
    'Ich bin im Urlaub. Vertretung: Frau Dr. Ilse Baum, i.baum@acme.example, 0831 / 20 44 18',
    { name: 'Ilse Baum', email: 'i.baum@acme.example', phone: '0831 / 20 44 18' },
  ],
  ['Je suis absent, voyez avec Paul (poste 21).', { name: 'Paul', email: null, phone: '21' }],
  ['本人休假,急事请联系王芳(138-0000-0000)。', { name: '王芳', email: null, phone: '138-0000-0000' }],
  ['I am on leave.\n\nTom Fox | Acme | tom.fox@acme.example', null],
  ['I am on leave. In urgent cases call our service desk: 020 7946 0000.', null],
])(
  'who answers meanwhile is named as the note names them, and a signature or a switchboard is nobody: %s',
  (words, substitute) => {
    expect(readAbsence({ subject: '', words, now })?.substitute).toEqual(substitute)
  },
)

test('a subject that begins with an absence was written by a program', () => {
  expect(absenceSubject('Frånvaro')).toBe('frånvaro')
  expect(absenceSubject('【不在】3/7まで休暇')).toBeDefined()
  expect(absenceSubject('Re: Out of office')).toBeUndefined()
  expect(absenceSubject('Our next meeting')).toBeUndefined()
})

test('100 kB made to slow the patterns down are read in a fifth of a second', () => {
  const hostile = [
    'until 1. ',
    'no longer with ',
    '1/1/',
    '¤ bis zum ',
    'not be back ',
    'KW 1,2,',
    "jusqu'au le le ",
    '- 3 ',
  ]
  for (const piece of [...hostile, hostile.join('')]) {
    const words = `I am out of office ${piece.repeat(Math.ceil(100_000 / piece.length))}`
    readAbsence({ subject: '', words: 'I am out of office', now })
    const began = performance.now()
    readAbsence({ subject: words, words, now })
    expect(performance.now() - began, piece).toBeLessThan(200)
  }
})

test('the words shown for a day are those that were written, with their day', () => {
  const note =
    'Hello,\n\nI am on leave and will be back on 8 September 2027. For urgent matters call Kim Park.'
  expect(readAbsence({ subject: 'Out of office', words: note, now })?.words).toBe(
    'I am on leave and will be back on 8 September 2027.',
  )
})
