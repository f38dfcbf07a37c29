/** Tells what a person wrote from what their mail program quoted below it. For reading only: nothing is decided by it. */

const BEGINS = [
  /^\s*>/,
  /^On .{6,120} wrote:\s*$/,
  /^Am .{6,120} schrieb.*:\s*$/,
  /^Le .{6,120} a écrit\s*:\s*$/,
  /^El .{6,120} escribió:\s*$/,
  /^-{2,}\s*(Original Message|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}/i,
  /^_{10,}\s*$/,
]

export interface Split {
  body: { html: string; text: string }
  quote: string
}

/** An answer with a quote is shown as its text, folded; a mail of ours, and one without a quote, as its HTML. */
export function splitQuote(mail: { kind: 'sent' | 'received'; html: string; text: string }): Split {
  if (mail.kind === 'sent') return { body: { html: mail.html, text: mail.text }, quote: '' }
  const lines = mail.text.split('\n')
  const at = lines.findIndex((line) => BEGINS.some((begin) => begin.test(line)))
  if (at <= 0) return { body: { html: mail.html, text: mail.text }, quote: '' }
  return { body: { html: '', text: lines.slice(0, at).join('\n').trim() }, quote: lines.slice(at).join('\n') }
}
