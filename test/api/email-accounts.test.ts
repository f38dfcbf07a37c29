import { sql } from 'kysely'
import { afterAll, afterEach, expect, test } from 'vitest'
import { mailboxAccess } from '../../src/actions/mailbox-access.ts'
import { sleep } from '../../src/clock.ts'
import type { Clock } from '../../src/core/clock.ts'
import { createMailPort } from '../../src/mail/post.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, type ApiOptions, startApi } from '../support/api.ts'
import { hasContract, missingKeys, recorded } from '../support/contract.ts'
import { hasDovecot, startDovecot } from '../support/dovecot.ts'
import { add, newContact, newSequence } from '../support/outreach.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { until } from '../support/until.ts'

/** Mail servers do not follow the tests' standing clock. */
const realClock: Clock = { now: () => Date.now(), real: () => Date.now(), sleep }

const opened: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

async function api(options: ApiOptions = {}): Promise<Api> {
  const made = await startApi({
    context: ({ random }) => ({ mail: createMailPort({ clock: realClock, random }) }),
    ...options,
  })
  opened.push(made)
  return made
}

const smtp = (port: number) => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  user: 'sales',
  password: 'hunter2 secret',
})
afterAll(() => shared.close())

const settings = (port = 2525, more: object = {}) => ({
  email: 'Sales@acme.test',
  from_name: 'Maria of Acme',
  smtp: smtp(port),
  imap: { host: '127.0.0.1', port: 1143, tls: 'none', user: 'sales', password: 'other secret' },
  ...more,
})

async function sinkWith(options: Parameters<typeof startSmtpSink>[0]): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  opened.push(sink)
  return sink
}

/** The check, when it is over. */
async function checked(at: Api, id: string) {
  const begun = await at.post(`/email_accounts/${id}/check`)
  expect(begun.body.check.state).toBe('running')
  const { body } = await until(
    () => at.get(`/email_accounts/${id}/checks/${begun.body.check.id}`),
    (answer) => answer.body.check.state !== 'running',
  )
  return body.check
}

test('the sandbox is there from the first run: connected, without a gap, mail opt-out until there is https', async () => {
  const at = await api()
  const { body } = await at.get('/email_accounts')
  expect(body.email_accounts).toEqual([
    expect.objectContaining({
      is_sandbox: true,
      active: true,
      default: true,
      state: 'connected',
      seconds_delay_between_emails: 0,
      opt_out: 'mailto',
      used_day: 0,
    }),
  ])
  const refused = await at.post(`/email_accounts/${body.email_accounts[0].id}/check`)
  expect(refused.status).toBe(422)
})

test('a mailbox is made with the defaults, its passwords sealed and never returned', async () => {
  const at = await api()
  const { status, body, text } = await at.post('/email_accounts', settings())
  expect(status).toBe(200)
  expect(body.email_account).toMatchObject({
    email: 'sales@acme.test',
    active: false,
    state: 'unchecked',
    email_daily_threshold: 50,
    max_outbound_emails_per_hour: 6,
    seconds_delay_between_emails: 600,
    smtp: { host: '127.0.0.1', port: 2525, tls: 'none', user: 'sales', has_password: true },
  })
  expect(text).not.toContain('secret')
  const { rows } = await sql<{ team: number; secret: string }>`
    select team_id as team, smtp_secret as secret from mailboxes where address = 'sales@acme.test'`.execute(
    kysely(at.db),
  )
  expect(rows[0]!.secret).not.toContain('hunter2')
  const access = await mailboxAccess({ ...at.context, privateMailHosts: ['127.0.0.1'] })(
    rows[0]!.team,
    body.email_account.id,
  )
  expect(access).toMatchObject({
    kind: 'server',
    smtp: { user: 'sales', password: 'hunter2 secret' },
    imap: { password: 'other secret' },
  })
})

test('the first real mailbox makes Mon-Fri 9-17 the default, and names who is still on Always', async () => {
  const at = await api()
  const { id } = await newSequence(at, { name: 'Nights too' })
  const first = await at.post('/email_accounts', settings())
  expect(first.body.sequences_on_always).toEqual([{ id, name: 'Nights too' }])
  const schedules = await at.get('/emailer_schedules')
  expect(schedules.body.emailer_schedules.find((each: { default: boolean }) => each.default).name).toBe(
    'Mon-Fri 9-17',
  )
  const later = await at.post('/sequences', {})
  expect(later.body.emailer_campaign.schedule.name).toBe('Mon-Fri 9-17')
  const second = await at.post('/email_accounts', settings(2525, { email: 'two@acme.test' }))
  expect(second.body.sequences_on_always).toEqual([])
})

/** For what is refused: nothing of it is left behind. */
const shared = await startApi()

test.each([
  ['an address that is none', { email: 'a@b@c' }, /a@b@c/],
  ['no SMTP server', { smtp: undefined }, /SMTP server is missing/],
  ['neither IMAP nor who reads the replies', { imap: null }, /reads_via/],
  ['a user without a password', { smtp: { host: '127.0.0.1', user: 'sales' } }, /password of sales/],
  [
    'a private host',
    { smtp: { host: '10.1.2.3' } },
    /10\.1\.2\.3 is inside a private network.*SEGUE_PRIVATE_MAIL_HOSTS/,
  ],
  ['a private name', { smtp: { host: 'mail.internal' } }, /mail\.internal/],
  ['the metadata address of clouds', { smtp: { host: '169.254.169.254' } }, /private network/],
  ['a mapped IPv6 address of this machine', { smtp: { host: '::ffff:10.0.0.1' } }, /private network/],
  ['a host that is no name', { smtp: { host: 'http://smtp.acme.com/' } }, /not the name of a mail server/],
  ['a port that is none', { smtp: { host: '127.0.0.1', port: 70_000 } }, /port/],
  ['a limit below nothing', { email_daily_threshold: -1 }, /daily limit is -1/],
  ['an alias that is none', { aliases: ['x'] }, /alias/],
  ['a reader that does not exist', { imap: null, reads_via: 'a'.repeat(24) }, /a{24}/],
])('%s is refused in a sentence', async (_name, more, sentence) => {
  const at = shared
  const { status, body } = await at.post('/email_accounts', settings(2525, more))
  expect(status).toBe(422)
  expect(body.error).toMatch(sentence)
  expect((await at.get('/email_accounts')).body.email_accounts).toHaveLength(1)
})

test('an address that is connected already is not connected twice', async () => {
  const at = await api()
  await at.post('/email_accounts', settings())
  const again = await at.post('/email_accounts', settings(2525, { email: 'SALES@acme.test' }))
  expect(again).toMatchObject({ status: 422, body: { error: expect.stringContaining('connected already') } })
})

test('of two calls at once that connect one address, or rename to it, one is told in words', async () => {
  const at = await api()
  const made = await Promise.all([1, 2, 3, 4].map(() => at.post('/email_accounts', settings())))
  expect(made.map((each) => each.status).sort()).toEqual([200, 422, 422, 422])
  for (const { body } of made.filter((each) => each.status === 422))
    expect(body.error).toBe('sales@acme.test is connected already. Change that mailbox instead.')
  const rename = async (email: string) => {
    const { body } = await at.post('/email_accounts', settings(2525, { email }))
    return () => at.put(`/email_accounts/${body.email_account.id}`, { email: 'z@acme.test' })
  }
  const renames = [await rename('a@acme.test'), await rename('b@acme.test')]
  const renamed = await Promise.all(renames.map((each) => each()))
  expect(renamed.map((each) => each.status).sort()).toEqual([200, 422])
})

test('time travel and real mailboxes exclude each other, also after the travel', async () => {
  const travelling = await api({
    context: ({ settings: own }) => ({ settings: { ...own, timeTravel: true } }),
  })
  expect((await travelling.post('/email_accounts', settings())).body).toMatchObject({ code: 'time_travel' })
  const travelled = await api()
  await sql`update deployment set travelled = true`.execute(kysely(travelled.db))
  expect((await travelled.post('/email_accounts', settings())).body).toMatchObject({ code: 'travelled' })
})

test('limits change at once; another login asks for the password and for a check', async () => {
  const at = await api()
  const { body } = await at.post('/email_accounts', settings())
  const { id } = body.email_account
  await sql`update mailboxes set state = 'connected' where id = ${id}`.execute(kysely(at.db))
  const limits = await at.put(`/email_accounts/${id}`, {
    email_daily_threshold: 80,
    seconds_delay_between_emails: 90,
  })
  expect(limits.body.email_account).toMatchObject({
    email_daily_threshold: 80,
    seconds_delay_between_emails: 90,
    state: 'connected',
  })
  const moved = await at.put(`/email_accounts/${id}`, {
    smtp: { host: '127.0.0.1', user: 'sales', port: 2526 },
  })
  expect(moved.body.email_account).toMatchObject({ state: 'unchecked', smtp: { port: 2526 } })
  const stolen = await at.put(`/email_accounts/${id}`, { smtp: { host: 'localhost', user: 'sales' } })
  expect(stolen.body.error).toMatch(/localhost|password/)
})

test('servers that are given as they are ask for no new check, another password or encryption does', async () => {
  const at = await api()
  const { id } = (await at.post('/email_accounts', settings())).body.email_account
  const same = { host: '127.0.0.1', port: 2525, tls: 'none', user: 'sales' }
  const stateAfter = async (smtp: object) => {
    await sql`update mailboxes set state = 'connected' where id = ${id}`.execute(kysely(at.db))
    const imap = { ...same, port: 1143 }
    const put = await at.put(`/email_accounts/${id}`, { smtp, imap, email_daily_threshold: 80 })
    return put.body.email_account.state
  }
  expect(await stateAfter(same)).toBe('connected')
  expect(await stateAfter({ ...same, password: 'newer' })).toBe('unchecked')
  expect(await stateAfter({ ...same, tls: 'starttls' })).toBe('unchecked')
})

test('a password is not carried to another host', async () => {
  const at = await api()
  const { body } = await at.post(
    '/email_accounts',
    settings(2525, { smtp: { ...smtp(2525), host: 'smtp.acme.test' } }),
  )
  const { status, body: refused } = await at.put(`/email_accounts/${body.email_account.id}`, {
    smtp: { host: 'smtp.evil.test', user: 'sales' },
  })
  expect(status).toBe(422)
  expect(refused.error).toMatch(/password of sales at smtp\.evil\.test is missing/)
})

test('the sandbox keeps its address; its name may change', async () => {
  const at = await api()
  const { id } = (await at.get('/email_accounts')).body.email_accounts[0]
  expect((await at.put(`/email_accounts/${id}`, { email: 'me@acme.test' })).status).toBe(422)
  const named = await at.put(`/email_accounts/${id}`, { from_name: 'Trial', signature_html: '<p>Bye</p>' })
  expect(named.body.email_account).toMatchObject({ from_name: 'Trial', signature_html: '<p>Bye</p>' })
})

test('a server that refuses the password fails the check with its words, and nothing is sent', async () => {
  const at = await api()
  const sink = await sinkWith({ users: { sales: 'another one' } })
  const { body } = await at.post('/email_accounts', settings(sink.port))
  const check = await checked(at, body.email_account.id)
  expect(check.state).toBe('failed')
  expect(check.steps.map((each: { name: string; state: string }) => [each.name, each.state])).toEqual([
    ['smtp_connect', 'done'],
    ['smtp_login', 'failed'],
  ])
  const shown = await at.get(`/email_accounts/${body.email_account.id}`)
  expect(shown.body.email_account).toMatchObject({
    state: 'unchecked',
    state_sentence: expect.stringContaining('The check did not pass'),
  })
  expect(sink.mails).toEqual([])
})

test('a connected mailbox whose password was changed elsewhere is disconnected by its check', async () => {
  const at = await api()
  const sink = await sinkWith({ users: { sales: 'another one' } })
  const { body } = await at.post('/email_accounts', settings(sink.port))
  await sql`update mailboxes set state = 'connected' where id = ${body.email_account.id}`.execute(
    kysely(at.db),
  )
  await checked(at, body.email_account.id)
  const { id } = await newSequence(at)
  const refused = await add(at, id, [await newContact(at)], {
    send_email_from_email_account_id: body.email_account.id,
  })
  expect(refused.body.error).toBe('These mailboxes are no longer active. sales@acme.test')
})

test('settings that change while a check runs are not connected by it', async () => {
  const at = await api()
  const held = Promise.withResolvers<void>()
  const sink = await sinkWith({ behave: ({ stage }) => (stage === 'auth' ? { after: held.promise } : 'go') })
  const { body } = await at.post(
    '/email_accounts',
    settings(sink.port, { imap: undefined, reads_via: undefined }),
  )
  expect(body.error).toMatch(/reads_via/)
  const made = await at.post('/email_accounts', settings(sink.port))
  const { id } = made.body.email_account
  const begun = await at.post(`/email_accounts/${id}/check`)
  const second = await at.post(`/email_accounts/${id}/check`)
  expect(second.body.check.id).toBe(begun.body.check.id)
  await sink.until(() => sink.commands.some((command) => command.startsWith('AUTH')))
  await at.put(`/email_accounts/${id}`, { smtp: { ...smtp(sink.port), password: 'newer' } })
  held.resolve()
  const { body: over } = await until(
    () => at.get(`/email_accounts/${id}/checks/${begun.body.check.id}`),
    (answer) => answer.body.check.state !== 'running',
  )
  expect(over.check.state).toBe('failed')
  expect((await at.get(`/email_accounts/${id}`)).body.email_account.state).toBe('unchecked')
})

test.runIf(hasDovecot)(
  'a check over real servers passes, connects, and remembers where reading starts',
  async () => {
    const at = await api()
    const dovecot = await startDovecot({ users: ['sales'] })
    opened.push({ close: () => dovecot.stop() })
    const sink = await sinkWith({ onMail: (mail) => dovecot.deliver('sales', mail.raw) })
    const imap = dovecot.imap('sales')
    const { body } = await at.post('/email_accounts', settings(sink.port, { imap }))
    const check = await (async () => {
      const begun = await at.post(`/email_accounts/${body.email_account.id}/check`)
      const answer = await until(
        () => at.get(`/email_accounts/${body.email_account.id}/checks/${begun.body.check.id}`),
        ({ body: { check: each } }) => each.state !== 'running',
        { seconds: 60 },
      )
      return answer.body.check
    })()
    expect(check).toMatchObject({ state: 'passed' })
    expect(check.steps.map((each: { name: string }) => each.name)).toContain('test_mail_found')
    const shown = await at.get(`/email_accounts/${body.email_account.id}`)
    expect(shown.body.email_account).toMatchObject({ state: 'connected', active: true })
    const { rows } = await sql<{ folder: string }>`
    select folder from folders where mailbox_id = ${body.email_account.id} order by folder`.execute(
      kysely(at.db),
    )
    expect(rows.map((row) => row.folder)).toContain('INBOX')
  },
  90_000,
)

test('from a real mailbox: Always is asked for once, and turning on asks who writes', async () => {
  const at = await api()
  const { id } = await newSequence(at)
  const { body } = await at.post('/email_accounts', settings())
  const mailboxId = body.email_account.id
  await sql`update mailboxes set state = 'connected' where id = ${mailboxId}`.execute(kysely(at.db))
  const ana = await newContact(at)
  const asked = await add(at, id, [ana], { send_email_from_email_account_id: mailboxId })
  expect(asked).toMatchObject({ status: 422, body: { code: 'always_unconfirmed' } })
  const fromSandbox = await add(at, id, [await newContact(at)])
  expect(fromSandbox.status).toBe(200)
  await at.post(`/sequences/${id}/confirm_always`)
  const added = await add(at, id, [ana], { send_email_from_email_account_id: mailboxId })
  expect(added.body.contacts).toHaveLength(1)
  const unsaid = await at.post(`/emailer_campaigns/${id}/approve`)
  expect(unsaid).toMatchObject({ status: 422, body: { code: 'legal_name_missing' } })
  await at.call({ method: 'PATCH', path: '/team', body: { legal_name: 'Acme Ltd' } })
  const half = await at.post(`/emailer_campaigns/${id}/approve`)
  expect(half.body).toMatchObject({ code: 'postal_address_missing' })
  await at.call({ method: 'PATCH', path: '/team', body: { postal_address: '1 Main St, Springfield' } })
  expect((await at.post(`/emailer_campaigns/${id}/approve`)).status).toBe(200)
})

test('several mailboxes share the people by what each has left to give, and an alias must be theirs', async () => {
  const at = await api()
  const ids: string[] = []
  for (const [email, limit] of [
    ['one@acme.test', 30],
    ['two@acme.test', 10],
  ] as const) {
    const made = await at.post(
      '/email_accounts',
      settings(2525, { email, email_daily_threshold: limit, aliases: ['team@acme.test'] }),
    )
    ids.push(made.body.email_account.id)
  }
  await sql`update mailboxes set state = 'connected'`.execute(kysely(at.db))
  const { id } = await newSequence(at)
  await at.post(`/sequences/${id}/confirm_always`)
  const people = []
  for (let i = 0; i < 8; i++) people.push(await newContact(at))
  const { body } = await add(at, id, people, {
    send_email_from_email_account_id: ids,
    send_email_from_email_address: 'Team@acme.test',
  })
  const senders = body.contacts.map(
    (each: { contact_campaign_statuses: { send_email_from_email_account_id: string }[] }) =>
      each.contact_campaign_statuses[0]!.send_email_from_email_account_id,
  )
  expect(ids.map((each) => senders.filter((sender: string) => sender === each).length)).toEqual([6, 2])
  expect(body.contacts[0].contact_campaign_statuses[0].send_email_from_email_address).toBe('team@acme.test')
  const wrong = await add(at, id, [await newContact(at)], {
    send_email_from_email_account_id: ids,
    send_email_from_email_address: 'ceo@acme.test',
  })
  expect(wrong.body.error).toMatch(/ceo@acme\.test is neither/)
})

test.runIf(hasContract)('the list has every recorded key', async () => {
  const at = await api()
  await at.post('/email_accounts', settings(2525, { aliases: ['team@acme.test'] }))
  expect(missingKeys(recorded('get', '/email_accounts'), (await at.get('/email_accounts')).body)).toEqual([])
})
