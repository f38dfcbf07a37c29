/** The only door to the log: one JSON line per event, without bodies and without credentials. Never decides anything. */
import { type DestinationStream, type Logger, pino } from 'pino'

export type { DestinationStream }
export type Log = Logger
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Names under which a secret may stand in a logged object, at its top, one or two levels down. */
const SECRET_NAMES = [
  'password',
  'smtp_password',
  'imap_password',
  'api_key',
  'apiKey',
  'authorization',
  'cookie',
  'secret',
  'secretKey',
  'token',
  'access_token',
  'refresh_token',
]
const PATHS = [
  ...SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  ...['x-api-key', 'set-cookie'].flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
]

/** Of an error, what it is and where; not the `detail` of PostgreSQL, which quotes the row, nor the commands of a mail client. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = (error as { code?: unknown }).code
  return { name, message, code, stack, ...(cause === undefined ? {} : { cause: plainError(cause) }) }
}

/** A log that writes lines of JSON to standard output, or to `destination` (tests). */
export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths: PATHS, censor: '[hidden]' },
    serializers: { err: plainError },
  }
  return destination ? pino(options, destination) : pino(options)
}
