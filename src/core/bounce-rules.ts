/**
 * What mail servers say when they refuse a mail, and what it means: rules as data, tried in order, the server's own wording quoted
 * above each. Sources: RFC 3463 and the IANA registry of enhanced status codes, the source texts of Postfix, Exim, Sendmail and qmail,
 * and the error pages that Google, Microsoft, Yahoo, Orange, Proofpoint, Spamhaus and others publish. This file decides nothing.
 */

/**
 * `hard`: never write to this address again. `soft`: may work later, or its reason is not certain. `blocked`: about the sender, the
 * content or a policy, not about the address.
 */
export type BounceClass = 'hard' | 'soft' | 'blocked'

const REASONS = {
  user_unknown: 'hard',
  host_unknown: 'hard',
  moved: 'hard',
  accepts_no_mail: 'hard',
  mailbox_full: 'soft',
  disabled: 'soft',
  filtered: 'soft',
  too_big: 'soft',
  expired: 'soft',
  network: 'soft',
  system: 'soft',
  system_full: 'soft',
  mailer: 'soft',
  syntax: 'soft',
  on_hold: 'soft',
  undefined: 'soft',
  authentication: 'blocked',
  reverse_dns: 'blocked',
  reputation: 'blocked',
  blocked: 'blocked',
  too_fast: 'blocked',
  spam: 'blocked',
  virus: 'blocked',
  content: 'blocked',
  not_compliant: 'blocked',
  policy: 'blocked',
  relaying: 'blocked',
  sender_rejected: 'blocked',
  security: 'blocked',
} as const satisfies Record<string, BounceClass>

export type BounceReason = keyof typeof REASONS

export function classOf(reason: BounceReason): BounceClass {
  return REASONS[reason]
}

export interface BounceRule {
  reason: BounceReason
  words: RegExp
  /** Said only by the server that owns the mailboxes, and only of addresses it does not have: needs no other proof. */
  certain?: true
}

export const BOUNCE_RULES: readonly BounceRule[] = [
  // Postfix, of the name we greet with: "550 5.7.1 <mx.acme.test>: Helo command rejected: Host not found"  Microsoft: "Access Denied, Bad HELO"
  {
    reason: 'blocked',
    words:
      /(?:helo|ehlo) command rejected|(?:bad|invalid|forged|fake|missing) (?:helo|ehlo)|(?:helo|ehlo) (?:name |hostname |argument )?(?:is |was )?(?:invalid|rejected|not (?:allowed|accepted))/i,
  },
  // Postgrey: "450 4.2.0 <a@b>: Recipient address rejected: Greylisted, see ..."  Exim: "451 Temporary local problem - please try later: greylisted"
  { reason: 'on_hold', words: /\bgr[ae]y-?list/i },
  // Amazon SES, in front of every server: "Amazon SES has suppressed sending to this address because it has a recent history of bouncing"
  {
    reason: 'on_hold',
    words: /suppressed sending to this address|on (?:the|your account-level|our) suppression list/i,
  },
  // cPanel's Exim, when it found neither MX nor address record: "The mail server could not deliver mail to a@b. The account or domain may not exist, they may be blacklisted, or missing the proper dns entries."
  {
    reason: 'host_unknown',
    words: /account or domain may not exist, they may be blacklisted, or missing the proper dns entries/i,
  },
  // Verizon's gateway, of its own phones: "550 - Requested action not taken: no such user here ... RCPT TO: a@vtext.com"
  {
    reason: 'user_unknown',
    words: /no such user here.{0,200}RCPT TO: \S+@(?:vtext|vzwpix|mypixmessages)\.com/i,
    certain: true,
  },
  // Lotus Notes and Domino, of their own directory: "User not listed in public Name & Address Book"  "User bob (bob@b) not listed in Domino Directory"
  {
    reason: 'user_unknown',
    words:
      /not listed in (?:public )?(?:Name & Address Book|Domino Directory)|non répertorié dans l'annuaire domino|ディレクトリのリストにありません/i,
    certain: true,
  },
  // Exchange 2003: "The e-mail account does not exist at the organization this message was sent to."
  { reason: 'user_unknown', words: /e-?mail account does not exist at the organization/i, certain: true },
  // Facebook's table of answers: RCP-P1 unknown, RCP-P2 does not want it, POL-*, DNS-P*, CON-T* about the sender
  { reason: 'filtered', words: /\bRCP-P2\b/ },
  { reason: 'policy', words: /\bPOL-[PT]\d\b/ },
  { reason: 'too_fast', words: /\bCON-T\d\b|\bRCP-T\d\b/ },
  // AOL: "521 5.2.1 : AOL will not accept delivery of this message."  Sendmail: "554 5.7.1 Connection refused. IP name lookup failed for 192.0.2.1"
  { reason: 'blocked', words: /AOL will not accept delivery of this message/i },
  { reason: 'reverse_dns', words: /IP name lookup failed/i },
  // Amazon SES, before it speaks to anybody: "554 5.4.4 [internal] Domain Lookup Failed"
  { reason: 'host_unknown', words: /5\.4\.4 \[internal\] domain lookup failed/i },
  // 1&1, Exim filters: "You have been blocked by the recipient"  "content blocked"
  { reason: 'content', words: /content (?:was |has been )?blocked/i },
  { reason: 'blocked', words: /you (?:have been|are) blocked by/i },
  // Orange, Wanadoo, La Poste, by the numbers of their list: "Service refuse. Veuillez essayer plus tard. Service refused, please try later. OFR_999 [999]"
  { reason: 'blocked', words: /\b(?:OFR|LPN)\w*_(?:10[1237]|108|999)\b/i },
  { reason: 'too_fast', words: /\b(?:OFR|LPN)\w*_10[45]\b/i },
  { reason: 'reverse_dns', words: /\b(?:OFR|LPN)\w*_109\b/i },
  { reason: 'mailbox_full', words: /\b(?:OFR|LPN)\w*_417\b/i },
  // KDDI (au.com, ezweb.ne.jp), after DATA, when the reader's own filter refuses: "550 : User unknown". At RCPT it names the address.
  { reason: 'filtered', words: /\b550 : User unknown/i },
  // Amazon SES receipt rules, chosen by the receiver after the mail was taken: "550 5.1.1 Mailbox does not exist", "550 5.2.0 Message Filtered"
  { reason: 'filtered', words: /550 5\.1\.1 Mailbox does not exist\s*$|5\.2\.0 Message Filtered/i },

  // Gmail: "552-5.2.2 The recipient's inbox is out of storage space and inactive."  "452 4.2.2 The email account that you tried to reach is over quota."
  {
    reason: 'mailbox_full',
    words:
      /out of storage space|over (?:its |the )?(?:disk )?quota|quota (?:is )?exceeded|exceed(?:s|ed|ing)? (?:\w+ ){0,3}quota/i,
  },
  // Sendmail: "<a@b>... Mailbox Full"  Dovecot: "552 5.2.2 <a@b> Quota exceeded (mailbox for user is full)"
  { reason: 'mailbox_full', words: /mailbox(?: is|'s| for user is|:| has)? full|mailbox is (?:over|at) /i },
  // IMail: "User mailbox exceeds allowed size: a@b"  Exchange: "mailbox is full. The mailbox storage has exceeded the limits set"
  {
    reason: 'mailbox_full',
    words: /mailbox exceeds allowed size|mailbox size limit exceeded|insufficient mailbox (?:storage|space)/i,
  },
  // Exim: "mailbox is full: retry timeout exceeded"  Orange: "La boite a lettres du destinataire est pleine"
  {
    reason: 'mailbox_full',
    words:
      /storage quota reached|maildir over quota|bo[iî]te .{0,30}pleine|disk quota|message storage exceeds quota/i,
  },
  // Yahoo: "552 Requested mail action aborted: exceeded storage allocation"  vpopmail: "The users mailfolder is over the allowed quota (size). (#5.2.2)"
  {
    reason: 'mailbox_full',
    words:
      /exceeded storage allocation|exceed(?:s|ed|ing)? (?:\w+ ){0,3}storage|over (?:the allowed |its )quota|quota (?:has been exceeded|violation|full)|overquota/i,
  },
  // CommuniGate: "a@b account is full (quota exceeded)"  GroupWise: "mailbox full"  Zoho: "inbox is full"
  { reason: 'mailbox_full', words: /(?:inbox|mailfolder|account) (?:is )?full|mail ?box limit exceeded/i },
  // Biglobe: "The number of messages in recipient's mailbox exceeded the local limit."
  { reason: 'mailbox_full', words: /mailbox (?:has )?exceed(?:s|ed)? (?:the|its) (?:\w+ )?limit/i },
  // Postfix: "cannot update mailbox /var/mail/bob for user bob. error writing message: File too large"
  { reason: 'mailbox_full', words: /error writing message: file too large/i },
  // Servers that answer in the language of their country: "Postfach voll"  "Buzón lleno"  "Casella piena"  "Caixa postal cheia"  "Ящик переполнен"  "邮箱已满"
  {
    reason: 'mailbox_full',
    words:
      /postfach (?:ist )?(?:voll|überfüllt)|quota dépassé|buz[óo]n (?:est[áa] )?lleno|cuota (?:excedida|superada)|casella (?:di posta )?(?:è )?piena|caixa (?:postal|de correio|de entrada) (?:est[áa] )?cheia|ящик (?:получателя )?переполнен|邮箱(?:空间)?已满|容量(?:を超え|オーバー)/i,
  },
  // Sendmail, for the host rather than the reader: "452 4.4.5 Insufficient disk space; try again later"
  {
    reason: 'system_full',
    words: /insufficient (?:disk|system) (?:space|storage)|no space left on device|mail system full/i,
  },

  // Exchange: "RESOLVER.RST.RecipSizeLimit; message too large for this recipient"  Postfix: "552 5.3.4 Message size exceeds fixed limit"
  {
    reason: 'too_big',
    words:
      /RecipSizeLimit|message (?:is )?too (?:large|big)|message (?:size|length) exceeds|exceeds (?:the )?maximum (?:message )?size/i,
  },

  // Mimecast: "554 Maximum email size exceeded"  Postfix: "552 5.3.4 Error: message file too big"  Microsoft 365: "550 5.3.4 ROUTING.SizeLimit; message size exceeds fixed maximum size for route"
  {
    reason: 'too_big',
    words:
      /maximum (?:e?-?mail|message) size exceeded|(?:message|mail) file too (?:large|big)|ROUTING\.SizeLimit|exceeds (?:the )?(?:fixed|maximum|allowed) (?:message |maximum )?size/i,
  },

  // Exchange: "550 4.4.7 QUEUE.Expired; message expired"  Amazon SES: "554 4.4.7 Message expired: unable to deliver in 840 minutes."
  {
    reason: 'expired',
    words: /QUEUE\.Expired|(?:message|envelope) expired|unable to deliver in \d+ minutes/i,
  },
  // Exim: "retry timeout exceeded"
  { reason: 'expired', words: /retry time(?:out)? (?:not reached|exceeded)/i },
  // DragonFly: "Could not deliver for the last 432000 seconds. Giving up."  IMail: "Delivery failed 20 attempts"
  { reason: 'expired', words: /could not deliver for the last \d+|delivery failed \d+ attempts/i },
  // Gmail: "Delivery to the following recipient has been delayed"  "The recipient server did not accept our requests to connect."
  {
    reason: 'expired',
    words:
      /has been delayed|did not accept our requests to connect|could not be delivered for more than|not yet been delivered/i,
  },
  // Postfix: "connect to example.org[203.0.113.225]:25: Connection timed out"  Zoho: "Host not reachable."
  {
    reason: 'expired',
    words:
      /connection timed out|host not reachable|connection refused|no route to host|network is unreachable/i,
  },

  // qmail: "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)"  Sendmail: "554 5.4.6 Too many hops"
  {
    reason: 'network',
    words:
      /able to establish an SMTP connection|too many hops|hop count exceeded|ma ?ximum hop count|routing loop|mail loop|loops back to myself|mail for \S+ loops/i,
  },
  // Postfix: "lost connection with mx.b[192.0.2.9] while receiving the initial server greeting"  "conversation with mx.b[192.0.2.9] timed out while sending RCPT TO"
  {
    reason: 'network',
    words:
      /lost connection with|timed out while|connection (?:was )?(?:closed|lost|broken|dropped) by (?:remote|foreign)|connection reset by peer/i,
  },
  // OpenSMTPD: "All routes to destination blocked"  "Network error on destination MXs"  "Temporary failure in MX lookup"  "Loop detected"
  {
    reason: 'network',
    words:
      /all routes to destination blocked|destination seem to reject all mails|network error on destination|no valid route to|address family mismatch|temporary failure in MX lookup|loop detected/i,
  },
  // qmail: "Although I'm listed as a best-preference MX or A for that host, it isn't in my control/locals file"  Exim: "lowest numbered MX record points to local host"
  {
    reason: 'network',
    words:
      /best-preference MX|lowest numbered MX record points to local host|mail forwarding loop|too many "?received"? headers/i,
  },
  // Postfix: "Name service error for name=example.org type=MX: Malformed or unexpected name server reply"
  {
    reason: 'network',
    words:
      /malformed or unexpected name server reply|type=\w+: (?:host not found, try again|server failure)|(?:dns|name server) (?:timeout|server failure)/i,
  },

  // Gmail: "550 5.2.1 The email account that you tried to reach is disabled."  "... is inactive"
  {
    reason: 'disabled',
    words:
      /account (?:that you tried to reach )?(?:is|has been) (?:\w+ )?(?:disabled|inactive|suspended|locked|blocked|closed|frozen|expired|deactivated|discontinued)/i,
  },
  // Yahoo: "This mailbox is disabled (554.30)."  CommuniGate: "a@b account disabled"  Free: "This mailbox has been blocked due to inactivity (UserSearch)"
  {
    reason: 'disabled',
    words:
      /(?:account|mailbox)(?: \S+@\S+)? (?:(?:is|was|has been) )?(?:currently |temporarily )?(?:disabled|suspended|deactivated|closed|terminated|blocked due to inactivity|not available)|AccountDisabledException/i,
  },
  // Sendmail: "525 5.7.13 Disabled recipient address"  i.ua: "550 Mailbox is frozen."  Yahoo: "This account has been disabled or discontinued [#102]."
  {
    reason: 'disabled',
    words:
      /disabled recipient|mailbox (?:is )?(?:frozen|disabled|inactive|suspended|locked|unavailable or disabled)|(?:user|recipient) (?:\S+ )?(?:is )?(?:temporar\w+ )?\b(?:locked|suspended|disabled|frozen|deactivated)/i,
  },
  // vpopmail: "account is locked email bounced"  Laposte: "Le compte du destinataire est bloque. The recipient account is blocked."  KDDI: "The user(s) account is disabled."
  {
    reason: 'disabled',
    words:
      /account(?:\(s\))? is (?:temporarily )?(?:locked|disabled|blocked|suspended)|user\(s\) account is|compte du destinataire est bloqu|not (?:an )?active (?:account|user)/i,
  },

  // Proofpoint, Apple: "550 5.1.6 recipient no longer on server: a@b"  Sendmail: "551 5.1.6 <a@b>... User has moved; please try <c@d>"
  {
    reason: 'moved',
    words:
      /recipient no longer on server|user has moved|has changed (?:his|her|their) (?:e-?mail )?address|mailbox (?:has )?moved/i,
  },

  // Postfix: "554 5.7.1 <a@b>: Relay access denied"  Exim: "550 relay not permitted"  Exchange: "550 5.7.1 Unable to relay"
  {
    reason: 'relaying',
    words:
      /relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed)|prohibited|forbidden)|unable to relay|no relaying|not (?:permitted|allowed) to relay|not a gateway|domain isn't in my list of allowed rcpthosts/i,
  },

  // CommuniGate: "550 a@b we do not relay"  MessageLabs: "553 you are trying to use me [server] as a relay, but I have not been configured to let you"
  {
    reason: 'relaying',
    words:
      /(?:do not|does not|don't|refuses? to|cannot|will not) relay|(?:use|using) (?:me|us|this server) (?:\S+ )?as a relay|open relay/i,
  },

  // ClamAV: "550 Virus Detected; Content Rejected"  amavisd: "554 5.7.1 infected by ..."
  {
    reason: 'virus',
    words:
      /virus (?:detected|found)|infected (?:with|by)|contains? (?:a )?(?:virus|malware|trojan)|malware detected/i,
  },

  // ClamAV: "554 5.7.1 virus Eicar-Test-Signature detected by ClamAV"  Mimecast: "553 Virus Signature Detected"
  { reason: 'virus', words: /virus (?:\S+ ){0,3}detected/i },

  // Gmail: "550-5.7.26 This mail has been blocked because the sender is unauthenticated."  "... not accepted due to domain's DMARC policy"
  {
    reason: 'authentication',
    words:
      /\bDMARC\b|sender is unauthenticated|unauthenticated email|does not have authentication information|\bSPF\b.{0,80}(?:fail|not pass|not allowed|hard ?fail|reject|error|check)|(?:fail\w*|not pass|reject\w*).{0,40}\b(?:SPF|DKIM)\b|DKIM.{0,40}(?:fail|did not pass)|Sender ?ID.{0,30}fail|domain owner.{0,20}policy/is,
  },
  // Barracuda: "550 5.7.1 rejecting for Sender Policy Framework"  Mimecast: "550 Submitter failed to authenticate"
  { reason: 'authentication', words: /sender policy framework|submitter failed to authenticate/i },
  // Sendmail milter-senderid: "550 5.7.1 can't determine Purported Responsible Address"
  { reason: 'sender_rejected', words: /purported\s+responsible\s+address/i },

  // Orange, 1&1: "550 5.2.0 Mail rejete. Mail rejected. ofr_506"  IronPort: "554 5.7.0 Reject, id=... - SPAM."  SpamAssassin: "scored as spam"
  {
    reason: 'spam',
    words:
      /\bofr_506\b|\bspam (?:message|content|score|detected|filter)|(?:scored|detected|classified|identified|considered|rejected|marked|recogni[sz]ed) as (?:likely |possible |an? )?(?:spam|UBE|unsolicited)|- ?SPAM\b|likely (?:unsolicited|spam)|\bUBE\b|blacklisted URL|looks like spam|high spam|spam(?:my)? (?:message|mail)|message (?:is|was) spam|appears to be (?:unsolicited|spam)/i,
  },
  // Yandex: "Message rejected under suspicion of SPAM"  SpamExperts, Exim: "High probability of spam"  NetEase: "554 DT:SPM"  Cloudmark: "Mail contained a URL rejected by SURBL"
  {
    reason: 'spam',
    words:
      /(?:suspicion|probability|suspected|because|reason|type|kind) (?:of |is |as )?(?:being )?spam|\bDT:SPM\b|\b(?:SURBL|URIBL)\b|spam abuse|URL (?:was |is )?(?:rejected|blocked|blacklisted)|\bspam (?:is )?(?:rejected|refused|found|not (?:accepted|allowed))|anti-?spam (?:filter|engine|system)/i,
  },
  // Many filters: "Rejected as spam"  "refused: bulk mail"  "blocked as probable spam"
  {
    reason: 'spam',
    words:
      /(?:rejected|refused|blocked|denied|bounced)(?: as| due to| because of|:) (?:possible |probable |suspected )?(?:spam|junk|unsolicited|bulk)\b/i,
  },
  // MagicMail: "servers/devices with no reverse DNS"  "571 No PTR Record found."  OpenSMTPD rDNS: "550 5.7.25 ..."
  {
    reason: 'reverse_dns',
    words:
      /no PTR\b|\bPTR record|reverse DNS|\brDNS\b|missing reverse|without a valid (?:sender domain|PTR)|does not have a (?:valid )?reverse|reverse (?:lookup|mapping|host)|\b5\.7\.25\b/i,
  },
  // GMX: "554-Bad DNS PTR resource record"  Comcast: "554 PTR lookup failure"  Postfix: "Client host rejected: cannot find your reverse hostname"
  {
    reason: 'reverse_dns',
    words:
      /\bPTR (?:resource|lookup|check|entry)|cannot (?:find|resolve) your (?:reverse )?hostname|(?:without|missing|invalid) reverse[ -]DNS/i,
  },
  // Mimecast: "Poor Reputation Sender"  IronPort: "Your access to this mail system has been rejected due to the sending MTA's poor reputation."
  {
    reason: 'reputation',
    words:
      /poor reputation|negative reputation|(?:due to|because of|based on) (?:\S+ ){0,4}reputation|reputation (?:score|filter)|senderscore|senderbase/i,
  },
  // Gmail: "very low reputation of the sending IP address"  Yahoo: "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints"
  {
    reason: 'reputation',
    words: /(?:low|poor|bad) reputation|reputation of the sending|\[TSS?\d+\]|user complaints/i,
  },
  // QQ: "550 Connection frequency limited"  "Ip frequency limited"  Spectrum: "AUP#In-1310"  Exim: "Too many connections"
  {
    reason: 'too_fast',
    words:
      /frequency limited|too many (?:connections|concurrent|sessions|messages|recipients this)|AUP#(?:In-)?1310|connection limit|throttl|receiving mail at a rate|rate limit|too fast|sending rate|quota for (?:senders|sending)/i,
  },
  // Gmail: "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address."  cPanel: "Domain acme.test has exceeded the max emails per hour (150/150 (100%)) allowed."  Microsoft 365, 5.2.122: "the number of messages they can receive per hour"
  {
    reason: 'too_fast',
    words:
      /unusual rate|(?:messages|e?mails|recipients|connections|mails|failures)(?: they can receive| allowed)? per (?:hour|day|minute|second|connection)|exceeded permitted limits|too many (?:sessions|requests|e?mails|invalid recipients|errors|bad commands)|too frequent|daily (?:sending |message )?(?:limit|quota) (?:reached|exceeded)/i,
  },
  // Microsoft 365, 5.7.606: "Access denied, banned sending IP"  Comcast: "block for spam"  Hotmail: "550 SC-001 (BAY004-MC1F1) Unfortunately, messages from 192.0.2.1 weren't sent."  AT&T: "DNSBL:RBL 521< 192.0.2.1 >_is_blocked"
  {
    reason: 'blocked',
    words:
      /block for spam|messages from \S+ weren't sent|\b(?:SC|DY|OU)-00\d\b|\bDNSBL|connections? (?:will|are|is) not (?:be )?accepted|_is_blocked|ip (?:is )?blocked|permanently deferred/i,
  },
  // Postfix: "Client host rejected: blocked using zen.spamhaus.org"  Proofpoint: "554 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip="
  {
    reason: 'blocked',
    words:
      /blocked using|client host (?:\S+ )?(?:rejected|blocked)|dnsbl|\bRBL\b|blacklist|block ?list|blocked - see|banned sending IP|on our block|spamhaus|spamcop|barracudacentral|listed (?:in|at|by|on) /i,
  },
  // Orange: "Adresse IP source bloquee pour incident de spam. Client host blocked for spamming issues."  Cox: "AUP#CDRBL"
  {
    reason: 'blocked',
    words:
      /adresse ip source bloqu|host blocked|\bAUP#|INVALID IP FOR SENDING|your ip (?:address )?(?:is|has been)|use the smtp server of your ISP|daily relay quota|(?:ip|address|host|server) (?:has been |is |was )?(?:blocked|banned|blacklisted)/i,
  },

  // Gmail: "550-5.7.1 ... Messages with multiple addresses in From: header are not accepted."  "This message is not RFC 5322 compliant."
  {
    reason: 'not_compliant',
    words:
      /RFC ?5?[23]?22 compliant|not RFC|multiple addresses in From|multiple \w+ headers|duplicate headers?|missing (?:required )?header/i,
  },
  // Gmail: "550 5.7.1 Messages missing a valid messageId header are not accepted."  Microsoft 365: "message must be RFC 5322 section 3.6.2 compliant"  GoDaddy: "Blank From: addresses are not allowed. IB501"
  {
    reason: 'not_compliant',
    words:
      /missing (?:a |an |the )?valid|RFC ?\d{3,4} (?:section [\d.]+ )?compliant|(?:blank|empty) from:? address/i,
  },
  // Barracuda: "Message rejected due to content restrictions"  Mimecast: "Message bounced due to Content Examination Policy"  QQ: "Mail content denied."  Gmail: "its content presents a potential security issue"
  {
    reason: 'content',
    words:
      /content (?:was |is )?(?:denied|refused|restrictions?|examination|filter|not (?:allowed|acceptable))|its content|InvalidContent|(?:unacceptable|forbidden|prohibited|invalid|objectionable) (?:content|headers?)|(?:banned|prohibited|forbidden|illegal|executable) (?:file|attachment)|file (?:name|type|extension) (?:is )?not (?:allowed|permitted)/i,
  },
  // Sendmail: "552 5.6.0 Headers too large"  "500 5.6.1 Message content rejected"  Postfix header_checks
  {
    reason: 'content',
    words:
      /headers too large|content rejected|media error|attachment (?:type )?(?:not allowed|blocked|rejected)|improper use of 8-bit|MIME error|malformed (?:message|MIME)/i,
  },

  // Yahoo: "554 5.7.9 Message not accepted for policy reasons."  "550 Denied by policy"  "Local Policy Violation"
  {
    reason: 'policy',
    words:
      /policy (?:reasons?|violations?|restrictions?)|denied by (?:\w+ )?policy|(?:local|security|site|administrative) policy|header error|rejected (?:by|due to|for) (?:\w+ )?policy|prohibited by administrator|administrative prohibition|against (?:our|the) policy/i,
  },
  // Mimecast: "Email rejected due to security policies"  "Administrative prohibition - envelope blocked"  "Rejected by header based Anti-Spoofing policy"  Yandex: "Policy rejection on the target address"
  {
    reason: 'policy',
    words:
      /(?:security|local|corporate|company|mail|e-?mail) policies|policy (?:rejection|does not|prohibits)|anti-?spoofing|envelope blocked|blocked senders?\b/i,
  },
  // Exchange: "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"  "5.7.1 RESOLVER.RST.NotAuthorized; not authorized"  Microsoft 365: "550 5.7.511 Access denied, banned sender"
  {
    reason: 'sender_rejected',
    words:
      /RESOLVER\.RST\.(?:SenderNot|NotAuthorized|AuthRequired|Restricted)|not in allowed-senders|(?:banned|bad outbound|unauthori[sz]ed|denied) sender\b|sender(?: address| domain)? (?:is |was |has been )?(?:banned|blocked|refused|blacklisted|not (?:authori[sz]ed|permitted|known))|delivery restriction/i,
  },
  // Sendmail, Exchange: "550 Unauthenticated senders not allowed"  "530 5.7.0 Authentication required"  Microsoft 365: "550 5.7.606 Access denied, banned sending IP"
  {
    reason: 'security',
    words:
      /unauthenticated senders|authentication (?:is )?required|must (?:first )?authenticate|must issue a STARTTLS|authentication failed|encryption (?:is )?required/i,
  },

  // Sendmail: "553 5.1.8 <root@x>... Domain of sender address root@x does not exist"  Cox: "<a@b> sender rejected."
  {
    reason: 'sender_rejected',
    words:
      /(?:domain of )?sender (?:address |domain )?(?:\S+ )?(?:does not exist|rejected|not (?:allowed|exist|verified|accepted)|denied|unknown|invalid|verify failed)|sender (?:address )?(?:verification|callout)|sender was rejected|sender address|not owned by user|invalid sender|(?:from|sender) address (?:is )?(?:not|invalid)|backscatter protection/i,
  },
  // Google Groups: "the group you tried to contact (x) may not exist, or you may not have permission to post messages to the group"
  {
    reason: 'sender_rejected',
    words:
      /permission to post|groups\.google\.com\/support|groups\.google\.com\/a\/|not authori[sz]ed to (?:send|post)|only (?:members|subscribers) (?:can|may) post|moderated list/i,
  },
  // RFC 822 gateways: "is not a registered gateway user"
  { reason: 'sender_rejected', words: /not a registered gateway user/i },
  // Microsoft 365, for all recipients at once: "550 5.4.1 All recipient addresses rejected : Access denied"
  { reason: 'sender_rejected', words: /all recipient addresses rejected/i },

  // RFC 7505 null MX, Exim: "an MX or SRV record indicated no SMTP service"  Sendmail: "550 Host does not accept mail"  RFC 7504: "521 ... does not accept mail"
  {
    reason: 'accepts_no_mail',
    words:
      /indicated no SMTP service|does not accept (?:any )?(?:e?mail|messages)\b|null ?MX|not accepting (?:network )?messages|no mail here/i,
  },
  // qmail: "Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)"
  { reason: 'accepts_no_mail', words: /couldn't find a mail exchanger or IP address/i },
  // Postfix: "Host or domain name not found. Name service error for name=x type=A: Host not found"  Sendmail: "550 Host unknown"
  {
    reason: 'host_unknown',
    words:
      /host (?:or domain name )?(?:not found|unknown)(?!, try again)|unknown host|no such (?:host|domain)|domain (?:does not exist|not found|must exist)|host \S+ not found|unrouteable (?:mail )?domain|DNS lookup failure: host|NXDOMAIN|recipient'?s domain does not exist|illegal host/i,
  },

  // Microsoft 365: "550 5.4.310 DNS domain client.test does not exist [Message=InfoDomainNonexistent]"  Exchange: "SMTPSEND.DNS.NonExistentDomain; nonexistent domain"
  {
    reason: 'host_unknown',
    words: /domain \S+ (?:does not exist|is (?:invalid|unknown)|not found)|non-?existent (?:host|domain)/i,
  },
  // Exim: "all relevant MX records point to non-existent hosts"  qmail: "Sorry, I couldn't find any host named b. (#5.1.2)"  Domino: "No route found to domain b from server mx"
  {
    reason: 'host_unknown',
    words:
      /point to non-?existent hosts|all host address lookups failed permanently|(?:couldn't|can't|could not|cannot) find any hosts? named|no route found to domain|bad destination (?:host|system)/i,
  },
  // OpenSMTPD: "Invalid domain name"  "Domain does not exist"  KDDI: "As the remote domain doesnt exist"
  { reason: 'host_unknown', words: /\S+@\S+: invalid domain name|domain does(?: not|n't|nt) exist/i },
  // OpenSMTPD: "No MX found for domain"  RFC 7505: "Recipient domain has a null MX"
  {
    reason: 'accepts_no_mail',
    words: /no MX (?:record )?found for|has a null MX/i,
  },

  // Exchange 5.5 and 2003, X.400 diagnostic 000C05A6: "The recipient name is not recognized ... MSEXCH:IMS:... 0 (000C05A6) Unknown Recipient"
  { reason: 'user_unknown', words: /recipient name is not recogni[sz]ed.*000C05A6/i, certain: true },
  // Exchange Online, for a directory that does not know the address: "550 5.4.1 [a@b]: Recipient address rejected: Access denied [x.prod.protection.outlook.com]"
  {
    reason: 'user_unknown',
    words: /5\.4\.1 (?:\[\S+@\S+\]: )?recipient address rejected: access denied/i,
    certain: true,
  },
  // Yahoo: "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]"
  {
    reason: 'user_unknown',
    words: /delivery error: dd this user doesn't have a \S+ account/i,
    certain: true,
  },
  // Yandex: "550 5.7.1 No such user!"
  { reason: 'user_unknown', words: /\b550 5\.7\.1 No such user!/, certain: true },
  // Outlook.com: "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."
  {
    reason: 'user_unknown',
    words: /550 5\.5\.0 Requested action not taken: mailbox unavailable/i,
    certain: true,
  },
  // Exim, of an address that none of its routers takes: "Unrouteable address"
  { reason: 'user_unknown', words: /\bunrouteable address/i, certain: true },
  // IMail: "Invalid final delivery userid: a@b"
  { reason: 'user_unknown', words: /invalid final delivery userid/i, certain: true },
  // Orange, La Poste, error 416 of their list: "550 5.5.0 Adresse destinataire invalide. Invalid recipient. LPN007_416"
  { reason: 'user_unknown', words: /invalid recipient\. (?:LPN\d+|OFR\d*)_416/i, certain: true },
  // Sendmail: "<a@b>... User unknown"  Postfix: "Recipient address rejected: User unknown in virtual mailbox table"  qmail: "sorry, no mailbox here by that name (#5.1.1 - chkusr)"
  {
    reason: 'user_unknown',
    words:
      /user (?:is )?(?:unknown|not (?:found|exists?|known|here))|unknown (?:local )?(?:user|recipient|address|mailbox|account)|no such (?:user|mailbox|recipient|address|account|person|local)|no mailbox here|recipient (?:is )?(?:unknown|not (?:found|exist))/i,
  },
  // Gmail: "550-5.1.1 The email account that you tried to reach does not exist."  Yahoo: "This user doesn't have a yahoo.com account"
  {
    reason: 'user_unknown',
    words:
      /(?:account|user|mailbox|recipient|address)(?: \S+)?(?: that you tried to reach)? (?:does(?: not|n't) (?:exist|have)|doesn't have|not exist)|isn't (?:in our|a valid)|not our customer/i,
  },
  // Exchange: "RESOLVER.ADR.RecipNotFound; not found"  "The recipient name is not recognized ... 000C05A6"  "550 5.4.1 [a@b]: Recipient address rejected: Access denied [...outlook.com]"
  {
    reason: 'user_unknown',
    words:
      /RecipNotFound|RecipientNotFound|recipient name is not recogni[sz]ed|recipient address rejected: access denied|recipient not found/i,
  },
  // Orange: "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient."  IMail: "Invalid final delivery userid"  Apple: "inactive email address"
  {
    reason: 'user_unknown',
    words:
      /invalid (?:recipient|mailbox|user|address)|destinataire invalide|inactive email address|mailbox unavailable|mailbox not (?:found|available)|not a valid (?:user|mailbox|recipient)|undeliverable address|address (?:is )?(?:unknown|invalid)/i,
  },
  // Exim: "550 Unknown local part bob in <bob@b>"  validrcptto: "sorry, that recipient is not in my validrcptto list"  Domino: "User bob (bob@b) not listed in Domino Directory"
  {
    reason: 'user_unknown',
    words:
      /unknown local[- ]?part|not in my validrcptto|not a known (?:user|recipient|address|mailbox)|not (?:listed|found) in (?:the |our |public )?(?:\w+ ){0,4}(?:directory|address book)|recipient (?:cannot|could not) be verified/i,
  },
  // MailEnable, 1&1, Zoho: "The email address could not be found"  qmail-command: "This address no longer accepts mail."  Comcast: "550 a@b ... addressee unknown"
  {
    reason: 'user_unknown',
    words:
      /(?:address|recipient|addressee|user|mailbox)(?: \S+)? (?:could not be|was not|cannot be|can't be) (?:found|located)|no (?:mailbox|account|user|recipient|one)(?: here)? by that name|no such (?:e-?mail|alias|name|customer|subscriber|virtual user)|address (?:\S+ )?does(?: not|n't) exist|addressee (?:is )?unknown|address no longer (?:exists|accepts mail|valid|in use)|illegal alias|mailbox address invalid/i,
  },
  // RFC 5321, 4.2.3, Exchange 2000 and MailEnable: "550 Not a local user"  "551 User not local"
  {
    reason: 'user_unknown',
    words: /not a local (?:user|recipient|mailbox|address)|(?:user|mailbox|recipient) not local/i,
  },
  // Servers that answer in the language of their country: "Benutzer unbekannt"  "Utilisateur inconnu"  "Usuario inexistente"  "Utente sconosciuto"
  {
    reason: 'user_unknown',
    words:
      /(?:benutzer|empfänger|adresse|postfach) (?:ist )?(?:unbekannt|nicht (?:gefunden|bekannt|vorhanden))|unbekannte[rs]? (?:benutzer|empfänger|adresse)|(?:utilisateur|destinataire|adresse|compte)(?: \S+)? (?:inconnue?|inexistante?|introuvable|n'existe pas)|(?:usuario|destinatario|cuenta|buz[óo]n)(?: \S+)? (?:desconocid[oa]|inexistente|no (?:existe|encontrad[oa]))|(?:utente|destinatario|casella)(?: \S+)? (?:sconosciut[oa]|inesistente|non (?:trovat[oa]|esiste))|(?:usu[áa]rio|destinat[áa]rio|conta)(?: \S+)? (?:desconhecid[oa]|inexistente|n[ãa]o (?:existe|encontrad[oa]))/i,
  },
  // "Нет такого пользователя"  "Nieznany użytkownik"  "Onbekende gebruiker"  "Okänd mottagare"  "Neznámý uživatel"  "用户不存在"  "ユーザーが存在しません"
  {
    reason: 'user_unknown',
    words:
      /(?:пользователь|ящик|получатель|адрес|адресат)(?: \S+)? не (?:найден|существует)|нет такого (?:пользователя|ящика|адреса)|такого (?:ящика|адреса|пользователя) (?:не существует|нет)|неизвестный (?:пользователь|получатель)|nieznany (?:użytkownik|odbiorca)|nie ma takiego (?:użytkownika|adresu)|onbekende (?:gebruiker|ontvanger)|okänd (?:användare|mottagare)|neznámý (?:uživatel|příjemce)|(?:用户|收件人|邮箱|用戶|收件者)(?:不存在|未找到)|(?:ユーザー?|メールアドレス|宛先)(?:が|は)(?:存在しません|見つかりません)/i,
  },
  // auone-net.jp: "550 <a@ne.auone-net.jp>: Recipient address rejected."  RFC 3463 X.1.3: "Bad destination mailbox address syntax"
  {
    reason: 'user_unknown',
    words: /recipient address rejected\.?\s*(?:\(|$)|bad destination mailbox address/i,
  },

  // Sendmail local delivery: "X-Unix; 255", "Mailer error"  Exim: "pipe to |/usr/local/bin/x"
  {
    reason: 'mailer',
    words:
      /X-Unix; ?\d+|x-unix; |mailer error|pipe to \||command (?:died|time limit|failed)|procmail|maildrop/i,
  },
  // qmail: "Unable to contact LDAP server. (#4.4.3)"  Postfix: "451 4.3.0 Error: queue file write error"  fml: "Duplicated Message-ID"
  {
    reason: 'system',
    words:
      /system error|unable to contact|local (?:error|configuration)|service (?:currently |temporarily )?(?:unavailable|refused|refuse)|queue file write error|internal (?:server )?error|duplicated message-id|configuration error|server (?:busy|down|error)/i,
  },
  // RFC 5321: "504 Command parameter not implemented"  Exim: "malformed address"
  {
    reason: 'syntax',
    words:
      /\b50[0234][ -](?!.*\b5\.7\.)|malformed address|syntax error|command (?:not recogni[sz]ed|unrecogni[sz]ed|parameter not)/i,
  },

  // qmail, after whatever it last met: "I'm not going to try again; this message has been in the queue too long."
  { reason: 'expired', words: /has been in the queue too long/i },
  // Sendmail, Postfix access maps: "550 5.7.1 <a@b>... Access denied"  "550 Rejected"  Exim: "550 Access denied"
  {
    reason: 'blocked',
    words:
      /access denied|connection (?:refused|rejected|dropped)|\b55\d (?:5\.\d\.\d+ )?(?:rejected|blocked|denied|refused)\b/i,
  },
]

/**
 * What an enhanced status code means when the words say nothing (RFC 3463, IANA "SMTP Enhanced Status Codes"). The longest prefix counts;
 * a class of 4 reads like 5, but never makes a bounce hard.
 */
export const STATUS_REASONS: Readonly<Record<string, BounceReason>> = {
  '1.0': 'filtered',
  '1.1': 'user_unknown',
  '1.2': 'host_unknown',
  '1.3': 'user_unknown',
  '1.6': 'moved',
  '1.7': 'sender_rejected',
  '1.8': 'sender_rejected',
  '1.9': 'system',
  '1.10': 'accepts_no_mail',
  '1.351': 'filtered',
  '2.0': 'filtered',
  '2.1': 'disabled',
  '2.2': 'mailbox_full',
  '2.3': 'too_big',
  '2.4': 'filtered',
  '3.0': 'system',
  '3.1': 'system_full',
  '3.2': 'accepts_no_mail',
  '3.4': 'too_big',
  '3.5': 'system',
  '4.1': 'expired',
  '4.2': 'network',
  '4.3': 'system',
  '4.4': 'network',
  '4.5': 'system_full',
  '4.6': 'network',
  '4.7': 'expired',
  '4.316': 'expired',
  '5.2': 'syntax',
  '5.4': 'syntax',
  '6.': 'content',
  '7.': 'security',
  '7.1': 'sender_rejected',
  '7.13': 'disabled',
  '7.17': 'moved',
  '7.20': 'authentication',
  '7.23': 'authentication',
  '7.25': 'reverse_dns',
  '7.26': 'authentication',
  // The sender's domain has a null MX, not the recipient's.
  '7.27': 'sender_rejected',
  // Microsoft, "Email non-delivery reports in Exchange Online".
  '7.12': 'sender_rejected',
  '7.64': 'relaying',
  '7.124': 'sender_rejected',
  '7.129': 'sender_rejected',
  '7.133': 'sender_rejected',
  '7.134': 'sender_rejected',
  '7.501': 'spam',
  '7.502': 'sender_rejected',
  '7.503': 'sender_rejected',
  '7.504': 'filtered',
  '7.505': 'filtered',
  '7.506': 'blocked',
  '7.507': 'filtered',
  '7.508': 'too_fast',
  '7.509': 'authentication',
  '7.511': 'sender_rejected',
  '7.512': 'not_compliant',
  '7.513': 'blocked',
  '7.708': 'blocked',
  '7.750': 'sender_rejected',
  '1.90': 'too_fast',
  '2.121': 'too_fast',
  '2.122': 'too_fast',
  '4.14': 'network',
  '4.300': 'expired',
  '4.310': 'host_unknown',
}
