/** `segue unfence`: an operator says that this restored or copied database is the one that sends. */
import { openHouse } from '../app.ts'
import { readConfig } from '../config.ts'
import { fencedReason, liftFence } from '../store/deployment.ts'
import type { Terminal } from './command.ts'

export async function unfence(
  values: Record<string, string | boolean | undefined>,
  { env, out }: Terminal,
): Promise<number> {
  const house = await openHouse(readConfig(env))
  try {
    const reason = await fencedReason(house.pools.control)
    if (reason === null) {
      out('Sending is not fenced. Nothing to do.')
      return 0
    }
    if (values['yes'] !== true) {
      out(`${reason}\nWhen you are sure that no other copy of this database sends, call again with --yes.`)
      return 1
    }
    await liftFence(house.pools.control, { dataDir: house.config.dataDir, now: house.clock.now() })
    out('The fence is lifted: Segue sends again.')
    return 0
  } finally {
    await house.close()
  }
}
