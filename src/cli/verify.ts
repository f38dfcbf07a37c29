/** `segue verify`: reads the ledger again and lists whatever breaks a promise. Changes nothing. */
import { verify } from '../store/verify.ts'
import type { Terminal } from './command.ts'
import { openForCommand } from './house.ts'

export async function verifyLedger(
  values: Record<string, string | boolean | undefined>,
  terminal: Terminal,
): Promise<number> {
  const house = await openForCommand(terminal)
  try {
    const findings = await verify(house.pools.api, { now: house.clock.now() })
    if (values['json'] === true) terminal.out(JSON.stringify({ ok: findings.length === 0, findings }))
    else if (findings.length === 0)
      terminal.out('The ledger holds: every promise was checked, nothing breaks one.')
    else terminal.out(findings.map((finding) => JSON.stringify(finding)).join('\n'))
    return findings.length === 0 ? 0 : 1
  } finally {
    await house.close()
  }
}
