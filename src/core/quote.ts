/**
 * What a person wrote themselves, without the mail they answered and without our own footer: opt-out words and return dates are looked
 * for here alone. It only cuts; it never rewrites.
 */

/** Lines with which mail programs begin the quoted mail; the text ends above the first one. */
const QUOTE_BEGINS: readonly RegExp[] = [
  // Gmail, Apple Mail: "On Tue, 2 Mar 2027 at 09:00, Ann Acme <ann@acme.test> wrote:" (also broken over two or three lines)
  /^[ \t]*On\b[^\n]*(?:\n[^\n]*){0,2}?\bwrote:[ \t]*$/m,
  // German, French, Spanish, Portuguese, Italian, Dutch
  /^[ \t]*Am\b[^\n]*(?:\n[^\n]*){0,2}?\bschrieb\b[^\n]*:[ \t]*$/m,
  /^[ \t]*Le\b[^\n]*(?:\n[^\n]*){0,2}?\ba écrit\s*:[ \t]*$/m,
  /^[ \t]*El\b[^\n]*(?:\n[^\n]*){0,2}?\bescribió:[ \t]*$/m,
  /^[ \t]*Em\b[^\n]*(?:\n[^\n]*){0,2}?\bescreveu:[ \t]*$/m,
  /^[ \t]*Il\b[^\n]*(?:\n[^\n]*){0,2}?\bha scritto:[ \t]*$/m,
  /^[ \t]*Op\b[^\n]*(?:\n[^\n]*){0,2}?\bschreef\b[^\n]*:[ \t]*$/m,
  // Outlook in its languages
  /^[ \t]*-{2,}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|Forwarded message|Weitergeleitete Nachricht)[ \t]*-{2,}/im,
  /^[ \t]*_{10,}[ \t]*$/m,
  // Outlook's header block: From and Sent (or Date) in two neighboring lines
  /^[ \t>*]*(?:From|Von|De|Da|Van):[^\n]*\n[ \t>*]*(?:Sent|Date|Gesendet|Datum|Envoyé|Date|Enviado|Enviada|Data|Inviato|Verzonden)\b[^\n]*/im,
]

/** Signature mark (RFC 3676 4.3) and what phones put below. */
const SIGNATURE =
  /^(?:-- ?|Sent from my \w[^\n]*|Von meinem \w+ gesendet[^\n]*|Envoyé de mon \w+[^\n]*|Get Outlook for \w+[^\n]*)$/m

/** The person's own words, without quoted lines and signature, trimmed. */
export function ownWords(text: string): string {
  const unix = text.replace(/\r\n?/g, '\n').replace(/\u00a0/g, ' ')
  const cuts = [...QUOTE_BEGINS, SIGNATURE].map((line) => unix.search(line)).filter((at) => at >= 0)
  const above = unquoted(unix.slice(0, Math.min(unix.length, ...cuts)))
  // Some answer below the quote: then what is not quoted is theirs.
  return above !== '' || !/^>/m.test(unix)
    ? above
    : unquoted(QUOTE_BEGINS.reduce((rest, line) => rest.replace(line, ''), unix))
}

function unquoted(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^[ \t]*>/.test(line))
    .join('\n')
    .trim()
}
