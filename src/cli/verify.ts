/** `segue verify`: reads the ledger again and lists whatever breaks a promise. Changes nothing. */
import { openHouse } from '../app.ts'
import { readConfig } from '../config.ts'
import { verify } from '../store/verify.ts'
import type { Terminal } from './command.ts'

export async function verifyLedger(
  values: Record<string, string | boolean | undefined>,
  { env, out }: Terminal,
): Promise<number> {
  const house = await openHouse(readConfig(env))
  try {
    const findings = await verify(house.pools.api, { now: house.clock.now() })
    if (values['json'] === true) out(JSON.stringify({ ok: findings.length === 0, findings }))
    else if (findings.length === 0) out('The ledger holds: every promise was checked, nothing breaks one.')
    else out(findings.map((finding) => JSON.stringify(finding)).join('\n'))
    return findings.length === 0 ? 0 : 1
  } finally {
    await house.close()
  }
}
