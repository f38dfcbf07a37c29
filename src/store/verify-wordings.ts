/** What `verify` proves of A/B tests: what was dealt was counted, and it was dealt evenly at each mailbox. */
import { sql } from 'kysely'
import { type Breach, bySql, type Check } from './verify-promise.ts'

/**
 * The round that goes on now at each step and mailbox, with what became of its emails. People of a removed mailbox took their emails along. A
 * draft gets a wording that is to be reviewed only where none is approved (`mayGet`).
 */
const ROUND = (team: number) => sql`
  select d.step_id, d.mailbox_id, d.variant_id, d.weight, d.dealt, d.taken_back, x.written, x.cancelled,
    v.deleted_at is null and v.weight = d.weight and (v.approved or (s.kind = 'manual_email' and not exists (
      select from variants o where o.team_id = v.team_id and o.step_id = v.step_id and o.approved and o.weight > 0
        and o.deleted_at is null))) as goes_on
  from variant_deals d join mailboxes b on b.team_id = d.team_id and b.id = d.mailbox_id and b.state <> 'removed'
  join variants v on v.team_id = d.team_id and v.id = d.variant_id
  join steps s on s.team_id = d.team_id and s.id = d.step_id
  cross join lateral (
    select count(*) as written, count(*) filter (where m.state = 'cancelled') as cancelled from messages m
    where m.team_id = d.team_id and m.step_id = d.step_id and m.mailbox_id = d.mailbox_id and m.deal_round = d.round
      and m.variant_id = d.variant_id) as x
  where d.team_id = ${team} and d.round = (select max(r.round) from variant_deals r
    where r.team_id = d.team_id and r.step_id = d.step_id and r.mailbox_id = d.mailbox_id)`

const counted = bySql(
  'wordings_counted',
  'Each wording of a step was dealt to as many emails of a mailbox as its count says.',
  ({ team }) => sql<Breach>`
    select mailbox_id as "mailboxId", format('wording %s of step %s: the count is %s, the emails are %s', variant_id, step_id, dealt,
      written) as sentence
    from (${ROUND(team)}) as r where dealt <> written`,
)

/**
 * What was cancelled, or taken back while its wording was switched off, is dealt again by the next emails, which may not have come yet. A round
 * in which a wording is switched off is over.
 */
const evenly = bySql(
  'wordings_dealt_evenly',
  'The wordings of a step were dealt to the emails of a mailbox within one of their weighted shares.',
  ({ team }) => sql<Breach>`
    select mailbox_id as "mailboxId", format('wording %s of step %s: dealt to %s of %s emails, its share is %s of %s', variant_id, step_id,
      written - cancelled, emails, weight, weights) as sentence
    from (
      select *, sum(weight) over hand as weights, sum(written - cancelled) over hand as emails, sum(cancelled + taken_back) over hand as in_vain,
        bool_and(goes_on) over hand as hand_goes_on
      from (${ROUND(team)}) as r window hand as (partition by step_id, mailbox_id)
    ) as r where hand_goes_on and abs(written - cancelled - emails * weight / weights) > 1 + in_vain`,
)

export const WORDINGS: readonly Check[] = [counted, evenly]
