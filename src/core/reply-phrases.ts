/**
 * What an answer means for the one who sells, by fixed phrases alone: whoever reads the phrase would say the same. Everything else is left to
 * people (null).
 */
import { isAnswer } from './answer.ts'
import type { Evidence } from './evidence.ts'
import type { LeftCompany, Referral } from './left-company.ts'
import { type CalendarMail, isMeeting } from './meeting.ts'
import type { ReplyClass } from './reply-class.ts'

export interface ClassedReply {
  class: ReplyClass
  evidence: Evidence
}

/** Said of a refusal, each in the words of its language; they stand at the beginning of a short answer, or are a sentence of their own. */
const NOT_INTERESTED =
  /(?<!\p{L})(?:(?:we're|we are|i'm|i am)? ?not (?:currently |really |at all )?interested|no (?:interest|need)(?: (?:at this time|from our side|here))?|not (?:a fit|for us|relevant for us)|(?:no|nein|non|nee|nej),? (?:thanks|thank you|danke|merci|grazie|bedankt|tack|tak|takk)|we(?:'ll| will)? pass(?: on this)?|kein (?:interesse|bedarf)|(?:nicht|leider nicht) interessiert|pas (?:intéressée?s?|d'intérêt)|(?:cela|ça) ne (?:nous|m')?(?: \p{L}+)? ?intéresse pas|no (?:me|nos) interesa|no (?:estoy|estamos) interesad\p{L}+|non (?:mi|ci) interessa|non (?:sono|siamo) interessat\p{L}|(?:não tenho|não temos|sem) interesse|geen (?:interesse|behoefte)|(?:inte|ikke) interess?erade?t?|ei kiinnosta|nie (?:jestem|jesteśmy) zainteresowan\p{L}+|nemám(?:e)? zájem|не (?:интересно|интересует)|ilgilenmiyor\p{L}+|今回は見送|暂时不需要|不感兴趣|관심(?:이)? 없)(?!\p{L})/iu

/** Said by who agrees to talk. */
const WILLING_TO_MEET =
  /(?<!\p{L})(?:(?:let's|lets|let us|happy to|glad to|would love to|i'd love to|we can|can we|could we|shall we|i'm free to|available to) (?:\p{L}+ ){0,2}(?:meet|talk|chat|speak|have a call|hop on|jump on|schedule|set up|find a time|discuss)|(?:monday|tuesday|wednesday|thursday|friday|tomorrow|next week) (?:\p{L}+ ){0,4}(?:works|suits me|is fine|would work|is good)|works for (?:me|us)|(?:send|book) (?:me|us)? ?(?:an invite|a calendar invite|an invitation)|(?:montag|dienstag|mittwoch|donnerstag|freitag|morgen|nächste woche)(?: \p{L}+){0,4} passt|passt (?:mir|uns)|gerne? (?:einen termin|ein gespräch|telefonieren)|(?:me|nous) convient|me viene bien|va bene (?:per me|martedì|lunedì)|está (?:bem|bom|ótimo) para mim|komt (?:me|mij|ons) goed uit|passar mig|passer mig|passer (?:meg|bra)|mi pasuje|mi vyhovuje|мне подходит)(?!\p{L})/iu

/** "Nothing here works for me": what comes before in the sentence turns it around. */
const DENIED =
  /(?<!\p{L})(?:nothing|not|never|none|neither|nicht|kein\p{L}*|pas|ne|no|non|niet|geen|inte|ikke|nie|не)(?!\p{L})[^.!?\n]{0,60}$|n't[^.!?\n]{0,60}$/iu

/** Said by who is not the one, though still there. */
const WRONG_PERSON =
  /(?<!\p{L})(?:(?:i'm|i am|am) not the (?:right|best|correct) (?:person|contact|one)|(?:wrong|not the right) (?:person|contact|department)|(?:not|no longer) (?:my|in my|responsible for|in charge of)(?: \p{L}+)? ?(?:area|responsibility|department|role|this|that)?|(?:bin|ist) (?:dafür |hierfür )?nicht (?:der|die) (?:richtige|zuständige)|(?:bin|sind) (?:dafür |hierfür )?nicht zuständig|falsche[rn]? ansprechpartner|(?:ne suis|n'est) pas la bonne personne|no soy la persona (?:adecuada|indicada|correcta)|non sono la persona giusta|não sou a pessoa (?:certa|indicada)|niet de juiste persoon)(?!\p{L})/iu

/** A refusal at length talks about other things too; in a short answer it is the answer. */
const SHORT = 400

export interface ReplyToClass {
  kind: string
  /** The person's own words. */
  words: string
  calendar: CalendarMail | null
  leftCompany: LeftCompany | null
  referral: Referral | null
}

/** Null when no fixed phrase settles it. */
export function replyClassIn(reply: ReplyToClass): ClassedReply | null {
  const { kind, calendar, leftCompany, referral } = reply
  if (kind === 'opt_out') return classed('unsubscribe', 'kind', 'asks not to be written to')
  if (leftCompany)
    return classed('already_left_company_or_not_right_person', 'fixed phrase', leftCompany.words)
  if (kind === 'out_of_office') return classed('out_of_office', 'kind', 'an absence note')
  if (!isAnswer(kind)) return null
  if (calendar && isMeeting(calendar))
    return classed('willing_to_meet', 'calendar', calendar.partstat ?? calendar.method)
  const words = reply.words.replace(/[’‘`´]/g, "'").slice(0, SHORT * 10)
  const wrong = WRONG_PERSON.exec(words)
  if (wrong && referral === null)
    return classed('already_left_company_or_not_right_person', 'fixed phrase', wrong[0])
  if (referral) return classed('person_referral', 'fixed phrase', referral.words)
  const refused = words.length <= SHORT ? NOT_INTERESTED.exec(words) : null
  const agreed = WILLING_TO_MEET.exec(words)
  const willing = agreed && !DENIED.test(words.slice(0, agreed.index)) ? agreed : null
  // "Not interested in a demo, but let's talk on Tuesday": people decide.
  if (refused && agreed) return null
  if (refused) return classed('not_interested', 'fixed phrase', refused[0])
  if (willing) return classed('willing_to_meet', 'fixed phrase', willing[0])
  return asksAQuestion(words)
}

/** A short answer that ends in a question is one; a question mark in a long text is not yet. */
function asksAQuestion(words: string): ClassedReply | null {
  const question = /[^.!?\n。]{3,200}[?？]\s*$/u.exec(words.trim())
  return question && words.length <= SHORT
    ? classed('follow_up_question', 'question', question[0].trim())
    : null
}

function classed(name: ReplyClass, by: string, value: string): ClassedReply {
  return { class: name, evidence: { name: by, value: value.slice(0, 200), score: 0.9 } }
}
