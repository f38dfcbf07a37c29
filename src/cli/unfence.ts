/** `segue unfence`: an operator says that this restored or copied database is the one that sends. */
import { fencedReason, liftFence } from '../store/deployment.ts'
import type { Terminal } from './command.ts'
import { openForCommand } from './house.ts'

export async function unfence(
  values: Record<string, string | boolean | undefined>,
  terminal: Terminal,
): Promise<number> {
  const house = await openForCommand(terminal)
  try {
    const reason = await fencedReason(house.pools.control)
    if (reason === null) {
      terminal.out('Sending is not fenced. Nothing to do.')
      return 0
    }
    if (values['yes'] !== true) {
      terminal.out(
        `${reason}\nWhen you are sure that no other copy of this database sends, call again with --yes.`,
      )
      return 1
    }
    await liftFence(house.pools.control, { dataDir: house.config.dataDir, now: house.clock.now() })
    terminal.out('The fence is lifted: Segue sends again.')
    return 0
  } finally {
    await house.close()
  }
}
