/** A small page for people without the program: a title, a sentence, at most one button or link. Loads nothing and runs nothing. */
import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;margin:0;display:grid;min-height:100vh;place-items:center}main{max-width:26rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .75rem}p{margin:0 0 1rem;color:#57606a}button{font:inherit;padding:.6rem 1.2rem;border:1px solid #3b5bdb;border-radius:6px;background:#3b5bdb;color:#fff;cursor:pointer}button:focus-visible{outline:3px solid #91a7ff;outline-offset:2px}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#16181d}p{color:#9da7b3}}'
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

/** `text` may hold HTML; `button` posts to the page itself, `link` leads on. */
export function page(
  reply: FastifyReply,
  {
    title,
    text,
    button,
    link,
  }: { title: string; text: string; button?: string; link?: { to: string; words: string } },
): FastifyReply {
  const form = button ? `<form method="post"><button type="submit">${button}</button></form>` : ''
  const onward = link ? `<p><a href="${escapeHtml(link.to)}">${escapeHtml(link.words)}</a></p>` : ''
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
    })
    .send(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p>${form}${onward}</main></body></html>`,
    )
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
