/** Every fault, mail and act that a run of seeds must have met at least once: a run without one has tested less than it says. */
import { ACTS } from './acts.ts'
import { FATES } from './mail-servers.ts'
import { READINGS } from './readers.ts'
import { REACTIONS } from './recipients.ts'

export const EXPECTED_FAULTS: readonly string[] = [
  ...FATES.map(([fate]) => `SMTP: ${fate}`),
  'SMTP: server away',
  'SMTP: login refused',
  'IMAP: away',
  'IMAP: cut off in a read',
  'IMAP: folders renumbered',
  'IMAP: login refused',
  'all workers away',
  'database away',
  'database connection lost after',
  'database connection lost after the commit',
  'database connection lost before',
  'fenced',
  'mailbox suspended',
  'request killed after a statement',
  'request killed before a statement',
  'worker frozen past its lease',
  'worker killed after a statement',
  'worker killed before a commit',
  'worker killed before a statement',
  ...READINGS.map(([reading]) => `reader: ${reading}`),
  ...REACTIONS.map(([reaction]) => `mail: ${reaction}`),
  'mail: written by hand',
  ...ACTS.map(([name]) => `person: ${name}`),
  'person: unknown resolved as send_again',
  'person: unknown resolved as sent',
  'the mark was refused',
  'a click ended a sequence',
  'a colleague was deleted',
  'a mailbox was removed',
  'an email with a file',
  'openings asked for a call',
  'two contacts were merged',
  'wording dealt',
  'wording dealt with other weights than before',
]
