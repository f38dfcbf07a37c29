/** The bytes of the files that an email carries, read when it leaves and let go after it: few such emails at once, however many mailboxes send. */
import type { MailFile } from '../core/attachment.ts'
import type { Db } from '../core/db.ts'
import type { TeamId } from '../core/ids.ts'
import type { OutgoingMail } from '../mail/port.ts'
import { contentsOf } from '../store/attachments.ts'

/** Each holds its files twice, as they are and as mail: up to some 25 MB, so 100 MB together. */
const AT_ONCE = 4

export class MailFiles {
  readonly #db: Db
  #free = AT_ONCE
  readonly #waiting: (() => void)[] = []

  constructor(db: Db) {
    this.#db = db
  }

  /** Runs `work` with the files of the email. Throws when one of them is gone; whoever waits for their turn holds no bytes. */
  async with<T>(
    o: { team: TeamId; files: readonly MailFile[] },
    work: (attachments: NonNullable<OutgoingMail['attachments']>) => Promise<T>,
  ): Promise<T> {
    if (o.files.length === 0) return work([])
    await this.#turn()
    try {
      return await work(await this.#read(o))
    } finally {
      this.#free++
      this.#waiting.shift()?.()
    }
  }

  async #turn(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#free--
  }

  async #read({ team, files }: { team: TeamId; files: readonly MailFile[] }) {
    const contents = await contentsOf(this.#db, { team, hashes: files.map((file) => file.sha256) })
    return files.map(({ name, type, sha256 }) => {
      const content = contents.get(sha256)
      if (content === undefined) throw new Error(`the file ${name} is not there any more`)
      return { filename: name, contentType: type, content }
    })
  }
}
