/**
 * How often each wording of a step was dealt at a mailbox. Read and written by whoever holds the mailbox's row: a claim of its emails or of its
 * tasks. An email that was cancelled before it left does not count: its wording is dealt again.
 */
import { sql } from 'kysely'
import type { Db } from '../core/db.ts'
import type { Id, TeamId } from '../core/ids.ts'
import type { Share } from '../core/wording-deal.ts'
import { sha256 } from '../seal.ts'
import { kysely } from './db.ts'

export interface Hand {
  stepId: Id
  mailboxId: Id
  /** In the order in which equal ones are dealt, another at each mailbox: else the first emails of all mailboxes would be alike. */
  shares: readonly Share[]
  round: number
  dealt: Map<Id, number>
}

export const handName = ({ stepId, mailboxId }: { stepId: Id; mailboxId: Id }) => `${stepId} ${mailboxId}`

interface Dealt {
  stepId: Id
  mailboxId: Id
  variantId: Id
  round: number
  weight: number
  n: number
}

/** What was dealt of these wordings; of others, or with other weights, nothing counts. */
export async function readHands(
  tx: Db,
  { team, hands }: { team: TeamId; hands: readonly Pick<Hand, 'stepId' | 'mailboxId' | 'shares'>[] },
): Promise<Map<string, Hand>> {
  if (hands.length === 0) return new Map()
  const { rows } = await sql<Dealt>`
    select d.step_id as "stepId", d.mailbox_id as "mailboxId", d.variant_id as "variantId", d.round, d.weight, d.dealt - (
      select count(*)::int from messages m where m.team_id = d.team_id and m.step_id = d.step_id and m.mailbox_id = d.mailbox_id
        and m.state = 'cancelled' and m.deal_round is not null and m.deal_round = d.round and m.variant_id = d.variant_id) as n
    from unnest(${hands.map((one) => one.stepId)}::text[], ${hands.map((one) => one.mailboxId)}::text[]) as h (step_id, mailbox_id)
    join variant_deals d on d.team_id = ${team} and d.step_id = h.step_id and d.mailbox_id = h.mailbox_id`.execute(
    kysely(tx),
  )
  return new Map(
    hands.map((hand) => {
      const name = handName(hand)
      return [
        name,
        handOf(
          hand,
          rows.filter((row) => handName(row) === name),
        ),
      ]
    }),
  )
}

function handOf(
  { stepId, mailboxId, shares }: Pick<Hand, 'stepId' | 'mailboxId' | 'shares'>,
  rows: readonly Dealt[],
): Hand {
  const round = Math.max(0, ...rows.map((row) => row.round))
  const current = rows.filter((row) => row.round === round)
  const isSame =
    current.length === shares.length &&
    shares.every(({ id, weight }) => current.some((row) => row.variantId === id && row.weight === weight))
  const order = (id: Id) => sha256(`${mailboxId} ${stepId} ${id}`)
  return {
    stepId,
    mailboxId,
    shares: [...shares].sort((a, b) => (order(a.id) < order(b.id) ? -1 : 1)),
    round: isSame ? round : round + 1,
    dealt: new Map(
      shares.map(({ id }) => [id, (isSame && current.find((row) => row.variantId === id)?.n) || 0]),
    ),
  }
}

/** The deal of one email, as it is written down with it. */
export interface Deal {
  round: number
  shares: readonly Share[]
}

/** What an email had been dealt before: its wording is another now. */
export interface LeftDeal {
  variantId: Id
  round: number
}

export interface DealtMessage {
  stepId: Id
  mailboxId: Id
  variantId: Id
  deal: Deal | null
  leaves: LeftDeal | null
}

/** Adds what was dealt with these messages, in the transaction that writes them. */
export async function countDeals(
  tx: Db,
  { team, messages }: { team: TeamId; messages: readonly DealtMessage[] },
): Promise<void> {
  await takeBack(tx, team, messages)
  const rows = new Map<string, Dealt>()
  for (const { stepId, mailboxId, variantId, deal } of messages) {
    if (deal === null) continue
    for (const { id, weight } of deal.shares) {
      const key = `${stepId} ${mailboxId} ${id}`
      const row = rows.get(key) ?? { stepId, mailboxId, variantId: id, round: deal.round, weight, n: 0 }
      row.n += Number(id === variantId)
      rows.set(key, row)
    }
  }
  if (rows.size === 0) return
  const sorted = [...rows.keys()].sort().map((key) => rows.get(key)!)
  const text = (of: (row: Dealt) => string) => sorted.map(of)
  const ints = (of: (row: Dealt) => number) => sorted.map(of)
  await sql`
    insert into variant_deals as d (team_id, step_id, mailbox_id, variant_id, round, weight, dealt)
    select ${team}, n.* from unnest(${text((r) => r.stepId)}::text[], ${text((r) => r.mailboxId)}::text[], ${text((r) => r.variantId)}::text[],
      ${ints((r) => r.round)}::int[], ${ints((r) => r.weight)}::int[], ${ints((r) => r.n)}::int[]) as n
    on conflict (team_id, step_id, mailbox_id, variant_id) do update set round = excluded.round, weight = excluded.weight,
      dealt = excluded.dealt + case when d.round = excluded.round then d.dealt else 0 end,
      taken_back = case when d.round = excluded.round then d.taken_back else 0 end`.execute(kysely(tx))
}

async function takeBack(tx: Db, team: TeamId, messages: readonly DealtMessage[]): Promise<void> {
  const left = messages.flatMap(({ stepId, mailboxId, leaves }) =>
    leaves === null ? [] : [{ stepId, mailboxId, ...leaves }],
  )
  if (left.length === 0) return
  await sql`
    update variant_deals d set dealt = d.dealt - l.n, taken_back = d.taken_back + l.n
    from (select step_id, mailbox_id, variant_id, round, count(*)::int as n
      from unnest(${left.map((one) => one.stepId)}::text[], ${left.map((one) => one.mailboxId)}::text[],
        ${left.map((one) => one.variantId)}::text[], ${left.map((one) => one.round)}::int[]) as x (step_id, mailbox_id, variant_id, round)
      group by 1, 2, 3, 4) as l
    where d.team_id = ${team} and d.step_id = l.step_id and d.mailbox_id = l.mailbox_id and d.variant_id = l.variant_id
      and d.round = l.round`.execute(kysely(tx))
}
