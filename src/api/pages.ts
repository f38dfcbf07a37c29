/** Serves the built web page under a strict content security policy; every address of the page answers with its one document. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * Styles are inline because the component library sets them on elements; scripts never are. Frames hold mails, which are
 * sanitized and sandboxed, and inherit this policy: nothing in them loads from elsewhere.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Segue</title><p>The page is not built yet. Run <code>npm run build -w web</code> and reload. The API is ready under <code>/api/v1</code>.</p>'

export interface PagesOptions {
  webRoot: string | null
  /** Throws the refusal for a path of the API that does not exist. */
  refuseUnknown(request: FastifyRequest): never
}

export function mountPages(app: FastifyInstance, { webRoot, refuseUnknown }: PagesOptions): void {
  const built = webRoot !== null && existsSync(join(webRoot, 'index.html'))
  if (built)
    void app.register(fastifyStatic, {
      root: webRoot,
      wildcard: false,
      index: false,
      // Its own would overwrite ours.
      cacheControl: false,
      setHeaders(reply, path) {
        setPageHeaders(reply as unknown as FastifyReply, path.includes('/assets/'))
      },
    })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api\/)?v1(\/|$)/.test(path)
    if (!isPage || webRoot === null) refuseUnknown(request)
    // A missing script must not come back as HTML with status 200.
    if (/\.[a-z0-9]{2,5}$/i.test(path)) return reply.code(404).type('text/plain').send('Not found')
    if (!built) return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT)
    return reply.sendFile('index.html')
  })
}

function setPageHeaders(reply: FastifyReply, immutable: boolean): void {
  reply.headers({
    'content-security-policy': PAGE_POLICY,
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
}
