/** A mail provider as the page's wizard needs it: servers, ceilings, and careful limits to begin with. */
import { Type } from 'typebox'
import { CAREFUL, type Provider } from '../../core/providers.ts'

const IntegerOrNull = Type.Union([Type.Integer(), Type.Null()])
const Listener = Type.Object({ host: Type.String(), port: Type.Integer(), tls: Type.String() })

export const MailProvider = Type.Object(
  {
    key: Type.String(),
    name: Type.String(),
    needs: Type.String({ description: 'What its account needs before a program may send.' }),
    password: Type.String({ description: 'What a password is called there.' }),
    smtp: Listener,
    imap: Type.Union([Listener, Type.Null()]),
    ceiling: Type.Object(
      { per_day: IntegerOrNull, per_hour: IntegerOrNull, words: Type.String() },
      { description: 'What the provider documents; null: nothing, or it is the account’s own.' },
    ),
    careful: Type.Object({
      email_daily_threshold: Type.Integer(),
      max_outbound_emails_per_hour: Type.Integer(),
      seconds_delay_between_emails: Type.Number(),
      gap_jitter_percent: Type.Integer(),
      ramp_up: Type.Object({ start_per_day: Type.Integer(), step_per_day: Type.Integer() }),
    }),
  },
  { title: 'MailProvider' },
)

export function wireProvider({ key, name, needs, password, smtp, imap, ceiling }: Provider) {
  return {
    ...{ key, name, needs, password, smtp, imap },
    ceiling: { per_day: ceiling.perDay, per_hour: ceiling.perHour, words: ceiling.words },
    careful: {
      email_daily_threshold: CAREFUL.dailyLimit,
      max_outbound_emails_per_hour: CAREFUL.hourlyLimit,
      seconds_delay_between_emails: CAREFUL.gapMs / 1000,
      gap_jitter_percent: CAREFUL.gapJitterPercent,
      ramp_up: {
        start_per_day: CAREFUL.rampUp.startPerDay,
        step_per_day: CAREFUL.rampUp.stepPerDay,
      },
    },
  }
}
