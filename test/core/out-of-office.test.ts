import { expect, test } from 'vitest'
import { absenceIn, readsAsAbsence } from '../../src/core/out-of-office.ts'

// Tuesday; notes about the next weeks stay in 2027, one about January means 2028.
const now = Date.UTC(2027, 2, 2, 9)

const notes: [string, string, string | null, boolean][] = [
  ['en', 'I am out of the office and will be back on 12 March 2027.', '2027-03-12', true],
  ['en', 'I am on vacation. I return on March 12th, 2027.', '2027-03-12', true],
  ['en, ISO', 'Out of office, back 2027-03-12.', '2027-03-12', true],
  ['en, no year', "I'm away, returning on Monday, 15 March.", '2027-03-15', false],
  ['en, next year', 'Out of office. Back on 3 January.', '2028-01-03', false],
  ['en, last day', 'I am on leave until 12 March 2027.', '2027-03-13', false],
  [
    'de',
    'Ich bin nicht im Büro und ab dem 12. März 2027 wieder erreichbar. Wieder da am 12. März 2027',
    '2027-03-12',
    true,
  ],
  ['de, last day', 'Ich bin bis zum 12. März 2027 im Urlaub.', '2027-03-13', false],
  ['fr', 'Je suis en congés, de retour le 12 mars 2027.', '2027-03-12', true],
  ['es', 'Estoy de vacaciones. Regreso el 12 de marzo de 2027.', '2027-03-12', true],
  ['pt', 'Estou de férias. Retorno em 12 de março de 2027.', '2027-03-12', true],
  ['it', 'Sono in ferie, rientro il 12 marzo 2027.', '2027-03-12', true],
  ['nl', 'Ik ben afwezig en terug op 12 maart 2027.', '2027-03-12', true],
  ['digits alone', 'Out of office, back on 03/04/2027.', null, false],
  ['no date', 'I am out of the office this week.', null, false],
  ['a day that is not', 'Out of office, back on 31 February 2027.', null, false],
]

test.each(notes)('%s: %s', (_, note, returnsOn, certain) => {
  expect(readsAsAbsence('', note)).toBe(true)
  expect(absenceIn(note, now)).toMatchObject({ returnsOn, certain })
})

test('an ordinary answer does not read as an absence', () => {
  expect(readsAsAbsence('Re: Hello', 'Let us talk on 12 March. My office is in Berlin.')).toBe(false)
})
