/** The short form of `bench/kill.ts`: the real program and its database, killed with -9 while they send. */
import { expect, test } from 'vitest'
import { runKills } from '../../bench/kill-harness.ts'

const NOTHING_WRONG = { twice: [], lost: [], invented: [], findings: [] }

test('a process killed while it sends sends nothing twice and loses nothing', {
  timeout: 180_000,
}, async () => {
  const report = await runKills({ victim: 'process', mails: 152, kills: 6, mailboxes: 4, seed: 'short' })
  expect(report).toMatchObject(NOTHING_WRONG)
  expect(report.accepted + report.unknown.filter((one) => !one.taken).length).toBe(152)
})

test('a database server killed under it loses nothing that was sent', { timeout: 180_000 }, async () => {
  const report = await runKills({ victim: 'database', mails: 100, kills: 3, mailboxes: 4, seed: 'short' })
  expect(report).toMatchObject(NOTHING_WRONG)
  expect(report.accepted + report.unknown.filter((one) => !one.taken).length).toBe(100)
})
