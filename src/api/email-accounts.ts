/** Mailboxes over HTTP: `email_accounts` of the wire, and the check that shows each step as it happens. */
import { type Static, Type } from 'typebox'
import { beginCheck } from '../actions/check-mailbox.ts'
import {
  changeMailbox,
  connectMailbox,
  type MailboxDraft,
  type ServerDraft,
} from '../actions/connect-mailbox.ts'
import { endMailboxSuspension } from '../actions/end-suspension.ts'
import { warningsOfMailboxes } from '../actions/reputation-warnings.ts'
import type { Id } from '../core/ids.ts'
import { PROVIDERS } from '../core/providers.ts'
import { checkById } from '../store/mailbox-checks.ts'
import { readPaces } from '../store/mailbox-paces.ts'
import { activeSequencesAt, type MailboxRow, mailboxesOf } from '../store/mailboxes.ts'
import { teamById } from '../store/teams.ts'
import { defined } from './defined.ts'
import { refuse } from './errors.ts'
import { clearable, IdParameter, oneOf } from './params.ts'
import { allowed } from './refusing.ts'
import { type Call, type Route, route } from './route.ts'
import { MailProvider, wireProvider } from './wire/mail-provider.ts'
import { EmailAccount, wireMailbox } from './wire/mailbox.ts'

const ServerInput = Type.Object({
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65535 })),
  tls: Type.Optional(oneOf(['tls', 'starttls', 'none'] as const)),
  user: clearable(Type.String({ maxLength: 320 })),
  password: clearable(
    Type.String({
      maxLength: 2_000,
      description: 'Encrypted at rest and never returned. Left out, the saved one stays.',
    }),
  ),
})

const settings = {
  email: Type.Optional(Type.String({ maxLength: 320 })),
  from_name: clearable(Type.String({ maxLength: 200 })),
  reply_to: clearable(Type.String({ maxLength: 320 })),
  aliases: Type.Optional(Type.Array(Type.String({ maxLength: 320 }), { maxItems: 50 })),
  signature_html: Type.Optional(Type.String({ maxLength: 100_000 })),
  smtp: Type.Optional(ServerInput),
  imap: clearable(ServerInput),
  reads_via: clearable(IdParameter),
  email_daily_threshold: Type.Optional(Type.Integer()),
  max_outbound_emails_per_hour: Type.Optional(Type.Integer()),
  seconds_delay_between_emails: Type.Optional(Type.Number()),
  gap_jitter_percent: Type.Optional(
    Type.Integer({
      description: 'Each gap is longer by up to this part of it, at random. 20 on a new mailbox.',
    }),
  ),
  ramp_up: clearable(
    Type.Object(
      {
        starts_on: Type.Optional(Type.String({ description: 'YYYY-MM-DD in the zone of the team; today.' })),
        start_per_day: Type.Integer(),
        step_per_day: Type.Integer(),
      },
      {
        description:
          'A young mailbox sends start_per_day in 24 hours, and step_per_day more on each day after the first, until email_daily_threshold.',
      },
    ),
  ),
}
const Settings = Type.Object(settings)

function draftOf(input: Static<typeof Settings>): MailboxDraft {
  return defined({
    address: input.email,
    fromName: input.from_name,
    replyTo: input.reply_to,
    aliases: input.aliases,
    signatureHtml: input.signature_html,
    smtp: input.smtp && (defined(input.smtp) as ServerDraft),
    imap: input.imap && (defined(input.imap) as ServerDraft),
    readsVia: input.reads_via,
    dailyLimit: input.email_daily_threshold,
    hourlyLimit: input.max_outbound_emails_per_hour,
    gapMs:
      input.seconds_delay_between_emails === undefined
        ? undefined
        : Math.round(input.seconds_delay_between_emails * 1000),
    gapJitterPercent: input.gap_jitter_percent,
    rampUp:
      input.ramp_up &&
      defined({
        startsOn: input.ramp_up.starts_on,
        startPerDay: input.ramp_up.start_per_day,
        stepPerDay: input.ramp_up.step_per_day,
      }),
  }) as MailboxDraft
}

const connecting = (call: Call) => ({
  team: call.caller.teamId,
  userId: call.caller.userId,
  keys: call.keys,
  timeTravel: call.settings.timeTravel,
  privateMailHosts: call.settings.privateMailHosts,
  now: call.now,
  random: call.random,
})

async function allOnWire(call: Call, only?: Id) {
  const team = call.caller.teamId
  const rows = await mailboxesOf(call.db, team)
  const wanted = only === undefined ? rows : rows.filter((row) => row.id === only)
  const ids = wanted.map((row) => row.id)
  const [paces, active, { timeZone }, warnings] = await Promise.all([
    readPaces(call.db, { team, mailboxIds: ids, now: call.now }),
    activeSequencesAt(call.db, { team, ids }),
    teamById(call.db, team),
    warningsOfMailboxes(call.db, { team, ids, now: call.now }),
  ])
  const readerOf = (row: MailboxRow) => rows.find((one) => one.id === row.readsVia)
  return wanted.map((row) =>
    wireMailbox({
      row,
      use: paces.get(row.id)?.pace,
      activeSequences: active.get(row.id) ?? 0,
      readsVia: readerOf(row),
      reputationWarning: warnings.get(row.id) ?? null,
      zone: timeZone,
      teamPublicId: call.caller.teamPublicId,
      publicUrl: call.settings.publicUrl,
      now: call.now,
    }),
  )
}

async function shown(call: Call, id: Id) {
  return (await allOnWire(call, id))[0] ?? refuse(404, 'Record not found.')
}

const Check = Type.Object({
  check: Type.Object({
    id: Type.String(),
    state: Type.String({ description: 'running, passed or failed.' }),
    steps: Type.Array(Type.Object({ name: Type.String(), state: Type.String(), words: Type.String() })),
  }),
})

async function checkOnWire(call: Call, { mailboxId, id }: { mailboxId: Id; id: Id }) {
  const check = await checkById(call.db, { team: call.caller.teamId, mailboxId, id })
  if (!check) return refuse(404, 'Record not found.')
  return { check: { id: check.id, state: check.state, steps: check.steps } }
}

const One = Type.Object({ email_account: EmailAccount })

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/email_accounts',
    name: 'email_accounts/index',
    summary: 'All mailboxes',
    input: Type.Object({}),
    output: Type.Object({ email_accounts: Type.Array(EmailAccount) }),
    run: async (_input, call) => ({ email_accounts: await allOnWire(call) }),
  }),
  route({
    method: 'POST',
    path: '/email_accounts',
    name: 'email_accounts/create',
    summary: 'Connect a mailbox over SMTP and IMAP',
    description:
      'It sends nothing until its check has passed. The first real mailbox makes Mon-Fri 9-17 what new sequences get.',
    extension: true,
    input: Settings,
    output: Type.Object({
      email_account: EmailAccount,
      sequences_on_always: Type.Array(
        Type.Object({ id: Type.String(), name: Type.Union([Type.String(), Type.Null()]) }),
      ),
    }),
    async run(input, call) {
      const { id, onAlways } = allowed(await connectMailbox(call.db, connecting(call), draftOf(input)))
      return { email_account: await shown(call, id), sequences_on_always: onAlways }
    },
  }),
  route({
    method: 'GET',
    path: '/email_accounts/providers',
    name: 'email_accounts/providers',
    summary:
      'Where mail providers listen, how much they take from one mailbox, and what is careful below that',
    extension: true,
    input: Type.Object({}),
    output: Type.Object({ providers: Type.Array(MailProvider) }),
    run: async () => ({ providers: PROVIDERS.map(wireProvider) }),
  }),
  route({
    method: 'GET',
    path: '/email_accounts/:id',
    name: 'email_accounts/show',
    summary: 'One mailbox',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: One,
    run: async ({ id }, call) => ({ email_account: await shown(call, id) }),
  }),
  route({
    method: ['PUT', 'PATCH'],
    path: '/email_accounts/:id',
    name: 'email_accounts/update',
    summary: 'Change a mailbox',
    description: 'Another server, login, password or address puts it behind its check again.',
    input: Type.Object({ id: IdParameter, ...settings }),
    output: One,
    async run({ id, ...input }, call) {
      allowed(await changeMailbox(call.db, connecting(call), { id, draft: draftOf(input) }))
      return { email_account: await shown(call, id) }
    },
  }),
  route({
    method: 'POST',
    path: '/email_accounts/:id/check',
    name: 'email_accounts/check',
    summary: 'Try the mailbox for real: log in, send a mail to itself, find it',
    description:
      'Answers at once; ask for the check by its id to see the steps as they happen. A relay sends the mail to the mailbox that reads its replies.',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: Check,
    async run({ id }, call) {
      const { privateMailHosts } = call.settings
      const checking = { ...call, team: call.caller.teamId, privateMailHosts }
      const { checkId } = allowed(await beginCheck(call.db, checking, id))
      return checkOnWire(call, { mailboxId: id, id: checkId })
    },
  }),
  route({
    method: 'POST',
    path: '/email_accounts/:id/end_suspension',
    name: 'email_accounts/end_suspension',
    summary: 'Let a mailbox go on that was stopped because too much came back',
    description:
      'It ramps up from a fifth of its daily limit. What was sent before counts no more against it: the rates are taken from here on.',
    extension: true,
    input: Type.Object({ id: IdParameter }),
    output: One,
    async run({ id }, call) {
      const { now, random } = call
      const { teamId: team, userId } = call.caller
      allowed(await endMailboxSuspension(call.db, { team, userId, now, random }, id))
      return { email_account: await shown(call, id) }
    },
  }),
  route({
    method: 'GET',
    path: '/email_accounts/:id/checks/:check_id',
    name: 'email_accounts/check_show',
    summary: 'The steps of a check',
    extension: true,
    input: Type.Object({ id: IdParameter, check_id: IdParameter }),
    output: Check,
    run: (input, call) => checkOnWire(call, { mailboxId: input.id, id: input.check_id }),
  }),
]
