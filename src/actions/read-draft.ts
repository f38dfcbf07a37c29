/** The draft of a manual email as it is now, and what sending it off would come to: rendered as the claim would, judged by the same gates. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Facts } from '../core/facts.ts'
import { type ClosedGate, judgeAll } from '../core/gates.ts'
import type { TeamId } from '../core/ids.ts'
import { PREVIEW_TOKEN, type Rendered, renderMessage, renderWording } from '../render.ts'
import { type DueEnrollment, readDue } from '../store/due-enrollments.ts'
import { snippetsInBodies } from '../store/snippets.ts'
import type { TaskRow } from '../store/tasks.ts'
import type { Wording } from '../store/wordings.ts'
import { sentenceOf } from './explain.ts'

export interface Draft {
  /** What the person edits: their own text, else the wording with its values. */
  subject: string
  bodyHtml: string
  edited: boolean
  /** A follow-up keeps the subject of its thread. */
  subjectFixed: boolean
  from: Wording['from']
  to: Wording['to']
  attachments: Wording['attachments']
  /** Whole, with signature and opt-out; null: the text cannot be read, `problem` says where. */
  rendered: Rendered | null
  problem: string | null
  facts: Facts
  /** What would keep it from leaving: null for nothing. `until` null: a person must act first. */
  closed: { sentence: string; until: Instant | null; gate: string } | null
}

interface Asking {
  team: TeamId
  task: TaskRow
  publicUrl: string | null
  now: Instant
  /** As if this stood in the draft. */
  written?: { subject: string | null; html: string | null }
}

/** Undefined: the step is no email, or its person has no address or no wording. */
export async function readDraft(db: Db, asking: Asking): Promise<Draft | undefined> {
  const { team, task, now } = asking
  if (task.enrollmentId === null || task.messageId === null) return undefined
  const [due] = await readDue(db, { team, enrollmentIds: [task.enrollmentId], now })
  if (!due?.wording || due.stepId !== task.stepId) return undefined
  const { written } = asking
  if (written?.html == null) return draftOf(due, due.wording, asking)
  const texts = await snippetsInBodies(db, { team, bodies: [written.html] })
  const snippets = new Map([...texts].map(([name, { bodyHtml }]) => [name, bodyHtml]))
  return draftOf(due, { ...due.wording, snippets }, asking)
}

function draftOf(due: DueEnrollment, stored: Wording, { task, now, publicUrl, written }: Asking): Draft {
  const subjectFixed = stored.inReplyTo !== null
  const wording = {
    ...stored,
    subject: subjectFixed ? stored.subject : (written?.subject ?? stored.subject),
    bodyHtml: written?.html ?? stored.bodyHtml,
  }
  const whole = renderWording(wording, { now, publicUrl, optOutToken: PREVIEW_TOKEN })
  const rendered = whole.kind === 'problem' ? null : whole
  const html = written?.html ?? task.draftHtml
  const facts = asSentOff(due.facts, { now, missing: rendered?.missing ?? [] })
  return {
    subject: rendered?.subject ?? wording.subject,
    bodyHtml: html ?? filled(wording, now),
    edited: html !== null || task.draftSubject !== null,
    subjectFixed,
    from: wording.from,
    to: wording.to,
    attachments: wording.attachments,
    rendered,
    problem: whole.kind === 'problem' ? whole.sentence : null,
    facts,
    closed: firstOf(facts, now),
  }
}

/** The wording with its values, as text to go on with: signature and opt-out are put under it when it leaves. */
function filled(wording: Wording, now: Instant): string {
  const { zone, bodyHtml, snippets } = wording
  const rendered = renderMessage({
    subject: '',
    bodyHtml,
    snippets,
    values: wording.values(now, zone),
    now,
    zone,
  })
  return rendered.kind === 'problem' || rendered.missing.length > 0 ? bodyHtml : rendered.html
}

function asSentOff(facts: Facts, { now, missing }: { now: Instant; missing: readonly string[] }): Facts {
  return {
    ...facts,
    missing,
    task: facts.task && { ...facts.task, approved: true },
    enrollment: {
      ...facts.enrollment,
      hold: facts.enrollment.hold === 'task_open' ? null : facts.enrollment.hold,
      dueAt: now,
    },
  }
}

function firstOf(facts: Facts, now: Instant): Draft['closed'] {
  const closed = judgeAll(facts, now).filter((gate): gate is ClosedGate => gate.state === 'closed')
  const [first] = closed.filter((gate) => gate.until === null && !opensByItself(gate)).concat(closed)
  return first ? { sentence: sentenceOf(first, facts), until: first.until, gate: first.name } : null
}

/** The inbox is read for it, which takes moments. */
const opensByItself = (gate: ClosedGate) => gate.name === 'inbox_read'
