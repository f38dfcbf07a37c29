/** What the team says about itself: names, zone, and the words of its opt-out line. */
import { Type } from 'typebox'
import { changeCompanyCaps } from '../actions/change-company-caps.ts'
import { changeTeam } from '../actions/change-team.ts'
import { AWAY_MARGIN_DAYS_MAX, AWAY_RESUME_DAYS_MAX } from '../core/absence.ts'
import type { CompanyLimits } from '../core/company.ts'
import { COMPANY_DELAY_DAYS_MAX, COMPANY_RULES, type CompanyRule } from '../core/company-reply.ts'
import { STALE_AFTER_HOURS_MAX } from '../core/lateness.ts'
import { hasOptOutMarker } from '../core/unsubscribe.ts'
import { canonicalZone, zoneProblem } from '../core/zone.ts'
import type { TeamChange } from '../store/teams.ts'
import { actorOf } from './actor.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { clearable, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Route, route } from './route.ts'
import { WireTeam, wireTeam } from './wire/team.ts'

export const routes: Route[] = [
  route({
    method: ['PATCH', 'PUT'],
    path: '/team',
    name: 'team/update',
    summary: 'Change the team',
    extension: true,
    input: Type.Object({
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      time_zone: Type.Optional(Type.String({ maxLength: 100 })),
      legal_name: clearable(Type.String({ maxLength: 500 })),
      postal_address: clearable(Type.String({ maxLength: 2000 })),
      opt_out_html: Type.Optional(
        Type.String({ minLength: 1, maxLength: 5000, description: 'Holds <%the words of the link%>.' }),
      ),
      away_margin_days: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: AWAY_MARGIN_DAYS_MAX,
          description: 'Open days that pass after the day of return of somebody who was away.',
        }),
      ),
      away_resume_days: clearable(
        Type.Integer({
          minimum: 1,
          maximum: AWAY_RESUME_DAYS_MAX,
          description: 'Days after which an absence without a date ends by itself; null: a person ends it.',
        }),
      ),
      blocked_per_day_max: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 1_000,
          description: 'As many emails refused for content or reputation within 24 hours stop a mailbox.',
        }),
      ),
      stale_after_hours: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: STALE_AFTER_HOURS_MAX,
          description:
            'A step that is overdue for longer (its window was open, and it could not go) is held as stale, and released by a person.',
        }),
      ),
      same_account_reply_policy: Type.Optional(
        oneOf(COMPANY_RULES, {
          description:
            'What happens to others of a company when one person of it answers, in sequences without a rule of their own: ignore, delay, or stop.',
        }),
      ),
      same_account_reply_delay_days: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: COMPANY_DELAY_DAYS_MAX,
          description: 'Of delay: from the answer on.',
        }),
      ),
      one_contact_per_company_in_sequence: Type.Optional(
        Type.Boolean({
          description:
            'A sequence takes one person of each company: others are skipped (contacts_in_same_company). Default false.',
        }),
      ),
      only_owners_may_email: Type.Optional(
        Type.Boolean({
          description:
            'People are added to sequences only by whoever owns them or their account: others are skipped (contacts_without_ownership_permission). API keys act as the longest-standing admin. Default false.',
        }),
      ),
      max_emails_per_domain_per_day: cap(
        'To one company, by the registrable domain of the address, over all sequences and mailboxes. Days are those of the team’s zone.',
      ),
      max_emails_per_free_mail_domain_per_day: cap(
        'To one provider of free mailboxes (gmail.com and the like), for which the cap per domain does not count.',
      ),
      max_emails_per_account_per_week: cap(
        'To one account (without one, to one company’s domain), over all sequences, from Monday to Sunday.',
      ),
    }),
    output: Type.Object({ team: WireTeam }),
    async run(input, call) {
      const { db, caller, now, random } = call
      const change: TeamChange = {}
      if (input.name !== undefined) change.name = input.name.trim()
      if (input.time_zone !== undefined) change.timeZone = zoneOrRefuse(input.time_zone)
      if (input.legal_name !== undefined) change.legalName = input.legal_name?.trim() || null
      if (input.postal_address !== undefined) change.postalAddress = input.postal_address?.trim() || null
      if (input.opt_out_html !== undefined) change.optOutHtml = withMarkerOrRefuse(input.opt_out_html)
      if (input.away_margin_days !== undefined) change.awayMarginDays = input.away_margin_days
      if (input.away_resume_days !== undefined) change.awayResumeDays = input.away_resume_days
      if (input.blocked_per_day_max !== undefined) change.blockedPerDayMax = input.blocked_per_day_max
      Object.assign(change, rulesOf(input))
      const caps = capsOf(input)
      if (Object.keys(caps).length > 0)
        allowed(await changeCompanyCaps(db, { team: caller.teamId, now }, caps))
      const acting = { team: caller.teamId, actor: actorOf(call), now, random }
      return { team: wireTeam(await changeTeam(db, acting, change)) }
    },
  }),
]

interface RulesInput {
  stale_after_hours?: number
  same_account_reply_policy?: CompanyRule
  same_account_reply_delay_days?: number
  one_contact_per_company_in_sequence?: boolean
  only_owners_may_email?: boolean
}

const rulesOf = (input: RulesInput) =>
  defined({
    staleAfterHours: input.stale_after_hours,
    sameAccountReply: input.same_account_reply_policy,
    sameAccountDelayDays: input.same_account_reply_delay_days,
    onePerCompany: input.one_contact_per_company_in_sequence,
    ownersOnly: input.only_owners_may_email,
  }) as TeamChange

function cap(description: string) {
  return clearable(Type.Integer({ description: `${description} Null: no cap.` }))
}

interface CapsInput {
  max_emails_per_domain_per_day?: number | null
  max_emails_per_free_mail_domain_per_day?: number | null
  max_emails_per_account_per_week?: number | null
}

const capsOf = (input: CapsInput) =>
  defined({
    domainPerDay: input.max_emails_per_domain_per_day,
    freeMailPerDay: input.max_emails_per_free_mail_domain_per_day,
    accountPerWeek: input.max_emails_per_account_per_week,
  }) as Partial<CompanyLimits>

/** The zone's own spelling, or a 422 that names the nearest one. */
export function zoneOrRefuse(zone: string, parameter = 'time_zone'): string {
  const problem = zoneProblem(zone)
  return problem === undefined ? canonicalZone(zone)! : refuse(422, problem, { parameter })
}

function withMarkerOrRefuse(html: string): string {
  if (hasOptOutMarker(html)) return html
  return refuse(
    422,
    'The opt-out line has no link in it. Put the words to click between <% and %>, as in "If you do not want to hear from me, <%click here%>."',
    { parameter: 'opt_out_html' },
  )
}
