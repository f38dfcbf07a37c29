/** The frozen out-of-office notes are whole, keep the rules their README states, and are the ones that were frozen. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AbsenceNote, absenceNotes, fingerprint } from './corpus.ts'

const seen = absenceNotes('seen')
const heldOut = absenceNotes('held-out')
const notes = [...seen, ...heldOut]

test('no frozen note was edited: the files have the fingerprint that the README states', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
  expect(readme, 'frozen: list a wrong truth in corrections.md instead').toContain(fingerprint())
})

test('there are notes in 15 languages at least, in English and German 40 each, in every other 20 at least', () => {
  const count = Object.groupBy(notes, (note) => note.language)
  expect(Object.keys(count).length).toBeGreaterThanOrEqual(15)
  for (const [language, ofIt] of Object.entries(count))
    expect(ofIt!.length, language).toBeGreaterThanOrEqual(['en', 'de'].includes(language) ? 40 : 20)
})

test('even numbers are held out, odd ones are not, so that each language is halved', () => {
  expect(heldOut.map(number).filter((each) => each % 2 === 1)).toEqual([])
  expect(seen.map(number).filter((each) => each % 2 === 0)).toEqual([])
  for (const language of new Set(notes.map((note) => note.language))) {
    const half = (side: AbsenceNote[]) => side.filter((note) => note.language === language).length
    expect(half(seen) - half(heldOut), language).toBeOneOf([0, 1])
  }
})

test('each note has its own id and its own text, and its id names its language', () => {
  expect(new Set(notes.map((note) => note.id)).size).toBe(notes.length)
  expect(new Set(notes.map((note) => `${note.language} ${note.text} ${note.subject}`)).size).toBe(
    notes.length,
  )
  expect(notes.filter((note) => !note.id.startsWith(`${note.language}-`))).toEqual([])
})

test('both halves have every kind, certain and uncertain dates, and notes with no date', () => {
  for (const side of [seen, heldOut]) {
    expect(new Set(side.map((note) => note.truth.kind)).size).toBe(3)
    const away = side.filter((note) => note.truth.kind === 'out_of_office')
    for (const certain of [true, false])
      expect(
        away.filter((note) => note.truth.returnsOn && note.truth.certain === certain).length,
      ).toBeGreaterThan(30)
    expect(away.filter((note) => note.truth.returnsOn === null).length).toBeGreaterThan(5)
    expect(side.filter((note) => Object.keys(note.headers).length === 0).length).toBeGreaterThan(5)
  }
})

test('every date and instant exists', () => {
  for (const { id, receivedAt, truth } of notes) {
    expect(Temporal.Instant.from(receivedAt).toString(), id).toBe(receivedAt)
    if (truth.returnsOn) expect(Temporal.PlainDate.from(truth.returnsOn).toString(), id).toBe(truth.returnsOn)
  }
})

test('nobody returns before the day the note was read, and only a person who is away returns', () => {
  for (const note of notes) {
    const { kind, returnsOn, certain } = note.truth
    if (returnsOn) expect(daysAhead(note), note.id).toBeGreaterThanOrEqual(0)
    else expect(certain, note.id).toBe(false)
    if (kind !== 'out_of_office') expect(returnsOn, note.id).toBeNull()
  }
})

test('a date over 60 days ahead is certain only if its year is written', () => {
  const inferred = notes.filter(
    (note) => note.truth.certain && daysAhead(note) > 60 && !/20\d\d/.test(note.text + note.subject),
  )
  expect(inferred.map((note) => note.id)).toEqual([])
})

test('a substitute and a referral stand in the note as the truth has them', () => {
  for (const { id, text, truth } of notes) {
    for (const person of [truth.substitute, truth.referral].filter((each) => each !== null)) {
      const stated = [person.name, person.email, person.phone].filter((each) => each !== null)
      expect(stated.length, id).toBeGreaterThan(0)
      expect(
        stated.filter((each) => !text.includes(each)),
        id,
      ).toEqual([])
    }
    if (truth.referral) expect(truth.kind, id).toBe('left_company')
    if (truth.substitute) expect(truth.kind, id).toBe('out_of_office')
  }
})

function number(note: AbsenceNote): number {
  return Number(note.id.split('-')[1])
}

function daysAhead({ receivedAt, truth }: AbsenceNote): number {
  if (!truth.returnsOn) return 0
  return Temporal.PlainDate.from(receivedAt.slice(0, 10)).until(truth.returnsOn).days
}
