/** Importing files of contacts: what comes in, what fails and why, merging, and going on after a crash. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runImport } from '../../src/actions/run-import.ts'
import { uploadImport } from '../../src/actions/upload-import.ts'
import { kysely } from '../../src/store/db.ts'
import { type Api, startApi } from '../support/api.ts'
import type { TestClock } from '../support/clock.ts'
import { until } from '../support/until.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ jobs: true })
})
afterAll(() => api.close())

async function upload(content: string | Uint8Array, query = 'file_name=people.csv') {
  return api.call({
    path: `/imports?${query}`,
    body: typeof content === 'string' ? Buffer.from(content) : content,
    headers: { 'content-type': 'text/csv' },
  })
}

async function finished(id: string) {
  const { body } = await until(
    () => api.get(`/imports/${id}`),
    ({ body }) => ['done', 'failed'].includes(body.import.state),
  )
  return body.import
}

/** Uploads, takes the guesses, starts, and waits for the end. */
async function importAll(content: string | Uint8Array, more: Record<string, unknown> = {}) {
  const { body } = await upload(content)
  const started = await api.post(`/imports/${body.import.id}/start`, {
    mapping: body.import.guesses,
    ...more,
  })
  expect([started.status, started.body.error]).toEqual([200, undefined])
  return finished(body.import.id)
}

const byAddress = async (address: string) => {
  const { body } = await api.post('/contacts/search', { q_keywords: address })
  return body.contacts
}

test('ten thousand rows with three hundred broken ones give exactly 9,700 contacts, and a file of the 300 with their reasons', async () => {
  const rows = ['Email,First Name,Last Name,Company,Time Zone,Favorite color']
  for (let i = 0; i < 10_000; i++) {
    if (i % 100 === 7) rows.push(`p${i}@x@big.test,Broken,Address,Big Co,,red`)
    else if (i % 100 === 42) rows.push(`"p${i}@big.test,Broken,Quote,Big Co,,red`)
    else if (i % 100 === 77) rows.push(`p${i}@big.test,Broken,Zone,Big Co,Mars/Olympus,=1+1`)
    else rows.push(`p${i}@big.test,First ${i},"Last, ${i}",Big Co ${i % 50},Europe/Berlin,blue`)
  }
  const uploaded = await upload(rows.join('\r\n'))
  expect(uploaded.body.import).toMatchObject({
    state: 'uploaded',
    encoding: 'utf-8',
    rows_total: 10_000,
    guesses: {
      Email: 'email',
      'First Name': 'first_name',
      'Last Name': 'last_name',
      Company: 'organization_name',
      'Time Zone': 'time_zone',
    },
  })
  const { id, guesses } = uploaded.body.import
  const mapping = { ...guesses, 'Favorite color': 'custom:Favorite color' }
  const dry = await api.post(`/imports/${id}/dry_run`, { mapping })
  expect(dry.body).toMatchObject({ rows: 10_000, new: 9_700, update: 0, failed: 300 })
  expect(dry.body.failures).toHaveLength(20)
  expect((await api.post(`/imports/${id}/start`, { mapping, label_names: ['Big list'] })).status).toBe(200)
  const done = await finished(id)
  expect(done).toMatchObject({
    state: 'done',
    rows_read: 10_000,
    rows_created: 9_700,
    rows_updated: 0,
    rows_failed: 300,
    progress: 1,
    problem: null,
  })
  const { rows: counted } = await sql<{ n: number }>`
    select count(*) as n from contacts where address like '%@big.test'`.execute(kysely(api.db))
  expect(counted[0]!.n).toBe(9_700)
  const labels = (await api.get('/labels')).body as { name: string; cached_count: number }[]
  expect(labels.find((label) => label.name === 'Big list')!.cached_count).toBe(9_700)
  const [contact] = await byAddress('p3@big.test')
  expect(contact).toMatchObject({
    first_name: 'First 3',
    last_name: 'Last, 3',
    organization_name: 'Big Co 3',
    time_zone: 'Europe/Berlin',
    source_display_name: 'Uploaded from CSV',
    custom: { favorite_color: 'blue' },
  })
  expect(Object.values(contact.typed_custom_fields)).toEqual(['blue'])
  const failures = await api.get(`/imports/${id}/failures`)
  expect(failures.headers.get('content-disposition')).toContain('attachment')
  const lines = failures.text.trim().split('\r\n')
  expect(lines).toHaveLength(301)
  expect(lines[0]!.replace('\ufeff', '')).toBe(
    'Email,First Name,Last Name,Company,Time Zone,Favorite color,Row,Reason',
  )
  expect(lines[1]).toMatch(/^p7@x@big\.test,.*,9,.*2 @ signs/)
  expect(lines[2]).toContain('never closed')
  // 1+1 would run when the file is opened in a spreadsheet.
  expect(lines[3]).toContain(`,'=1+1,79,`)
  expect(lines[3]).toContain('Mars/Olympus')
})

test.each([
  ['UTF-16 LE with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'), 'utf-16le'],
  ['UTF-16 BE with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'utf-16be'],
  ['latin1', (text: string) => Buffer.from(text, 'latin1'), 'windows-1252'],
])('a file in %s, with tabs and German names, is read', async (name, encode, encoding) => {
  const domain = `${encoding}.test`
  const text = `E-Mail-Adresse\tVorname\tNachname\tFirma\tOrt\njürgen@${domain}\tJürgen\tGroß\tBäcker & Söhne\tKöln\n`
  const { body } = await upload(encode(text))
  expect([name, body.import.encoding]).toEqual([name, encoding])
  expect(body.import.guesses).toEqual({
    'E-Mail-Adresse': 'email',
    Vorname: 'first_name',
    Nachname: 'last_name',
    Firma: 'organization_name',
    Ort: 'city',
  })
  expect(body.import.samples).toEqual([[`jürgen@${domain}`, 'Jürgen', 'Groß', 'Bäcker & Söhne', 'Köln']])
  await api.post(`/imports/${body.import.id}/start`, { mapping: body.import.guesses })
  expect(await finished(body.import.id)).toMatchObject({ rows_created: 1, rows_failed: 0 })
  expect((await byAddress(`jürgen@${domain}`))[0]).toMatchObject({ last_name: 'Groß', city: 'Köln' })
})

test('an address that is known is one person: cells that are not empty overwrite, the rest stays', async () => {
  const made = await api.post('/contacts', {
    email: 'known@merge.test',
    first_name: 'Kim',
    title: 'Engineer',
  })
  const done = await importAll(
    'email,first name,title,phone\nKNOWN@merge.test,,Director,\nnew@merge.test,New,Clerk,\nnew@merge.test,,Head clerk,555-555-0100\n',
  )
  expect(done).toMatchObject({ rows_created: 1, rows_updated: 2, rows_failed: 0 })
  expect((await api.get(`/contacts/${made.body.contact.id}`)).body.contact).toMatchObject({
    first_name: 'Kim',
    title: 'Director',
  })
  const found = await byAddress('new@merge.test')
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({
    first_name: 'New',
    title: 'Head clerk',
    sanitized_phone: '+15555550100',
  })
})

test('a name in one column is cut, and an address with its name in front of it says both', async () => {
  await importAll('Name,Mail\nAda King Lovelace,ada@names.test\n,"Grace Hopper <grace@names.test>"\n')
  expect((await byAddress('ada@names.test'))[0]).toMatchObject({
    first_name: 'Ada King',
    last_name: 'Lovelace',
  })
  expect((await byAddress('grace@names.test'))[0]).toMatchObject({
    first_name: 'Grace',
    last_name: 'Hopper',
    email: 'grace@names.test',
  })
})

test('a zone for all goes to whoever has none', async () => {
  await importAll('email,time zone\none@zones.test,\ntwo@zones.test,Asia/Tokyo\n', {
    time_zone_default: 'europe/paris',
  })
  expect((await byAddress('one@zones.test'))[0].time_zone).toBe('Europe/Paris')
  expect((await byAddress('two@zones.test'))[0].time_zone).toBe('Asia/Tokyo')
})

test('a file without a header is noticed by the address in its first row', async () => {
  const { body } = await upload('first@bare.test;Ann\nsecond@bare.test;Bob\n')
  expect(body.import).toMatchObject({ rows_total: 2, columns: ['Column 1', 'Column 2'] })
  expect(body.import.guesses).toEqual({ 'Column 1': 'email' })
})

test.each([
  ['an empty file', '', 'The file is empty.'],
  ['blank lines', '\n\n\n', 'The file has no rows.'],
  ['a spreadsheet', Buffer.from('504b03041400060008000000', 'hex'), 'spreadsheet'],
])('%s is refused in words', async (_name, content, words) => {
  const { status, body } = await upload(content)
  expect(status).toBe(422)
  expect(body.error).toContain(words)
})

test.each([
  [{ Nowhere: 'email' }, 'no column "Nowhere"'],
  [{ a: 'emial' }, '"emial", which is no field'],
  [{ a: 'email', b: 'email' }, 'both mapped to email'],
  [{ a: 'city' }, 'which column holds the email address'],
])('the mapping %j is refused in words', async (mapping, words) => {
  const { body } = await upload('a,b\n1,2\n')
  const { status, body: answered } = await api.post(`/imports/${body.import.id}/start`, { mapping })
  expect([status, answered.parameter]).toEqual([422, 'mapping'])
  expect(answered.error).toContain(words)
})

test('an import starts once', async () => {
  const { body } = await upload('email\nonce@start.test\n')
  const start = () => api.post(`/imports/${body.import.id}/start`, { mapping: body.import.guesses })
  const answers = await Promise.all([start(), start(), start()])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422])
  expect(await finished(body.import.id)).toMatchObject({ rows_created: 1 })
})

test('an import that stopped anywhere goes on behind its last batch, and nothing is done twice', async () => {
  const quiet = await startApi()
  const lines = ['email,title', ...Array.from({ length: 2_300 }, (_, i) => `p${i}@crash.test,T${i}`), 'bad,x']
  const { body } = await quiet.call({
    path: '/imports',
    body: Buffer.from(lines.join('\n')),
    headers: { 'content-type': 'text/csv' },
  })
  const { id } = body.import
  await quiet.post(`/imports/${id}/start`, { mapping: { email: 'email', title: 'title' } })
  expect(quiet.started).toEqual([{ name: 'import', data: { team: expect.any(Number), id } }])
  const key = { team: quiet.started[0]!.data['team'] as number, id }
  const importing = { db: quiet.db, clock: quiet.clock, random: quiet.context.random, log: quiet.context.log }
  // The clock is read once at the start and twice per batch: the stop comes while the second batch of five is written.
  const stopping = new AbortController()
  let reads = 0
  const clock = Object.assign(Object.create(quiet.clock), {
    now() {
      if (++reads === 5) stopping.abort()
      return quiet.clock.now()
    },
  }) as TestClock
  await expect(runImport(key, { ...importing, clock, signal: stopping.signal })).rejects.toThrow('abort')
  const half = (await quiet.get(`/imports/${id}`)).body.import
  expect(half).toMatchObject({ state: 'running', rows_read: 1000, rows_created: 1000 })
  expect(half.progress).toBeCloseTo(1000 / 2301)
  // Two processes take it up at once.
  await Promise.all([runImport(key, importing), runImport(key, importing)])
  expect((await quiet.get(`/imports/${id}`)).body.import).toMatchObject({
    ...{ state: 'done', rows_read: 2301, rows_created: 2300, rows_updated: 0, rows_failed: 1 },
  })
  const { rows } = await sql<{ n: number; pieces: number }>`
    select (select count(*) from contacts) as n, (select count(*) from import_pieces) as pieces`.execute(
    kysely(quiet.db),
  )
  expect(rows[0]).toEqual({ n: 2300, pieces: 0 })
  await quiet.close()
})

test('an import that failed goes on with the columns in any order and the lists it began with; with other columns it does not', async () => {
  const { body } = await upload('email,title\none@goes.test,A\ntwo@goes.test,B\n')
  const { id } = body.import
  // As a fault after its first row leaves it. jsonb keeps keys in an order of its own.
  await sql`
    update imports set state = 'failed', rows_read = 1, rows_created = 1, mapping = '{"title": "title", "email": "email"}',
      options = options || '{"wishes": {"listNames": ["Going on"], "timeZoneDefault": "Asia/Tokyo"}}'
    where id = ${id}`.execute(kysely(api.db))
  const start = (mapping: object) => api.post(`/imports/${id}/start`, { mapping })
  expect((await start({ email: 'email' })).body.error).toContain('with another mapping')
  expect((await start({ title: 'title', email: 'email' })).status).toBe(200)
  expect(await finished(id)).toMatchObject({ state: 'done', rows_read: 2, rows_created: 2 })
  const { body: found } = await api.post('/contacts/search', { q_keywords: 'goes.test' })
  expect(found.contacts).toMatchObject([{ email: 'two@goes.test', time_zone: 'Asia/Tokyo' }])
  expect(found.contacts[0].label_ids).toHaveLength(1)
})

test('a file over the limit is refused, keeps no piece, and leaves the connection open for the answer', async () => {
  const content = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(100_000, 'a')))
  const { rows } = await sql<{ team: number }>`select id as team from teams`.execute(kysely(api.db))
  const answer = await uploadImport(api.db, {
    team: rows[0]!.team,
    userId: api.userId,
    kind: 'contacts',
    fileName: 'huge.csv',
    content,
    bytesMax: 1_000_000,
    now: api.clock.now(),
    random: api.context.random,
  })
  expect(answer).toEqual({ kind: 'too_large' })
  expect(content.destroyed).toBe(false)
  const pieces = await sql`select from import_pieces where length(content) > 100000`.execute(kysely(api.db))
  expect(pieces.rows).toEqual([])
})

test('an upload that breaks off leaves nothing behind, and the server goes on', async () => {
  const before = (await api.get('/imports')).body.imports.length
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `POST /api/v1/imports HTTP/1.1\r\nHost: segue\r\nX-Api-Key: ${api.key}\r\nContent-Type: text/csv\r\nContent-Length: 5000000\r\n\r\n`,
  )
  socket.write('a,b,c,d\n'.repeat(100_000))
  const pieces = () =>
    sql<{
      n: number
    }>`select count(*) as n from import_pieces where convert_from(content, 'UTF8') like 'a,b,c,d%'`
      .execute(kysely(api.db))
      .then(({ rows }) => rows[0]!.n)
  await until(pieces, (n) => n > 0)
  socket.destroy()
  await until(pieces, (n) => n === 0)
  expect((await api.get('/imports')).body.imports).toHaveLength(before)
})

test('the import of another team is not there', async () => {
  for (const path of ['', '/failures']) {
    const { status, body } = await api.get(`/imports/ffffffffffffffffffffffff${path}`)
    expect([status, body]).toEqual([404, { error: 'Record not found.' }])
  }
})

test('a list of addresses and domains that must never be written to is imported, also without a header', async () => {
  const { body } = await upload(
    'never@stop.test\nstop.example\n@Other.Example\nnot a domain\nNEVER@stop.test\n',
    'kind=suppressions&file_name=dnc.csv',
  )
  expect(body.import.guesses).toEqual({ 'Column 1': 'value' })
  await api.post(`/imports/${body.import.id}/start`, { mapping: body.import.guesses })
  expect(await finished(body.import.id)).toMatchObject({
    ...{ rows_created: 3, rows_updated: 1, rows_failed: 1 },
  })
  const listed = await api.post('/suppressions/search', {})
  expect(
    listed.body.suppressions
      .map((row: { kind: string; value: string; reason: string; source: string }) =>
        [row.kind, row.value, row.reason, row.source].join(' '),
      )
      .toSorted(),
  ).toEqual([
    'address never@stop.test imported dnc.csv',
    'domain other.example imported dnc.csv',
    'domain stop.example imported dnc.csv',
  ])
})
