/** What goes to standard output is the answer alone, so that a program can read it. */
import { rm } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/run.ts'
import { freshDatabase } from '../support/database.ts'
import { freshFolder } from '../support/folders.ts'
import { Forwarder } from '../support/forwarder.ts'

const dataDir = await freshFolder('output')
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test('init --json prints one JSON object, though the log has something to say before it', async () => {
  const database = await freshDatabase()
  const server = new Forwarder(database.url)
  await server.up()
  await server.down()
  const out: string[] = []
  const logged: string[] = []
  const code = await runCommand(
    ['init', '--team', 'Acme', '--email', 'rae@acme.test', '--password', 'long enough', '--json'],
    {
      env: { SEGUE_DATABASE_URL: server.through(database.url), SEGUE_DATA_DIR: dataDir },
      out: (text) => out.push(text),
      err: (line) => {
        logged.push(JSON.parse(line).msg)
        // The database comes when its absence has been told.
        void server.up()
      },
    },
  )
  await server.down()
  await database.drop()
  expect([code, logged]).toEqual([0, [expect.stringMatching(/^Nobody answers for database/)]])
  expect(out.map((text) => Object.keys(JSON.parse(text)))).toEqual([['team_id', 'user_id', 'api_key']])
})
