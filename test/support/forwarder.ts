/** A TCP port in front of a test's database server that can go away and come back, as a network or a failing server does. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export class Forwarder {
  readonly #socketPath: string
  readonly #open = new Set<Socket>()
  #server: Server | undefined
  port = 0

  /** `url`: of the real server, by its socket. */
  constructor(url: string) {
    this.#socketPath = `${new URL(url).searchParams.get('host')}/.s.PGSQL.5432`
  }

  /** Listens, on the same port each time. */
  async up(): Promise<void> {
    this.#server = createServer((client) => {
      const server = connect(this.#socketPath)
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#open.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy())
        from.on('close', () => {
          this.#open.delete(from)
          to.destroy()
        })
      }
    })
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as { port: number }).port
  }

  /** Refuses connections and cuts those that are open. */
  async down(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    for (const socket of this.#open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }

  /** The address of the same database, through here. */
  through(url: string): string {
    const changed = new URL(url)
    changed.searchParams.delete('host')
    changed.host = `127.0.0.1:${this.port}`
    return changed.toString()
  }
}
