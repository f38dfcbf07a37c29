/**
 * By which signs a mail is a bounce: who wrote it, of which kind it is, and what it says. What it means is read in `bounce.ts`.
 */
import { hasReplyPrefix } from './message.ts'
import { header, type ParsedMail } from './parsed-mail.ts'

/** Written under a mail that came before, by a person or by a program that writes like one. */
export function isWrittenUnder(mail: ParsedMail): boolean {
  return mail.inReplyTo !== null && hasReplyPrefix(mail.subject)
}

/** RFC 3462; other reports (read receipts, feedback) are no bounces. Some servers forget to say which kind theirs is. */
export function isReport(mail: ParsedMail): boolean {
  return (
    mail.contentType === 'multipart/report' &&
    (mail.reportType === null || mail.reportType === 'delivery-status')
  )
}

/** RFC 3464 section 6.2 and old practice: MAILER-DAEMON, postmaster, the null sender, or nobody at all. */
export function isFromMailSystem(mail: ParsedMail): boolean {
  const sender = mail.from?.address.toLowerCase() ?? ''
  const local = sender.split('@')[0] ?? ''
  return (
    SYSTEM_SENDER.test(local) ||
    SYSTEM_NAME.test(mail.from?.name ?? '') ||
    (sender === '' && header(mail, 'from') !== '') ||
    mail.headers['x-failed-recipients'] !== undefined ||
    // A person's answer has a sender; automatic answers have none either, but do not begin like this.
    (mail.returnPath === '' && BOUNCE_SUBJECT.exec(mail.subject)?.index === 0) ||
    // fml, of mails that its list did not take.
    (mail.headers['x-mlserver'] !== undefined && /-admin$/.test(local))
  )
}

/** `MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e` is Exchange's own name for it since 2007. */
const SYSTEM_SENDER =
  /^(?:mailer-?daemon|post_?master|mail[-.]?delivery.*|mdaemon|daemon|bounces?|microsoftexchange[0-9a-f]{32}|delivery[-_.]?subsystem|mail[-_]?system)$/

/** "Mail Delivery System", "MAILER-DAEMON"; a person may be called Postmaster too, but not alone. */
const SYSTEM_NAME =
  /mail(?:er)?[ -]?(?:delivery|daemon)|^post ?master$|interscan|^mail (?:router|system|server)\b/i

/** As MTAs title them; then Exchange and Outlook in the languages of their users. */
const BOUNCE_SUBJECT =
  /undeliver|delivery (?:has )?(?:status|failure|failed|notification|error|report|problem|warning)|mail (?:delivery )?(?:failed|failure|error|system error|could not be)|returned mail|failure notice|returning message to sender|message (?:delivery )?(?:failure|delayed|status|could not|not delivered)|non[- ]?delivery|warning: (?:could not send|message)|could not be delivered|error sending your mail|nondeliverable|(?:loop|security) alert|not member article|не доставлено|недоставлен|не удается доставить|unzustellbar|zustellung.{0,20}(?:fehl|gescheitert)|konnte nicht zugestellt|non remis|échec de (?:la )?remise|no se puede entregar|no se ha podido entregar|não (?:é possível entregar|entregue)|falha na entrega|non recapitabile|mancato recapito|onbestelbaar|kan inte levereras|kunne ikke leveres|ikke leveret|niedostarcz|nedoručiteln|teslim edilemedi|配信不能|配信できません|无法传递|退信|未傳遞/i
const BOUNCE_WORDS =
  /could not be (?:delivered|sent)|can(?:no|')t be delivered|unable to (?:deliver|send)|(?:wasn't|was not|were|not) able to deliver|were unable to deliver|failed permanently|permanent (?:fatal |delivery )?(?:error|failure)|did not reach|delivery (?:to the following|has failed|failed)|error delivering your mail|undeliverable|undelivered|not (?:been )?deliver|failed addresses|transcript of session|has been delayed|following (?:recipients?|address(?:es|\(es\))?) (?:had|failed|were affected|were not|could not)|delivery (?:attempt|problems?)|returned (?:to|your) (?:sender|mail)|Final-Recipient:|\b[45]\d\d -? ?(?:[45]\.\d\.\d|[A-Z<])|user (?:unknown|not (?:found|listed))|unknown user|mailbox (?:is )?full|exceeds allowed size|account is disabled|duplicated message-id|not a? ?member|group you tried to contact|groups\.google\.com\/support/i

/** Two independent signs: who wrote it, and what it says. A person's reply that quotes a bounce has neither sender nor null path. */
export function looksLikeBounce(mail: ParsedMail, words: string): boolean {
  const system = isFromMailSystem(mail) || isReport(mail)
  const titled = !isWrittenUnder(mail) && BOUNCE_SUBJECT.test(mail.subject)
  const said = titled || BOUNCE_WORDS.test(words)
  return system && said
}
