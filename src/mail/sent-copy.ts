/** The copy in Sent of a mail that left through a server which files none by itself (the mailbox check learned that). */
import { composeRaw } from './compose.ts'
import type { OutgoingMail, Reader, ReadFailure } from './port.ts'

/** Looks for the Message-ID first, so that repeating it is harmless. `absent`: the account has no Sent folder. */
export async function fileSentCopy(
  reader: Pick<Reader, 'appendSent'>,
  mail: OutgoingMail,
): Promise<{ kind: 'filed' | 'already_there' | 'absent' } | ReadFailure> {
  return reader.appendSent(await composeRaw(mail), mail.messageId)
}
