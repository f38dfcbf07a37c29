/** Writes received mails as mail programs write them: charsets, transfer encodings, alternatives, HTML. */
import { Buffer } from 'node:buffer'

export type Charset = 'utf-8' | 'iso-8859-1' | 'windows-1251' | 'utf-16le'
export type Encoding = '8bit' | 'quoted-printable' | 'base64'

export interface Part {
  type: string
  content: string | Buffer
  charset?: Charset
  encoding?: Encoding
  more?: Record<string, string>
}

export function canWrite(text: string, charset: Charset): boolean {
  if (charset === 'iso-8859-1') return [...text].every((one) => one.codePointAt(0)! < 256)
  if (charset === 'windows-1251') return [...text].every((one) => cp1251(one) !== null)
  return true
}

function cp1251(character: string): number | null {
  const code = character.codePointAt(0)!
  if (code < 128) return code
  if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0
  return code === 0x451 ? 0xb8 : code === 0x401 ? 0xa8 : null
}

function bytes(text: string, charset: Charset): Buffer {
  const wire = text.replace(/\r?\n/g, '\r\n')
  if (charset === 'iso-8859-1') return Buffer.from(wire, 'latin1')
  if (charset === 'utf-16le') return Buffer.from(wire, 'utf16le')
  if (charset === 'windows-1251') return Buffer.from([...wire].map((one) => cp1251(one)!))
  return Buffer.from(wire, 'utf8')
}

function encoded(content: Buffer, encoding: Encoding): Buffer {
  if (encoding === 'base64')
    return Buffer.from(content.toString('base64').replace(/(.{76})/g, '$1\r\n'), 'latin1')
  if (encoding === '8bit') return content
  const lines = content
    .toString('latin1')
    .split('\r\n')
    .map((line) =>
      line
        .replace(/[^\x20-\x3c\x3e-\x7e\t]/g, hexOf)
        .replace(/[ \t]$/, hexOf)
        .replace(/(.{1,72}(?![0-9A-F]{0,2}$)(?<!=)(?<!=[0-9A-F]))(?=.{3})/g, '$1=\r\n'),
    )
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

function hexOf(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

export function part({ type, content, charset = 'utf-8', encoding = '8bit', more = {} }: Part): Buffer {
  // UTF-16 has zeros, which no other encoding carries over SMTP.
  const how = charset === 'utf-16le' ? 'base64' : encoding
  const isText = typeof content === 'string'
  const head = [
    `Content-Type: ${type}${isText ? `; charset=${charset}` : ''}`,
    `Content-Transfer-Encoding: ${how}`,
    ...Object.entries(more).map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`),
    encoded(isText ? bytes(content, charset) : content, how),
  ])
}

export function multipart(type: string, parts: Buffer[], boundary: string): Buffer {
  const between = parts.flatMap((one) => [Buffer.from(`--${boundary}\r\n`), one, Buffer.from('\r\n')])
  return Buffer.concat([
    Buffer.from(`Content-Type: ${type}; boundary="${boundary}"\r\n\r\n`),
    ...between,
    Buffer.from(`--${boundary}--\r\n`),
  ])
}

/** The header fields above a body that brings its own Content-Type. */
export function message(headers: Record<string, string>, body: Buffer): Buffer {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${headerValue(value)}`)
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\nMIME-Version: 1.0\r\n`), body])
}

/** RFC 2047, for what is not ASCII. */
function headerValue(value: string): string {
  if ([...value].every((one) => one.codePointAt(0)! < 128)) return value
  return `=?utf-8?B?${Buffer.from(value).toString('base64')}?=`
}
