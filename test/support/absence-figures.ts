/**
 * What Segue makes of the frozen out-of-office notes (test/absences), as numbers: each half apart. It counts only, and never says which note
 * failed: whoever improves the reader may look at `seen`, at `held-out` nobody.
 */
import { classify } from '../../src/core/inbound.ts'
import { parseMail } from '../../src/mail/parse.ts'
import { type AbsenceNote, absenceNotes, type Side } from '../absences/corpus.ts'
import type { Figure, Measure } from './figures.ts'
import { mail } from './mails.ts'

export interface AbsenceTally {
  notes: number
  /** The kind, and the day (none where none is said), as the truth has them. */
  kindRight: number
  dateRight: number
  /** Given as certain: another day than the truth's, or one that the truth calls doubtful. */
  wrongAsCertain: number
  doubtfulAsCertain: number
  /** Days that are certain in truth, and those of them that we give as certain. */
  certain: number
  certainFound: number
  /** The truth names a day, and we found none. */
  missing: number
  /** Somebody is named, and we say the same name, address and telephone. */
  named: number
  namedRight: number
}

/** One tally over all notes of a half, and one for each language. */
export async function tallyAbsences(
  side: Side,
): Promise<{ all: AbsenceTally; byLanguage: Map<string, AbsenceTally> }> {
  const all = empty()
  const byLanguage = new Map<string, AbsenceTally>()
  for (const note of absenceNotes(side)) {
    const ofLanguage = byLanguage.get(note.language) ?? empty()
    byLanguage.set(note.language, ofLanguage)
    const one = await judge(note)
    for (const tally of [all, ofLanguage])
      for (const key of Object.keys(one) as (keyof AbsenceTally)[]) tally[key] += one[key]
  }
  return { all, byLanguage }
}

function empty(): AbsenceTally {
  return {
    notes: 0,
    kindRight: 0,
    dateRight: 0,
    wrongAsCertain: 0,
    doubtfulAsCertain: 0,
    certain: 0,
    certainFound: 0,
    missing: 0,
    named: 0,
    namedRight: 0,
  }
}

async function judge({
  headers,
  from,
  subject,
  text,
  receivedAt,
  truth,
}: AbsenceNote): Promise<AbsenceTally> {
  const encoded = `=?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`
  const raw = mail({ From: encodedFrom(from), Subject: encoded, ...headers }, text)
  const { kind, absence } = classify(await parseMail(Buffer.from(raw)), {
    now: Date.parse(receivedAt),
    mailboxAddresses: ['sales@acme.test'],
    folderRole: 'inbox',
  })
  const returnsOn = absence?.returnsOn ?? null
  const right = returnsOn === truth.returnsOn
  const certain = absence?.certain === true
  const named = truth.substitute ?? truth.referral
  const found = absence?.substitute ?? absence?.referral ?? null
  const same =
    named !== null && found?.name === named.name && found.email === named.email && found.phone === named.phone
  return {
    notes: 1,
    kindRight: Number(kindOf(kind, absence?.leftCompany === true) === truth.kind),
    dateRight: Number(right),
    wrongAsCertain: Number(certain && !right),
    doubtfulAsCertain: Number(certain && !truth.certain),
    certain: Number(truth.certain),
    certainFound: Number(truth.certain && certain && right),
    missing: Number(truth.returnsOn !== null && returnsOn === null),
    named: Number(named !== null),
    namedRight: Number(same),
  }
}

function encodedFrom(from: string): string {
  return from.replace(/^(.*) </, (_, name: string) => `=?UTF-8?B?${Buffer.from(name).toString('base64')}?= <`)
}

function kindOf(kind: string, left: boolean): string {
  return left ? 'left_company' : kind
}

const TARGET = 0.95

export const absences: Measure = {
  title: 'Out-of-office notes (test/absences, frozen, 22 languages)',
  async figures() {
    const halves: [Side, string][] = [
      ['seen', 'seen by the author of the reader'],
      ['held-out', 'held out'],
    ]
    const figures: Figure[] = []
    for (const [side, name] of halves) figures.push(...figuresOf((await tallyAbsences(side)).all, name))
    return figures
  },
}

function figuresOf(tally: AbsenceTally, half: string): Figure[] {
  const of = tally.notes
  return [
    { what: `${half}: day of return right`, found: tally.dateRight, of, target: TARGET },
    { what: `${half}: wrong day given as certain`, found: tally.wrongAsCertain, of, target: 'none' },
    { what: `${half}: doubtful day given as certain`, found: tally.doubtfulAsCertain, of, target: 'none' },
    { what: `${half}: away, left or neither told right`, found: tally.kindRight, of, target: TARGET },
    { what: `${half}: who answers instead`, found: tally.namedRight, of: tally.named, target: 0.8 },
    {
      what: `${half}: certain days given as certain`,
      found: tally.certainFound,
      of: tally.certain,
      target: 0.85,
    },
  ]
}
