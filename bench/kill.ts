/**
 * `node bench/kill.ts [process|database] [mails] [kills] [seed]`: 2,000 mails and 100 kills unless said otherwise. Ends with 1 when anything was
 * sent twice, lost, invented, or when `verify` finds something.
 */
import { runKills } from './kill-harness.ts'

const [victim = 'process', mails = '2000', kills = '100', seed = '1'] = process.argv.slice(2)
if (victim !== 'process' && victim !== 'database')
  throw new Error(`${victim}: kill the process, or the database`)

const report = await runKills({
  victim,
  mails: Number(mails),
  kills: Number(kills),
  mailboxes: 8,
  seed,
  tell: (line) => console.log(line),
})
console.log(JSON.stringify(report, null, 2))
const wrong = report.twice.length + report.lost.length + report.invented.length + report.findings.length
process.exitCode = wrong === 0 ? 0 : 1
