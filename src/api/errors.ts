/** Refusals as the wire says them: a status and a body with the recorded key. Holds no texts of single resources. */

export class ApiRefusal extends Error {
  readonly status: number
  /** A text is answered as text/plain, as recorded for 401. */
  readonly body: Record<string, unknown> | string
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    body: Record<string, unknown> | string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof body === 'string' ? body : String(body['error'] ?? body['message']))
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** `return refuse(422, 'Please specify ...')`: ends the call with `{"error": sentence, ...more}`. */
export function refuse(status: number, error: string, more: Record<string, unknown> = {}): never {
  throw new ApiRefusal(status, { error, ...more })
}

/** The recorded 401, text/plain to the letter. */
export function refuseKey(): never {
  throw new ApiRefusal(
    401,
    'Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.',
  )
}

/** The recorded 422 for an id that is not one. */
export function refuseId(value: unknown): never {
  return refuse(422, `Parameters misconfigured. ${shorten(value)} is not a valid ID`)
}

const SHOWN_MAX = 80

/** A value as an error shows it: at most 80 characters, on one line. */
export function shorten(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const line = text.replace(/\s+/g, ' ')
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}...` : line
}
