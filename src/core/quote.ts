/**
 * What a person wrote themselves, without the mail they answered and without our own footer: opt-out words and return dates are looked
 * for here alone. It only cuts; it never rewrites.
 */

/** Lines with which mail programs begin a quoted mail that they do not mark line by line; the person's text ends above. */
const QUOTE_BEGINS: readonly RegExp[] = [
  // Outlook in its languages, and forwards: "-----Original Message-----", "-------- Ursprüngliche Nachricht --------"
  /^[ \t]*-{2,}[ \t]*(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|исходное сообщение|orijinal mesaj|原始邮件|原始郵件|forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato)[ \t]*-{2,}/imu,
  // Outlook on the web and on phones
  /^[ \t]*_{10,}[ \t]*$/m,
  // The header block of Outlook: From and Sent (or Date) in neighboring lines, in its languages
  /^[ \t>*]*(?:from|von|de|da|van|från|fra|lähettäjä|od|от|від|kimden|从|发件人|寄件者|差出人|보낸 사람)[ \t]?[*:：][^\n]*\n[ \t>*]*(?:sent|date|gesendet|datum|envoyé|enviado|enviada|data|inviato|verzonden|skickat|sendt|lähetetty|wysłano|odesláno|дата|отправлено|надіслано|gönderildi|tarih|发送时间|日期|寄件日期|送信日時|日付|보낸 날짜)[^\n]{0,3}[:：]/imu,
  // Apple Mail
  /^[ \t]*(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié)[ \t]*:/imu,
]

/** The verb of an attribution line, in the languages of mail programs. */
const WROTE =
  /wrote|writes|schrieb|geschrieben|a écrit|escribió|escribi[oó]|escreveu|ha scritto|schreef|skrev|kirjoitti|napisał|napsal|napísal|написав?|пишет|пише|yazdı|a scris|ezt írta|έγραψε|写道|寫道|のメール|作成|작성|님이/iu
/** When or who, as it stands in every attribution line: an address, a time of day, or a year. */
const STAMP = /[\w.+-]+@[\w-]+\.[\w.-]+|\b\d{1,2}[:.h]\d{2}\b|\b20\d\d\b|20\d\d年|20\d\d년/u
const DATED = /\b\d{1,2}[:.h]\d{2}\b|\b20\d\d\b|20\d\d年|20\d\d년/u
/** Mail programs break it over two or three lines. */
const ATTRIBUTION_LINES = 3
const ATTRIBUTION_MAX = 400

/** Signature mark (RFC 3676 4.3), and what phones and mail programs put below in the languages of their owners. */
const SIGNATURE =
  /^[ \t]*(?:-- ?|sent (?:from|via|with|using) (?:my \S|mail for|outlook|yahoo|gmail|proton|blackberry|samsung)[^\n]{0,60}|get outlook for [^\n]{0,40}|von meinem \S+ gesendet|gesendet (?:von mein|mit der|von outlook|von yahoo|von mail)[^\n]{0,60}|envoyé (?:de mon|à partir de|depuis (?:mon|l'app|outlook|yahoo|proton))[^\n]{0,60}|enviado (?:desde mi|do meu|desde outlook|desde yahoo)[^\n]{0,60}|inviato (?:da|dal mio) (?:i\w+|smartphone|yahoo|outlook|libero|cellulare)[^\n]{0,40}|(?:verstuurd|verzonden) vanaf mijn[^\n]{0,40}|skickat från min[^\n]{0,40}|sendt fra min[^\n]{0,40}|lähetetty (?:i\w+sta|android\w+|laitteesta|outlook)[^\n]{0,40}|wysłan[eo] z i?[^\n]{1,30}|odesláno z [^\n]{1,30}|отправлено (?:с|из) [^\n]{1,40}|надіслано з [^\n]{1,40}|\S{1,30}から送信|发自我的[^\n]{1,30}|從我的[^\n]{1,20}傳送|나의 [^\n]{1,20}에서 보냄|i\w+['’]\w+ gönderildi)[ \t.]*$/imu

/** A line this long was wrapped by a program, not by its writer. */
const WRAPPED_AT = 60

/** The person's own words, without quoted lines and signature, trimmed. */
export function ownWords(text: string): string {
  const unix = text.replace(/\r\n?/g, '\n').replace(/\u00a0/g, ' ')
  const cuts = QUOTE_BEGINS.map((line) => unix.search(line)).filter((at) => at >= 0)
  const unmarked = Math.min(unix.length, ...cuts)
  const lines = unix.slice(0, unmarked).split('\n')
  const attribution = firstAttribution(lines)
  if (attribution === null) return belowOrAbove(unix, lines, unmarked)
  const above = written(lines.slice(0, attribution.from))
  const quoted = lines.slice(attribution.to)
  const isMarked = /^[ \t]*>/.test(quoted.find((line) => line.trim() !== '') ?? '')
  // Marked line by line: what is not marked was written in between or below. Unmarked: all of it is the quote.
  const below = isMarked ? written(quoted) : ''
  return [above, below].filter((words) => words !== '').join('\n\n')
}

/** Without an attribution: above the quote; when nothing stands there, what stands unmarked below an Outlook block. */
function belowOrAbove(unix: string, lines: string[], unmarked: number): string {
  const above = written(lines)
  if (above !== '' || unmarked === unix.length || !/^[ \t]*>/m.test(unix.slice(unmarked))) return above
  const rest = QUOTE_BEGINS.reduce((whole, line) => whole.replace(line, ''), unix.slice(unmarked))
  return written(rest.split('\n').slice(1))
}

interface Lines {
  from: number
  to: number
}

/** The lines "On Tue, 2 Mar 2027 at 09:00, Ann Acme <ann@acme.test> wrote:" in any language, or whatever stands like that above a quote. */
function firstAttribution(lines: readonly string[]): Lines | null {
  for (let end = 0; end < lines.length; end += 1) {
    if (!/[:：][ \t*]*$/.test(lines[end]!) || /^[ \t]*>/.test(lines[end]!)) continue
    const from = attributionFrom(lines, end)
    if (from !== null) return { from, to: end + 1 }
  }
  return null
}

function attributionFrom(lines: readonly string[], end: number): number | null {
  const next = lines.slice(end + 1, end + 4).find((line) => line.trim() !== '')
  const beforeQuote = next !== undefined && /^[ \t]*>/.test(next)
  for (let from = end; from > end - ATTRIBUTION_LINES && from >= 0; from -= 1) {
    if (lines[from]!.trim() === '') return null
    const said = lines.slice(from, end + 1).join(' ')
    if (said.length > ATTRIBUTION_MAX) return null
    if (!STAMP.test(said) || !(WROTE.test(said) || beforeQuote)) continue
    // "On Tue, 2 Mar 2027 at 09:00, Ann Acme" may stand on the line above "<ann@acme.test> wrote:".
    const above = from - 1
    const isSplit = end - from < ATTRIBUTION_LINES - 1 && !DATED.test(said) && DATED.test(lines[above] ?? '')
    return isSplit ? above : from
  }
  return null
}

/** The lines that are not marked as quoted, up to the signature. */
function written(lines: readonly string[]): string {
  const own = lines.filter((line, at) => !/^[ \t]*>/.test(line) && !isLeftover(lines, at)).join('\n')
  const signature = own.search(SIGNATURE)
  const words = (signature < 0 ? own : own.slice(0, signature)).trim()
  // The rule that mail programs draw above a quote is nobody's word.
  return words
    .replace(/\n[ \t]*[-_=*]{5,}[ \t]*$/, '')
    .trimEnd()
    .replace(/\n{3,}/g, '\n\n')
}

/** The end of a long quoted line that a program broke without marking it again; its words are ours, not theirs. */
function isLeftover(lines: readonly string[], at: number): boolean {
  const before = lines[at - 1] ?? ''
  const after = lines[at + 1] ?? ''
  return (
    /^[ \t]*>/.test(before) &&
    before.length >= WRAPPED_AT &&
    !/[.?!:;][ \t]*$/.test(before) &&
    lines[at]!.trim() !== '' &&
    (after.trim() === '' || /^[ \t]*>/.test(after))
  )
}
