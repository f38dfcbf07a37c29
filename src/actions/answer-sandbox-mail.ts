/**
 * Answers a sandbox mail as the contact would: the answer becomes a raw mail in the sandbox's inbox, where the reader finds it like any
 * other. Decides nothing about what it means.
 */
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { ParsedMail } from '../core/parsed-mail.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import { localDayOf } from '../core/zone.ts'
import { saveAnswer } from '../store/sandbox-box.ts'
import { sandboxMailById } from '../store/sandbox-mails.ts'

export const ANSWER_KINDS = [
  'answer',
  'away',
  'meeting',
  'opt_out',
  'complaint',
  'bounce',
  'mailbox_full',
  'blocked',
] as const
export type AnswerKind = (typeof ANSWER_KINDS)[number]

/** The contact's side of a mailbox, as `mail/` implements it and `app.ts` hands it over. */
export interface SandboxPort {
  parse(raw: Uint8Array): Promise<ParsedMail>
  compose(answer: {
    original: ParsedMail
    as: { address: string; name: string }
    kind: AnswerKind
    text?: string
    returnsOn?: string
    now: Instant
    random: Random
  }): Promise<Uint8Array>
  /** Waiting readers of this process look at once. */
  announce(): void
}

export interface SandboxAnswer {
  kind: AnswerKind
  text?: string
  /** `2027-03-12`, for `away`. */
  returnsOn?: string
}

/** The id of the mail that was written. Refuses what is no mail of ours. */
export async function answerSandboxMail(
  db: Db,
  o: { team: TeamId; mailId: Id; answer: SandboxAnswer; sandbox: SandboxPort; now: Instant; random: Random },
): Promise<Result<Id>> {
  const { team, mailId, answer, sandbox, now, random } = o
  const mail = await sandboxMailById(db, { team, id: mailId })
  if (!mail) return notFound()
  if (mail.direction !== 'received')
    return refused('This mail is an answer itself. Answer the mail that it answers.')
  if (answer.returnsOn !== undefined && localDayOf(answer.returnsOn) === undefined)
    return refused(`"${answer.returnsOn.slice(0, 40)}" is not a date. Write it as YYYY-MM-DD.`)
  const original = await sandbox.parse(mail.raw)
  const as = original.to.find((one) => one.address === mail.to) ?? { address: mail.to, name: '' }
  const raw = await sandbox.compose({ original, as, ...answer, now, random })
  const written = await sandbox.parse(raw)
  const saved = await saveAnswer(db, {
    team,
    mailboxId: mail.mailboxId,
    rfcId: written.messageId,
    from: written.from?.address ?? mail.to,
    to: mail.from,
    subject: written.subject,
    raw,
    now,
    random,
  })
  sandbox.announce()
  return done(saved.id)
}
