/**
 * The HTTP server: mounts every declared route on `/api/v1` and `/v1`, reads what arrives, answers what comes back.
 * Knows no resource and never the engine.
 */
import { createHash } from 'node:crypto'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { monotonic } from '../clock.ts'
import type { Random } from '../core/random.ts'
import { serverSentence } from '../store/unavailable.ts'
import { authenticate, refuseOutsideScope, scopeOf } from './auth.ts'
import { countAgainstLimits } from './call-limits.ts'
import { ApiRefusal, refuse } from './errors.ts'
import { idempotencyKeyOf, once, requestHashOf } from './idempotency.ts'
import { parseJson } from './json.ts'
import { mountPages } from './pages.ts'
import { readParameters } from './params.ts'
import { mountOAuthCallback } from './public/oauth-callback.ts'
import { mountUnsubscribe } from './public/unsubscribe.ts'
import { mountVisits } from './public/visits.ts'
import { parseQuery, QUERY_BYTES_MAX, type Tree } from './query.ts'
import { Answer, type ApiContext, type Call, type Caller, type Route } from './route.ts'
import { routes } from './routes.ts'

/** Every body but a file: 1,000 contacts in one call are 0.5 MB. */
export const BODY_BYTES_MAX = 2 * 1024 * 1024
/** What is read and thrown away of a body over the limit, so that its sender gets to read the answer. */
const DRAINED_BYTES_MAX = 64 * 1024 * 1024
/** A 200 MB file over a slow line. Headers have their own, shorter limit in Node. */
const REQUEST_TIMEOUT_MS = 30 * 60_000
const PREFIXES = ['/api/v1', '/v1']

export interface ServerOptions {
  /** The folder of the built web page; null serves the API alone. */
  webRoot: string | null
}

/** The server, not listening yet: `await server.listen({ host, port })`, `await server.close()`. */
export function createServer(context: ApiContext, { webRoot }: ServerOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A proxy on this machine may say who really calls; nobody else may.
    trustProxy: 'loopback',
    http: { maxHeaderSize: QUERY_BYTES_MAX + 32 * 1024 },
    routerOptions: {
      maxParamLength: 300,
      ignoreTrailingSlash: true,
      // Read later, where a mistake in it can be answered.
      querystringParser: (text) => ({ text }) as unknown as Record<string, string>,
    },
    genReqId: () => requestId(context.random),
    return503OnClosing: true,
  })
  takeBodies(app)
  app.addHook('onRequest', async (request) => {
    started.set(request, monotonic())
  })
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('x-request-id', request.id)
    reply.header('x-transaction-id', request.id)
    reply.header('x-runtime', ((monotonic() - (started.get(request) ?? 0)) / 1000).toFixed(6))
    reply.header('x-content-type-options', 'nosniff')
    return payload
  })
  app.setErrorHandler((error, request, reply) => answerError(error, { request, reply, context }))
  for (const route of routes) mount(app, route, context)
  mountUnsubscribe(app, context)
  mountVisits(app, context)
  mountOAuthCallback(app, context)
  mountPages(app, { webRoot, refuseUnknown: (request) => refuseUnknownPath(request) })
  return app
}

const SCOPES = new Set(routes.filter((route) => !route.open && !route.masterOnly).map(scopeOf))

const started = new WeakMap<FastifyRequest, number>()

/** A version 4 UUID, as recorded. */
function requestId(random: Random): string {
  const hex = random.hex(16)
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

function takeBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

function mount(app: FastifyInstance, route: Route, context: ApiContext): void {
  void app.register(async (scope) => {
    if (route.upload) {
      scope.removeAllContentTypeParsers()
      // Without `parseAs` the stream itself is the body; its length is watched by whoever reads it.
      scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    }
    for (const prefix of PREFIXES)
      scope.route({
        method: [route.method].flat() as ('GET' | 'POST')[],
        url: `${prefix}${route.path}`,
        handler: (request, reply) => answer(route, { request, reply, context }),
      })
  })
}

interface Exchange {
  request: FastifyRequest
  reply: FastifyReply
  context: ApiContext
}

async function answer(route: Route, { request, reply, context }: Exchange): Promise<unknown> {
  const query = parseQuery((request.query as { text: string }).text)
  const body = route.upload ? {} : bodyOf(request)
  const headers = request.headers as Record<string, string | undefined>
  const caller = route.open
    ? undefined
    : await authenticate({ headers, query, body, method: request.method, host: request.host }, context)
  if (caller) {
    refuseOutsideScope(caller, route)
    reply.headers(await countAgainstLimits(context, caller, route))
  }
  const asked = { ...query, ...body, ...(request.params as Record<string, unknown>) }
  const run = () => perform(route, { request, context, caller, asked, inQuery: new Set(Object.keys(query)) })
  const key = caller && request.method !== 'GET' ? idempotencyKeyOf(headers) : undefined
  if (!caller || key === undefined) return send(reply, await run())
  const file = route.upload ? [headers['content-length'], headers['content-type']] : []
  const requestHash = requestHashOf(context, {
    method: request.method,
    path: route.path,
    parameters: asked,
    file,
  })
  const answered = await once(context, { caller, key, requestHash }, run)
  // A file that was handed in before is not read again.
  if (route.upload) drain(request)
  return send(reply, answered)
}

interface Performing {
  request: FastifyRequest
  context: ApiContext
  caller: Caller | undefined
  asked: Tree
  inQuery: ReadonlySet<string>
}

async function perform(
  route: Route,
  { request, context, caller, asked, inQuery }: Performing,
): Promise<Answer> {
  const { input, warnings } = readParameters(route.input, asked)
  const call = {
    ...context,
    caller,
    now: context.clock.now(),
    requestId: request.id,
    clientAddress: request.ip,
    host: request.host,
    secure: request.protocol === 'https',
    headers: request.headers,
    inQuery,
    scopeNames: SCOPES,
    warn: (sentence: string) => warnings.push(sentence),
    upload: request.raw,
  } as unknown as Call
  const result = await route.run(input, call)
  const { body, status, headers } = result instanceof Answer ? result : new Answer(result ?? {})
  if (warnings.length === 0 || isRaw(body)) return new Answer(body, { status, headers })
  // A bare array has no room for a key.
  return Array.isArray(body)
    ? new Answer(body, { status, headers: { ...headers, 'x-warnings': inAscii(warnings) } })
    : new Answer(withWarnings(body as object, warnings), { status, headers })
}

/** As JSON that a header can carry. */
const inAscii = (value: unknown) =>
  JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

function bodyOf(request: FastifyRequest): Tree {
  const body = request.body as Buffer | undefined | null
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  if (request.headers['content-encoding'] && request.headers['content-encoding'] !== 'identity')
    refuse(415, `The body is compressed (${request.headers['content-encoding']}); send it as it is.`)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/'))
    refuse(415, 'The body is multipart; send JSON (content-type: application/json).')
  const text = body.toString('utf8')
  // curl -d sends JSON as a form unless told otherwise.
  return type.startsWith('application/x-www-form-urlencoded') && !text.trimStart().startsWith('{')
    ? parseQuery(text)
    : parseJson(text)
}

function send(reply: FastifyReply, { body, status, headers }: Answer): FastifyReply {
  reply.code(status).headers(headers)
  return isRaw(body) ? reply.send(body) : sendJson(reply, body)
}

const isRaw = (body: unknown) => typeof body === 'string' || Buffer.isBuffer(body) || isStream(body)

function isStream(body: unknown): boolean {
  return typeof (body as { pipe?: unknown } | null)?.pipe === 'function'
}

function withWarnings(body: object, warnings: readonly string[]): object {
  const own = (body as { warnings?: unknown }).warnings
  return { ...body, warnings: [...(Array.isArray(own) ? own : []), ...warnings] }
}

/** JSON.stringify of what the route returned, whole: a serializer made from the schema would drop keys it does not name. */
function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  const text = JSON.stringify(body)
  const etag = `W/"${createHash('md5').update(text).digest('hex')}"`
  const { request, statusCode } = reply
  reply
    .header('cache-control', 'max-age=0, private, must-revalidate')
    .header('etag', etag)
    .header('vary', 'Origin')
  const isKnown = request.method === 'GET' && request.headers['if-none-match'] === etag
  if (isKnown && statusCode === 200) return reply.code(304).send()
  return reply.header('content-type', 'application/json; charset=utf-8').send(text)
}

function answerError(error: unknown, { request, reply, context }: Exchange): FastifyReply {
  if (error instanceof ApiRefusal) {
    drain(request)
    reply.code(error.status).headers(error.headers)
    return typeof error.body === 'string'
      ? reply.header('content-type', 'text/plain; charset=utf-8').send(error.body)
      : sendJson(reply, error.body)
  }
  const { code } = error as { code?: unknown }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    drain(request)
    return sendJson(reply.code(413), {
      error: `The body is larger than ${BODY_BYTES_MAX} bytes (2 MB), the most that one call takes. Send it in parts; a file of contacts goes to POST /api/v1/imports.`,
    })
  }
  const trouble = serverSentence(error)
  if (trouble !== undefined) return sendJson(reply.code(503).header('retry-after', '2'), { error: trouble })
  const { statusCode } = error as { statusCode?: unknown }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return sendJson(reply.code(statusCode), { error: (error as Error).message })
  // Whoever hung up in the middle of a file gets no answer, and it is no fault of ours.
  if (request.raw.destroyed && !request.raw.complete) return reply.hijack()
  context.log.error({ err: error, request_id: request.id, path: request.routeOptions.url }, 'a call failed')
  return sendJson(reply.code(500), {
    error: `Segue met a fault of its own here. Look whether it was done before you try again, and report it with this id: ${request.id}`,
    error_id: request.id,
  })
}

/** Keeps reading what the caller still sends, within bounds: a connection closed under its hands would hide the answer. */
function drain({ raw }: FastifyRequest): void {
  if (raw.readableEnded || raw.destroyed) return
  let left = DRAINED_BYTES_MAX
  raw.removeAllListeners('data')
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) raw.socket.destroy()
  })
  raw.resume()
}

function refuseUnknownPath(request: FastifyRequest): never {
  const path = request.url.split('?')[0]!
  const methods = routes.filter((route) => matches(route, path)).flatMap((route) => route.method)
  if (methods.length > 0)
    throw new ApiRefusal(
      405,
      { error: `${path} is called with ${[...new Set(methods)].join(' or ')}, not with ${request.method}.` },
      { allow: [...new Set(methods)].join(', ') },
    )
  return refuse(
    404,
    `There is no ${request.method} ${path}. docs/api.md lists every call, openapi.json its parameters.`,
  )
}

function matches(route: Route, path: string): boolean {
  const prefix = PREFIXES.find((each) => path.startsWith(`${each}/`))
  if (prefix === undefined) return false
  const asked = path.slice(prefix.length).replace(/\/$/, '').split('/')
  const own = route.path.split('/')
  return own.length === asked.length && own.every((part, i) => part.startsWith(':') || part === asked[i])
}
