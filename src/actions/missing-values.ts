/** Counts, before a sequence is turned on, how many people in it lack a value that a wording prints without a default: their mails would be held. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { fill, parseTemplate, type Snippets, type Values } from '../core/template.ts'
import type { VariantRow } from '../store/due-rows.ts'
import { type PersonToFill, readToFill, type StepToFill } from '../store/missing-values.ts'
import { snippetTexts } from '../store/snippets.ts'
import { mayGet, valuesOf } from '../store/wordings.ts'

/** Filling for one person takes about 50 microseconds per step, in the process that also sends: a tenth of a second must do. */
const PEOPLE_MAX = 2_000
/** Enough to open a few of them and see what they have in common. */
const EXAMPLES = 3

export interface MissingValue {
  variable: string
  people: number
  /** Positions of the steps that print it. */
  steps: number[]
  examples: { contactId: Id; name: string }[]
}

export interface MissingValues {
  /** How many people were looked at, the first enrolled first. */
  looked: number
  /** There are more than were looked at. */
  more: boolean
  missing: MissingValue[]
}

export async function missingValues(
  db: Db,
  { team, sequenceId, now }: { team: TeamId; sequenceId: Id; now: Instant },
): Promise<MissingValues> {
  const { steps, people } = await readToFill(db, { team, sequenceId, limit: PEOPLE_MAX + 1 })
  const snippets = await snippetTexts(db, team)
  const looked = people.slice(0, PEOPLE_MAX)
  const found = new Map<string, MissingValue>()
  for (const person of looked) note(person, lackedBy(person, { steps, snippets, now }), found)
  return {
    looked: looked.length,
    more: people.length > looked.length,
    missing: [...found.values()].toSorted((a, b) => b.people - a.people),
  }
}

/** Variable to the steps that print it, of those the person has not passed; of an A/B test all its wordings, since anybody may be dealt any. */
function lackedBy(
  person: PersonToFill,
  { steps, snippets, now }: { steps: readonly StepToFill[]; snippets: Snippets; now: Instant },
): ReadonlyMap<string, number[]> {
  // The zone decides only what today is called, which is never missing.
  const from = person.fromAddress ?? person.mailboxAddress
  const values = { ...valuesOf(person, { from, now, zone: 'UTC' }), opt_out_message: '-' }
  const lacked = new Map<string, number[]>()
  for (const step of steps) {
    const { position } = step
    if (position < person.position) continue
    const names = new Set(mayGet(step).flatMap((variant) => [...lacking(variant, { values, snippets, now })]))
    for (const name of names) lacked.set(name, [...(lacked.get(name) ?? []), position])
  }
  return lacked
}

function lacking(
  variant: VariantRow,
  { values, snippets, now }: { values: Values; snippets: Snippets; now: Instant },
): Set<string> {
  // A reply takes the subject of its thread, whatever stands in its own.
  const subject = variant.thread === 'reply_to_thread' ? null : variant.subject
  const names = new Set<string>()
  for (const [text, html] of [
    [subject, false],
    [variant.bodyHtml, true],
  ] as const) {
    const template = parseTemplate(text ?? '')
    // What cannot be read is a problem of its own, said by `readinessOf`.
    if (template.kind === 'problem') continue
    for (const name of fill(template, values, { now, zone: 'UTC', html, snippets }).missing) names.add(name)
  }
  return names
}

function note(
  person: PersonToFill,
  lacked: ReadonlyMap<string, number[]>,
  found: Map<string, MissingValue>,
): void {
  for (const [variable, positions] of lacked) {
    const one = found.get(variable) ?? { variable, people: 0, steps: [], examples: [] }
    found.set(variable, one)
    one.people++
    one.steps = [...new Set([...one.steps, ...positions])].toSorted((a, b) => a - b)
    if (one.examples.length < EXAMPLES)
      one.examples.push({ contactId: person.contactId, name: nameOf(person) })
  }
}

const nameOf = ({ firstName, lastName, contactAddress }: PersonToFill) =>
  [firstName, lastName].filter(Boolean).join(' ') || contactAddress || 'Nameless'
