/** A file that emails carry: what it may be called, be and weigh. Judges only; the bytes are kept by `store/attachments.ts`. */
import type { Id } from './ids.ts'

/** As an email keeps it: the file may be deleted or replaced later, what was sent stays named by its hash. */
export interface MailFile {
  readonly id: Id
  readonly name: string
  readonly type: string
  readonly size: number
  readonly sha256: string
}

const MB = 1024 * 1024
export const FILE_BYTES_MAX = 5 * MB
/** Base64 makes a third more of it: this stays under the 10,240,000 bytes that a Postfix takes unless told otherwise. */
export const MAIL_FILES_BYTES_MAX = 7 * MB
/** As it is listed among the missing values: its name went with it. */
export const DELETED_FILE = 'file:deleted'
/** Cold mail with many files is taken for spam. */
export const FILES_PER_MAIL_MAX = 5
/** Of one team. */
export const FILES_MAX = 200
const NAME_MAX = 120

/** What runs when it is opened; Gmail and Outlook refuse mails with these, alone or inside an archive. */
const RUNS = new Set(
  'ade adp apk app appx appxbundle bat cab chm cmd com cpl dll dmg ex ex_ exe hta ins iso isp jar js jse lib lnk mde msc msi msix msp mst nsh pif pkg ps1 psm1 py reg scr sct sh shb sys vb vbe vbs vhd vxd wsc wsf wsh xll'.split(
    ' ',
  ),
)
/** The first bytes of programs: Windows, Linux, macOS (both byte orders), a script. */
const PROGRAMS: readonly (readonly number[])[] = [
  [0x4d, 0x5a],
  [0x7f, 0x45, 0x4c, 0x46],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0xfe, 0xed, 0xfa, 0xcf],
  [0xca, 0xfe, 0xba, 0xbe],
  [0x23, 0x21],
]

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const TYPES: Record<string, string> = {
  csv: 'text/csv',
  doc: 'application/msword',
  docx: `${OFFICE}.wordprocessingml.document`,
  gif: 'image/gif',
  ics: 'text/calendar',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  odt: 'application/vnd.oasis.opendocument.text',
  pdf: 'application/pdf',
  png: 'image/png',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: `${OFFICE}.presentationml.presentation`,
  rtf: 'application/rtf',
  txt: 'text/plain',
  vcf: 'text/vcard',
  webp: 'image/webp',
  xls: 'application/vnd.ms-excel',
  xlsx: `${OFFICE}.spreadsheetml.sheet`,
  zip: 'application/zip',
}

const extension = (name: string) => /\.([a-z0-9_]{1,12})$/i.exec(name)?.[1]?.toLowerCase() ?? ''

/** The name alone, without a folder before it and without what could bend a header. Empty when nothing is left. */
export function fileNameOf(given: string): string {
  return (given.split(/[/\\]/).at(-1) ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .replace(/^[.\s]+|[.\s]+$/g, '')
}

export const contentTypeOf = (name: string) => TYPES[extension(name)] ?? 'application/octet-stream'

/** Why a file cannot be sent with an email; undefined: it can. `head`: its first bytes. */
export function fileProblem({
  name,
  size,
  head,
}: {
  name: string
  size: number
  head: Uint8Array
}): string | undefined {
  if (name === '') return 'The file has no name. Give one with its ending, such as file_name=offer.pdf.'
  if (name.length > NAME_MAX)
    return `The name of the file has ${name.length} characters; it can have ${NAME_MAX}. Rename it.`
  if (size === 0) return `${name} is empty. Choose the file again.`
  if (size > FILE_BYTES_MAX)
    return `${name} is larger than ${FILE_BYTES_MAX} bytes (5 MB), the most that one file can have: larger mails are refused by many servers. Make it smaller, or link to it.`
  const ending = extension(name)
  if (RUNS.has(ending))
    return `${name} is a program (.${ending}): mail servers refuse emails with one. Send a document, or link to it.`
  if (PROGRAMS.some((bytes) => bytes.every((byte, at) => head[at] === byte)))
    return `${name} is a program, whatever its name says: mail servers refuse emails with one. Send a document, or link to it.`
  return undefined
}

/** Why these files cannot go into one email; undefined: they can. */
export function filesProblem(files: readonly { name: string; size: number }[]): string | undefined {
  if (files.length > FILES_PER_MAIL_MAX)
    return `An email takes ${FILES_PER_MAIL_MAX} files; these are ${files.length}. Take some out.`
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  return bytes > MAIL_FILES_BYTES_MAX
    ? `The files of an email have at most ${MAIL_FILES_BYTES_MAX} bytes (7 MB) together; ${files.map((file) => file.name).join(', ')} have ${bytes}. Take one out, or make them smaller.`
    : undefined
}
