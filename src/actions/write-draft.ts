/** A person edits the draft of a manual email, or sends it off: from then on its mailbox sends it, at any hour, within its limits. */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { bodyHash, saltedHash } from '../seal.ts'
import { type LockedDraft, lockDraft, sendOff, writeDraft } from '../store/drafts.ts'
import { taskById } from '../store/tasks.ts'
import { type Draft, readDraft } from './read-draft.ts'

export interface Drafting {
  team: TeamId
  taskId: Id
  actor: string
  publicUrl: string | null
  now: Instant
  random: Random
}

const SALT_BYTES = 16
/** What leaves for one of these reasons waits by itself: a limit, a gap, a read. */
const WAITS = [
  'mailbox_daily_limit',
  'mailbox_hourly_limit',
  'mailbox_gap',
  'mailbox_reachable',
  'mailbox_connected',
  'inbox_read',
]

/** Null takes the text of the step again. */
export async function editDraft(
  db: Db,
  o: Drafting,
  written: { subject: string | null; html: string | null },
): Promise<Result<null>> {
  return withDraft(db, { ...o, written }, async (tx, { locked, draft }) => {
    if (draft.rendered === null)
      return refused(draft.problem ?? 'The text cannot be read.', { code: 'template_problem' })
    const { subject, html, text } = draft.rendered
    const salt = o.random.hex(SALT_BYTES)
    const content = { salt, subject, html, text }
    await writeDraft(tx, {
      ...{ team: o.team, taskId: o.taskId, messageId: locked.messageId, now: o.now },
      ...written,
      attachmentIds: written.html === null ? null : draft.attachments.map((file) => file.id),
      content: {
        ...content,
        bodyHash: bodyHash({ ...content, attachments: draft.attachments }),
        addressHash: saltedHash(salt, draft.to.address),
      },
    })
    return done(null)
  })
}

/** When it will leave, as far as is known now; refused with the way out where a person must act first. */
export async function sendDraft(db: Db, o: Drafting): Promise<Result<{ closed: Draft['closed'] }>> {
  return withDraft(db, o, async (tx, { locked, draft }) => {
    if (draft.rendered === null)
      return refused(draft.problem ?? 'The text cannot be read.', { code: 'template_problem' })
    const { closed, facts } = draft
    if (closed !== null && closed.until === null && !WAITS.includes(closed.gate))
      return refused(closed.sentence, { code: closed.gate })
    const { team, actor, now, random } = o
    const sent = await sendOff(tx, { team, draft: locked, first: facts.step.first, actor, now, random })
    if (!sent) return refused('This email is on its way already, or has left.', { code: 'in_hand' })
    return done({ closed })
  })
}

async function withDraft<T>(
  db: Db,
  o: Drafting & { written?: { subject: string | null; html: string | null } },
  work: (tx: Db, found: { locked: LockedDraft; draft: Draft }) => Promise<Result<T>>,
): Promise<Result<T>> {
  return db.transaction(async (tx): Promise<Result<T>> => {
    const locked = await lockDraft(tx, o)
    const task = await taskById(tx, { team: o.team, id: o.taskId })
    if (!task) return notFound()
    if (!locked) return refused('This task has no draft: its step is no email.', { code: 'no_draft' })
    const problem = standsInTheWay(locked)
    if (problem) return problem
    const draft = await readDraft(tx, { ...o, task })
    if (!draft)
      return refused(
        'The draft cannot be written: its contact has no address, or its step has no wording any more.',
        {
          code: 'no_wording',
        },
      )
    return work(tx, { locked, draft })
  })
}

function standsInTheWay({
  state,
  sentOff,
  enrollmentState,
  hold,
  leased,
}: LockedDraft): { ok: false; refusal: ReturnType<typeof refused>['refusal'] } | undefined {
  if (state !== 'open')
    return refused('This task is already completed / skipped.', { allow_moving_to_next_task: true })
  if (sentOff && (hold === null || leased))
    return refused('This email was sent off already.', { code: 'sent_off' })
  if (enrollmentState === 'paused')
    return refused('The person is paused in the sequence. Resume them, then send.', { code: 'paused' })
  return undefined
}
