/**
 * What a mail had left on rows besides a state, taken away again: answered, bounced, complained, opted out, met; and the numbers of each. What
 * another mail says just as well is counted for that one.
 */

import { sql } from 'kysely'
import { ANSWERS, isAnswer } from '../core/answer.ts'
import type { Instant } from '../core/clock.ts'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import { at, kysely } from './db.ts'
import { setSoftBounces, softBouncesInARow } from './inbound-marks.ts'
import { countForMail, type KeptMail, type NumberEffect } from './mail-effects.ts'
import { addDeltas, type EmailMetric } from './stats.ts'

interface Unmarking {
  team: TeamId
  mail: KeptMail
  now: Instant
}

/** After the transitions: enrollments come before messages. `heir`: another mail of the same kind about the same enrollment. */
export async function unmark(
  tx: Db,
  o: Unmarking,
  { numbers, heir }: { numbers: readonly NumberEffect[]; heir: Id | null },
): Promise<void> {
  const { team, mail } = o
  await addDeltas(tx, {
    team,
    deltas: numbers.map(({ subject, detail: { n, ...where } }) => ({
      ...where,
      metric: subject,
      n: -n,
    })),
  })
  const { messageId, kind } = mail
  const met = numbers.find((one) => one.subject === 'demoed')?.detail.messageId
  if (met) await clear(tx, o, { messageId: met, columns: 'demoed_at' })
  if (messageId === null) return
  if (numbers.some((one) => one.subject === 'unsubscribed'))
    await clear(tx, o, { messageId, columns: 'opted_out_at' })
  if (isAnswer(kind)) await unmarkAnswered(tx, o, { messageId, heir, numbers })
  if (kind === 'complaint') await clear(tx, o, { messageId, columns: 'complained_at' })
  if (kind === 'bounce') await unmarkBounced(tx, o, { messageId, numbers })
}

async function clear(
  tx: Db,
  { team, now }: Unmarking,
  { messageId, columns }: { messageId: Id; columns: 'demoed_at' | 'opted_out_at' | 'complained_at' },
): Promise<void> {
  await sql`update messages set ${sql.ref(columns)} = null, updated_at = ${at(now)} where team_id = ${team} and id = ${messageId}`.execute(
    kysely(tx),
  )
}

interface Heir {
  messageId: Id
  sequenceId: Id | null
  stepId: Id | null
  variantId: Id | null
}

/** The email counts as answered by what is left of its answers, the enrollment too. */
async function unmarkAnswered(
  tx: Db,
  { team, mail, now }: Unmarking,
  o: { messageId: Id; heir: Id | null; numbers: readonly NumberEffect[] },
): Promise<void> {
  const others = sql`from inbound i where i.team_id = ${team} and i.id <> ${mail.id} and i.kind = any(${[...ANSWERS]})
    and i.contact_id = ${mail.contactId}`
  if (mail.enrollmentId !== null)
    await sql`
      update enrollments e set replied_at = (select min(i.read_at) ${others} and i.enrollment_id = e.id), updated_at = ${at(now)}
      where e.team_id = ${team} and e.id = ${mail.enrollmentId}`.execute(kysely(tx))
  await sql`
    update messages m set replied_at = (select min(i.read_at) ${others} and i.matched_message_id = m.id),
      reply_class = (select i.reply_class ${others} and i.matched_message_id = m.id and i.reply_class is not null
        order by i.read_at desc, i.id desc limit 1), updated_at = ${at(now)}
    where m.team_id = ${team} and m.id = ${o.messageId}`.execute(kysely(tx))
  if (o.heir === null || !o.numbers.some((one) => one.subject === 'replied')) return
  const { rows } = await sql<Heir>`
    select m.id as "messageId", m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId"
    from inbound i join messages m on m.team_id = i.team_id and m.id = i.matched_message_id
    where i.team_id = ${team} and i.id = ${o.heir}`.execute(kysely(tx))
  await countAgain(tx, { team, inboundId: o.heir, of: rows[0], metric: 'replied' })
}

async function countAgain(
  tx: Db,
  o: { team: TeamId; inboundId: Id | undefined; of: Heir | undefined; metric: EmailMetric },
): Promise<void> {
  if (!o.of || o.of.sequenceId === null) return
  const { messageId, sequenceId, stepId, variantId } = o.of
  const delta = { sequenceId, stepId, variantId, messageId, metric: o.metric, n: 1 }
  await countForMail(tx, { team: o.team, inboundId: o.inboundId, deltas: [delta] })
}

/** The email came back only as what is left says; a person who bounced by another email of the enrollment is counted there. */
async function unmarkBounced(
  tx: Db,
  { team, mail, now }: Unmarking,
  o: { messageId: Id; numbers: readonly NumberEffect[] },
): Promise<void> {
  await sql`
    with worst as (
      select i.class, min(i.read_at) as at from inbound i
      where i.team_id = ${team} and i.contact_id = ${mail.contactId} and i.matched_message_id = ${o.messageId} and i.id <> ${mail.id}
        and i.kind = 'bounce' and i.class in ('hard', 'soft', 'blocked')
      group by i.class order by i.class = 'hard' desc, min(i.read_at) limit 1)
    update messages m set bounce = (select class from worst), bounced_at = (select at from worst), updated_at = ${at(now)}
    where m.team_id = ${team} and m.id = ${o.messageId} and m.state <> 'rejected'`.execute(kysely(tx))
  const still = await stillBounced(tx, { team, mail, messageId: o.messageId })
  for (const metric of ['hard_bounced', 'spam_blocked'] as const)
    if (still?.metric === metric && o.numbers.some((one) => one.subject === metric))
      await countAgain(tx, { team, inboundId: still.inboundId, of: still, metric })
  if (mail.enrollmentId === null) return
  const { rows } = await sql<Heir & { bounce: string; inboundId: Id | null }>`
    select m.id as "messageId", m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId", m.bounce,
      (select i.id from inbound i where i.team_id = m.team_id and i.contact_id = m.contact_id and i.matched_message_id = m.id
        and i.kind = 'bounce' and i.id <> ${mail.id} order by i.read_at, i.id limit 1) as "inboundId"
    from messages m where m.team_id = ${team} and m.enrollment_id = ${mail.enrollmentId} and m.bounce in ('hard', 'soft')
    order by m.bounced_at, m.id`.execute(kysely(tx))
  const [first] = rows
  const lastSoft = rows.filter((row) => row.bounce === 'soft').at(-1)
  const enrollment = { team, enrollmentId: mail.enrollmentId }
  const count = lastSoft ? await softBouncesInARow(tx, { ...enrollment, messageId: lastSoft.messageId }) : 0
  await setSoftBounces(tx, { ...enrollment, count, now })
  if (o.numbers.some((one) => one.subject === 'bounced') && first)
    await countAgain(tx, { team, inboundId: first.inboundId ?? undefined, of: first, metric: 'bounced' })
}

/** The same email, by another mail that says so. */
async function stillBounced(
  tx: Db,
  { team, mail, messageId }: { team: TeamId; mail: KeptMail; messageId: Id },
): Promise<(Heir & { inboundId: Id; metric: EmailMetric }) | undefined> {
  const { rows } = await sql<Heir & { inboundId: Id; metric: EmailMetric }>`
    select m.id as "messageId", m.sequence_id as "sequenceId", m.step_id as "stepId", m.variant_id as "variantId", i.id as "inboundId",
      case m.bounce when 'hard' then 'hard_bounced' else 'spam_blocked' end as metric
    from messages m join inbound i on i.team_id = m.team_id and i.contact_id = ${mail.contactId} and i.matched_message_id = m.id
      and i.kind = 'bounce' and i.class = m.bounce and i.id <> ${mail.id}
    where m.team_id = ${team} and m.id = ${messageId} and m.bounce in ('hard', 'blocked') order by i.read_at, i.id limit 1`.execute(
    kysely(tx),
  )
  return rows[0]
}
