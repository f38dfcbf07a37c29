/** Measures what a person waits for and what a machine gives: first start, later start, memory at rest. `node bench/start.ts` */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { serve } from '../test/support/serving.ts'

/** What started with the process (pools, IMAP, jobs) has settled by then. */
const REST_MS = 20_000
const LATER_STARTS = 3

const folder = await mkdtemp(join(tmpdir(), 'segue-bench-start-'))
try {
  const first = await serve(folder)
  console.log(`first start   ${Math.round(first.readyMs)} ms   (goal: below 8000)`)
  await first.end('SIGTERM')
  for (let i = 1; i <= LATER_STARTS; i++) {
    const later = await serve(folder)
    console.log(`later start   ${Math.round(later.readyMs)} ms   (goal: below 3000)`)
    if (i === LATER_STARTS) {
      await pass(REST_MS)
      console.log(`at rest       ${Math.round(await later.rssMb())} MB   (goal: below 250)`)
    }
    await later.end('SIGTERM')
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
