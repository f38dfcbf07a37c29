/** The one door to the HTTP API. Every failure leaves here as an `ApiError` whose message is a sentence a person can act on. */

import { forPeople } from './words.ts'

const BASE = '/api/v1'

export class ApiError extends Error {
  /** 0 when no answer came at all. */
  readonly status: number
  readonly code: string | undefined
  readonly body: Record<string, unknown>

  constructor(status: number, sentence: string, body: Record<string, unknown> = {}) {
    super(sentence)
    this.name = 'ApiError'
    this.status = status
    this.body = body
    const code = body['code'] ?? body['error_code']
    this.code = typeof code === 'string' ? code : undefined
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

function withQuery(path: string, query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return `${BASE}${path}${text ? `?${text}` : ''}`
}

const UNREACHABLE = 'Segue does not answer. Check that it is running, then try again.'

const BY_STATUS: Record<number, string> = {
  401: 'You are not signed in.',
  403: 'Your account may not do this.',
  404: 'This does not exist, or it belongs to another team.',
  413: 'This is larger than Segue accepts.',
  429: 'Too many requests in a short time. Wait a minute, then try again.',
}

function parse(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Turns an answer that is not 2xx into an error: `{error}` or `{message}` if there is one, else a sentence for the status. */
export function errorFrom(status: number, text: string): ApiError {
  const body = parse(text)
  const said = body['error'] ?? body['message']
  if (typeof said === 'string' && said !== '') return new ApiError(status, forPeople(said), body)
  if (status === 502 || status === 503 || status === 504) return new ApiError(status, UNREACHABLE, body)
  const known = BY_STATUS[status]
  return new ApiError(status, known ?? `Segue could not do this (${status}). Try again in a minute.`, body)
}

async function answerOf(request: Promise<Response>): Promise<string> {
  let response: Response
  try {
    response = await request
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, UNREACHABLE)
  }
  const text = await response.text()
  if (!response.ok) throw errorFrom(response.status, text)
  return text
}

interface Options {
  query?: Query
  body?: unknown
  signal?: AbortSignal
}

async function call<T>(method: string, path: string, { query, body, signal }: Options = {}): Promise<T> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { accept: 'application/json' } }
  if (signal) init.signal = signal
  if (body !== undefined) {
    init.headers = { accept: 'application/json', 'content-type': 'application/json' }
    init.body = JSON.stringify(body)
  }
  const text = await answerOf(fetch(withQuery(path, query), init))
  return (text === '' ? {} : JSON.parse(text)) as T
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  post: <T>(path: string, body: unknown = {}, signal?: AbortSignal) =>
    call<T>('POST', path, { body, ...(signal ? { signal } : {}) }),
  put: <T>(path: string, body: unknown) => call<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown) => call<T>('PATCH', path, { body }),
  delete: <T>(path: string, body?: unknown) => call<T>('DELETE', path, { body }),
}

/** Sends a file as the body, telling how much has left (0 to 1): fetch cannot say. */
export function upload<T>(
  path: string,
  file: File,
  { query, onProgress }: { query: Query; onProgress?: (part: number) => void },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', withQuery(path, query))
    request.setRequestHeader(
      'content-type',
      file.type === 'text/csv' ? 'text/csv' : 'application/octet-stream',
    )
    request.upload.onprogress = (event) => onProgress?.(event.total > 0 ? event.loaded / event.total : 0)
    request.onerror = () => reject(new ApiError(0, UNREACHABLE))
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T)
      else reject(errorFrom(request.status, request.responseText))
    }
    request.send(file)
  })
}

/** The address of a file that the browser downloads by itself. */
export const downloadAddress = (path: string) => `${BASE}${path}`

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message
  return 'Something in this page failed. Reload it; if that does not help, report what you did.'
}
