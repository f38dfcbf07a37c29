/**
 * `segue inspect FILE...`: what Segue makes of mails in files, judged by the very functions that judge an inbox. Opens no database and
 * changes nothing.
 */
import { open } from 'node:fs/promises'
import type { FailedRecipient } from '../core/bounce.ts'
import type { Instant } from '../core/clock.ts'
import { classify, type InboundReading } from '../core/inbound.ts'
import type { ParsedMail } from '../core/parsed-mail.ts'
import { parseMail } from '../mail/parse.ts'
import { MAIL_BYTES_READ_MAX } from '../mail/port.ts'
import type { Terminal } from './command.ts'

type Values = Record<string, string | boolean | undefined>

/** Prints one answer per file, in their order. 1 when a file could not be read; the others are still printed. */
export async function inspect(
  values: Values,
  { out, err }: Terminal,
  files: readonly string[],
): Promise<number> {
  let code = 0
  for (const file of files) {
    const found = await mailIn(file)
    if ('problem' in found) {
      err(found.problem)
      code = 1
      continue
    }
    const { mail, writtenAt: now } = found
    const reading = classify(mail, { now, mailboxAddresses: [], folderRole: 'inbox' })
    if (values['json'] === true) out(JSON.stringify(answer(reading)))
    else out(`${files.length > 1 ? `${file}\n` : ''}${sentences(mail, reading).join('\n')}`)
  }
  return code
}

interface MailInFile {
  mail: ParsedMail
  /** An absence without a year means the one that it was written in: the Date header, else when the file was written. */
  writtenAt: Instant
}

async function mailIn(file: string): Promise<MailInFile | { problem: string }> {
  try {
    const { bytes, truncated, writtenAt } = await beginning(file)
    const mail = await parseMail(bytes, { truncated })
    return { mail, writtenAt: mail.date ?? writtenAt }
  } catch (error) {
    const why = WHY[(error as { code?: string }).code ?? ''] ?? String((error as Error).message)
    return { problem: `${file} cannot be read: ${why}.` }
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a folder; name the mails in it',
}

/** As much of a mail as the engine reads of one in an inbox. */
async function beginning(
  file: string,
): Promise<{ bytes: Uint8Array; truncated: boolean; writtenAt: Instant }> {
  const handle = await open(file)
  try {
    const buffer = Buffer.alloc(MAIL_BYTES_READ_MAX + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    const truncated = length > MAIL_BYTES_READ_MAX
    const { mtimeMs } = await handle.stat()
    return {
      bytes: buffer.subarray(0, Math.min(length, MAIL_BYTES_READ_MAX)),
      truncated,
      writtenAt: Math.floor(mtimeMs),
    }
  } finally {
    await handle.close()
  }
}

/** With several recipients the class of the mail is that of the first; each has its own beside. */
function answer(reading: InboundReading) {
  const recipients = reading.kind === 'bounce' ? (reading.bounce?.recipients ?? []) : []
  const first = recipients[0]
  return {
    kind: reading.kind,
    class: first?.class ?? null,
    reason: first?.reason ?? null,
    status: first?.status ?? null,
    reply_code: first?.replyCode ?? null,
    recipients: recipients.map((one) => ({
      address: one.address,
      class: one.class,
      reason: one.reason,
      status: one.status,
    })),
    returns_on: reading.absence?.returnsOn ?? null,
    language: reading.language,
    reply_class: reading.replyClass?.class ?? null,
    left_company: reading.leftCompany !== null,
    referral: reading.referral,
    calendar: reading.calendar,
    evidence: [...reading.evidence, ...(reading.replyClass ? [reading.replyClass.evidence] : [])],
  }
}

const KINDS: Readonly<Record<InboundReading['kind'], string>> = {
  reply: 'An answer of a person.',
  auto_reply: 'An automatic reply.',
  out_of_office: 'An absence note.',
  bounce: 'A mail that came back.',
  complaint: 'A complaint: somebody marked the mail as spam.',
  opt_out: 'A request not to be written to again.',
  delivered: 'A notice that a mail was delivered.',
  human_outbound: 'Written by the owner of the mailbox.',
  other: 'A mail that answers nothing.',
}

function sentences(mail: ParsedMail, reading: InboundReading): string[] {
  const { absence } = reading
  const recipients = reading.kind === 'bounce' ? (reading.bounce?.recipients ?? []) : []
  return [
    KINDS[reading.kind],
    ...recipients.map(failure),
    ...(absence === null ? [] : [absenceWords(absence)]),
    ...meaningWords(reading),
    ...reading.evidence.map(({ name, value, score }) => `  because of ${name}: ${value} (${score})`),
    ...(mail.truncated ? ['  Only its first megabyte was read.'] : []),
  ]
}

function meaningWords({ calendar, leftCompany, referral, replyClass }: InboundReading): string[] {
  return [
    ...(calendar ? [`  A calendar: ${[calendar.method, calendar.partstat ?? ''].join(' ').trim()}.`] : []),
    ...(leftCompany ? [`  The person has left: "${leftCompany.words}"`] : []),
    ...(referral ? [`  Write to: ${[referral.name ?? '', referral.address ?? ''].join(' ').trim()}.`] : []),
    ...(replyClass ? [`  It means ${replyClass.class}: "${replyClass.evidence.value}"`] : []),
  ]
}

function failure(one: FailedRecipient): string {
  const codes = [one.replyCode, one.status].filter((code) => code !== null).join(' ')
  return `  ${one.address || 'no address named'}: ${one.class}, ${one.reason}${codes === '' ? '' : ` (${codes})`}${one.words === '' ? '' : `\n    "${one.words}"`}`
}

function absenceWords({ returnsOn, certain }: NonNullable<InboundReading['absence']>): string {
  if (returnsOn === null) return '  It names no day of return.'
  return `  Back on ${returnsOn}${certain ? '' : ', as it seems: the note can be read in two ways'}.`
}
