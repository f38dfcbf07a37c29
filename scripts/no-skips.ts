/** Reads the report of a test run and ends with 1 when a test failed or was skipped: in CI nothing may be left out. */
import { readFileSync } from 'node:fs'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[]
}

const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults
    .filter((one) => one.status !== 'passed' && one.status !== 'failed')
    .map((one) => `${file.name}: ${one.fullName}`),
)
for (const one of skipped) console.error(`skipped: ${one}`)
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`)
if (skipped.length > 0 || report.numFailedTests > 0) process.exitCode = 1
