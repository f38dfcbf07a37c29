/**
 * Tries a mailbox for real: logs in to both servers, sends a mail to where its answers go, finds it, and remembers what that teaches. Each step is
 * saved as it happens. A check whose process died stays "running" until another one is begun.
 */
import { domainOf } from '../core/address.ts'
import { type Clock, type Instant, MINUTE } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import { type Id, newId, type TeamId } from '../core/ids.ts'
import { newMessageId } from '../core/message.ts'
import type { Random } from '../core/random.ts'
import { done, notFound, type Result, refused } from '../core/result.ts'
import type { Log } from '../log.ts'
import type { CheckFindings, CheckStep, MailPort, OutgoingMail } from '../mail/port.ts'
import { type Keys, SealBroken } from '../seal.ts'
import { writeActivities } from '../store/activities.ts'
import { appendStep, finishCheck, insertCheck, runningCheck, saveFindings } from '../store/mailbox-checks.ts'
import { type MailboxRow, mailboxById } from '../store/mailboxes.ts'
import { accessOf } from './mailbox-access.ts'
import type { MailboxTokens } from './mailbox-tokens.ts'
import { resolvedHostProblem } from './private-hosts.ts'

export interface Checking {
  team: TeamId
  clock: Clock
  random: Random
  keys: Keys
  mail: MailPort
  tokens: MailboxTokens
  log: Log
  privateMailHosts: readonly string[]
}

/** Slower servers exist, but a check that takes longer than this died with its process. */
const CHECK_TAKES_AT_MOST_MS = 15 * MINUTE

export interface Begun {
  checkId: Id
  /** Resolves when the check is over; never rejects. The caller need not wait. */
  finished: Promise<void>
}

/** Begins a check, or names the one under way. */
export async function beginCheck(db: Db, checking: Checking, mailboxId: Id): Promise<Result<Begun>> {
  const { team, clock, random } = checking
  const mailbox = await mailboxById(db, { team, id: mailboxId })
  if (!mailbox) return notFound()
  if (mailbox.kind === 'sandbox')
    return refused('The sandbox needs no check: its server is part of Segue itself.')
  const now = clock.real()
  const { rev } = mailbox
  const running = await runningCheck(db, { team, mailboxId, rev, since: now - CHECK_TAKES_AT_MOST_MS })
  if (running !== undefined) return done({ checkId: running, finished: Promise.resolve() })
  const checkId = newId(now, random)
  await insertCheck(db, { team, id: checkId, mailboxId, rev, now })
  const finished = run(db, checking, { mailbox, checkId }).catch((error: unknown) =>
    checking.log.error({ err: error, check: checkId }, 'the end of a mailbox check could not be written'),
  )
  return done({ checkId, finished })
}

async function run(
  db: Db,
  checking: Checking,
  { mailbox, checkId }: { mailbox: MailboxRow; checkId: Id },
): Promise<void> {
  const { log } = checking
  try {
    const outcome = await check(db, checking, { mailbox, checkId })
    await settle(db, checking, { mailbox, checkId, ...outcome })
  } catch (error) {
    log.error({ err: error, mailbox: mailbox.id, check: checkId }, 'the check of a mailbox broke off')
    await noteBroken(db, checking, { checkId, error })
  }
}

/** The database may be what broke: then the check stays "running", and another one can be begun later. */
async function noteBroken(
  db: Db,
  { team, clock, log }: Checking,
  { checkId, error }: { checkId: Id; error: unknown },
): Promise<void> {
  const words =
    error instanceof SealBroken ? error.message : 'The check broke off for a fault of its own. Try again.'
  try {
    await appendStep(db, { team, id: checkId, step: { name: 'check', state: 'failed', words } })
    await finishCheck(db, { team, id: checkId, passed: false, now: clock.real() })
  } catch (second) {
    log.error({ err: second, check: checkId }, 'the end of a check could not be saved')
  }
}

interface Outcome {
  findings: CheckFindings | null
  /** Of the step that failed. */
  problem: string | null
  loginRefused: boolean
}

async function check(
  db: Db,
  checking: Checking,
  { mailbox, checkId }: { mailbox: MailboxRow; checkId: Id },
): Promise<Outcome> {
  const { mail, clock, random, team } = checking
  let problem: string | null = null
  let loginRefused = false
  const onStep = async (step: CheckStep) => {
    if (step.state === 'failed') problem ??= step.words
    loginRefused ||= step.state === 'failed' && step.name === 'smtp_login'
    const said = step.reply === undefined || step.words.includes(step.reply) ? '' : ` (${step.reply})`
    const { name, state } = step
    await appendStep(db, { team, id: checkId, step: { name, state, words: step.words + said } })
  }
  const reader = mailbox.readsVia === null ? undefined : await mailboxById(db, { team, id: mailbox.readsVia })
  for (const [use, server] of [
    ['smtp', mailbox.smtp],
    ['imap', mailbox.imap ?? reader?.imap ?? null],
  ] as const) {
    const inside = server && (await resolvedHostProblem(server.host, checking.privateMailHosts))
    if (!inside) continue
    await onStep({ name: `${use}_connect`, state: 'failed', words: inside })
    return { findings: null, problem: inside, loginRefused: false }
  }
  const findings = await mail.check({
    access: accessOf(mailbox, checking),
    mail: testMail(mailbox, { to: answersTo(mailbox, reader), now: clock.real(), random }),
    ...(reader ? { reader: { address: reader.address, access: accessOf(reader, checking) } } : {}),
    ...(mailbox.aliases[0] === undefined ? {} : { otherSender: mailbox.aliases[0] }),
    onStep,
  })
  return { findings, problem, loginRefused }
}

/** Of a relay, whose own address may lead nowhere, where people's answers will arrive; else the mailbox itself. */
function answersTo(mailbox: MailboxRow, reader: MailboxRow | undefined): string {
  return mailbox.imap === null && reader ? (mailbox.replyTo ?? reader.address) : mailbox.address
}

function testMail(
  mailbox: MailboxRow,
  { to, now, random }: { to: string; now: Instant; random: Random },
): OutgoingMail {
  const self = { address: mailbox.address, name: mailbox.fromName ?? '' }
  const text =
    'Segue sent this mail to check that this mailbox sends and receives. You can delete it; Segue never deletes mail itself.'
  return {
    messageId: newMessageId(random, domainOf(mailbox.address)),
    from: self,
    envelopeFrom: mailbox.address,
    to: [{ address: to, name: '' }],
    cc: [],
    bcc: [],
    subject: 'Segue checks this mailbox',
    html: `<p>${text}</p>`,
    text,
    references: [],
    headers: {},
    date: now,
  }
}

async function settle(
  db: Db,
  { team, clock, random }: Checking,
  { mailbox, checkId, findings, problem, loginRefused }: { mailbox: MailboxRow; checkId: Id } & Outcome,
): Promise<void> {
  const passed = findings?.ok ?? false
  await db.transaction(async (tx) => {
    const { saved } = await saveFindings(tx, {
      team,
      mailboxId: mailbox.id,
      rev: mailbox.rev,
      passed,
      disconnects: loginRefused,
      problem: passed ? null : (problem ?? 'The check did not pass.'),
      keepsMessageId: findings?.keepsMessageId ?? null,
      filesSentCopy: findings?.filesSentCopy ?? null,
      acceptsOtherSender: findings?.acceptsOtherSender ?? null,
      cursors: findings?.cursors ?? [],
      now: clock.now(),
    })
    if (!saved)
      await appendStep(tx, {
        team,
        id: checkId,
        step: {
          name: 'settings',
          state: 'failed',
          words: 'The settings were changed while the check ran. Check again.',
        },
      })
    await finishCheck(tx, { team, id: checkId, passed: passed && saved, now: clock.real() })
    if (passed && saved && mailbox.state !== 'connected')
      await writeActivities(tx, {
        team,
        activities: [{ kind: 'mailbox_connected', actor: `user:${mailbox.userId}`, mailboxId: mailbox.id }],
        now: clock.now(),
        random,
      })
  })
}
