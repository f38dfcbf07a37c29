/** `segue serve`: runs everything until it is told to stop. */
import { openHouse, startSegue, VERSION } from '../app.ts'
import { readConfig } from '../config.ts'
import type { Terminal } from './command.ts'

export async function serve(_values: unknown, { env, out }: Terminal): Promise<number> {
  // Its own machine may start before the database's does: a server that gives up would have to be started by hand.
  const house = await openHouse(readConfig(env), { waitMs: Number.POSITIVE_INFINITY })
  try {
    const running = await startSegue(house)
    out(`Segue ${VERSION} is ready: ${running.url}`)
    await toldToStop()
    out('Stopping: mails on the wire finish first. Once more to stop at once.')
    await running.stop()
  } finally {
    await house.close()
  }
  return 0
}

/** The second signal ends the process at once: what was on the wire is then listed as unknown. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130))
        resolve()
      })
    }
  })
}
