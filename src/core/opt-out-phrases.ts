/**
 * Data: how people ask, in a reply, not to be written to again. Each pattern has a real-sounding sentence above it. They are matched against
 * lower-case text with straight apostrophes. A wrong hit costs one contact, a miss costs a complaint, but "unsubscribe" alone inside a
 * sentence proves nothing: people who sell to marketers talk about it all day.
 */
interface Phrase {
  readonly language: string
  readonly pattern: RegExp
}

const en = (pattern: RegExp): Phrase => ({ language: 'en', pattern })
const other = (language: string, pattern: RegExp): Phrase => ({ language, pattern })

const NOT_AGAIN = "(?:don't|do not|dont|never|pls don't|please don't|not to|no longer)"
const WRITE = '(?:e-?mail|contact|write(?: to)?|message|reach out to|bother|spam|send|call)'
const WRITING =
  '(?:e-?mailing|contacting|writing(?: to)?|messaging|reaching out to|bothering|spamming|sending|harassing)'

export const optOutPhrases: readonly Phrase[] = [
  // "Unsubscribe" / "STOP" / "Remove." / "Opt out please": the whole reply, or a line of its own.
  en(
    /(?:^|\n)\W*(?:please |pls |plz )?(?:unsubscribe|un-subscribe|stop|remove|opt[- ]?out|take me off)(?: me)?(?:,? (?:please|pls|thanks|thank you|now|immediately))*\W*(?=\n|$)/g,
  ),
  // "Please unsubscribe me from your emails." / "Kindly unsubscribe this address."
  en(/\b(?:please|pls|plz|kindly|just) (?:un-?subscribe|opt)\b(?! (?:links?|rates?|buttons?|for))/g),
  en(/\bun-?subscribe (?:me|us|this (?:e-?mail|address)|my (?:e-?mail|address))\b/g),
  en(/\bopt (?:me|us) out\b/g),
  // "I want to unsubscribe" / "I'd like to opt out of these emails" / "I wish to be removed".
  en(
    /\b(?:want|wish|like|need|prefer|request|asking|asked) to (?:un-?subscribe|opt[- ]?out|be removed|be taken off|be unsubscribed)\b/g,
  ),
  // "Remove me from your list." / "Take us off this mailing list" / "delete my email address".
  en(
    /\b(?:remove|delete|drop|take) (?:me|us|my (?:e-?mail|address|name|data|details|contact)[a-z ]{0,30}|this (?:e-?mail|address))\b(?=[^.!?\n]{0,20}\b(?:list|database|mailing|e-?mails?|crm|system|off|sequence|records|distribution)\b)/g,
  ),
  en(
    /\b(?:remove|delete) (?:me|us|my (?:e-?mail(?: address)?|data|details))(?:,? (?:please|pls|thanks|thank you|now|immediately))*\W*(?=\n|$)/g,
  ),
  en(/\btake (?:me|us|my [a-z -]{1,20}) off\b/g),
  // "Stop emailing me." / "please stop contacting us" / "stop sending these emails".
  en(
    new RegExp(
      `\\b(?:stop|quit|cease) ${WRITING} (?:me|us|my|this|these|emails?|messages|unsolicited|to (?:me|us))\\b`,
      'g',
    ),
  ),
  en(/\bstop (?:the|these|those|all|your) (?:e-?mails?|messages|spam)\b/g),
  // "Do not contact me again" / "never email us" / "I do not wish to be contacted".
  en(
    new RegExp(
      `\\b${NOT_AGAIN} (?:ever )?${WRITE} (?:me|us|any|more|emails?|messages|this address|anything)\\b(?! (?:before|until|unless|if|on|at|in|by|via|about|for|the))`,
      'g',
    ),
  ),
  en(
    /\b(?:don't|do not|dont|no longer) (?:want|wish|like|care|need) (?:you )?(?:to )?(?:be |to )?(?:receiv(?:e|ing)|get|be (?:contacted|e-?mailed)|contacted|e-?mailed|hear from you|e-?mail me|contact me|any (?:more |further )?e-?mails|more e-?mails)\b/g,
  ),
  // "No more emails, please."
  en(/\bno more (?:e-?mails|messages|mails)\b/g),
  en(/\b(?:cease|desist) (?:all )?(?:further )?(?:contact|communications?)\b/g),
  en(/\bleave (?:me|us) alone\b/g),
  // "Under GDPR, erase my data."
  en(/\b(?:erase|delete|remove) (?:all )?(?:of )?my (?:personal )?(?:data|information)\b/g),

  // "Bitte nehmen Sie mich aus Ihrem Verteiler" / "Abmelden" / "Keine weiteren E-Mails mehr".
  other('de', /(?:^|\n)\W*(?:bitte )?(?:abmelden|austragen|abbestellen)(?: bitte)?\W*(?=\n|$)/g),
  other(
    'de',
    /\b(?:aus|von) (?:ihrem|ihrer|dem|der|deinem|eurem|eurer) (?:e-?mail-?)?(?:verteiler|liste|mailingliste|datenbank)\b/g,
  ),
  other(
    'de',
    /\bkeine (?:weiteren |solchen )?(?:e-?mails?|mails?|nachrichten|werbung) (?:mehr|von ihnen)\b/g,
  ),
  other(
    'de',
    /\b(?:kontaktieren|schreiben) sie (?:mich|uns|mir) (?:bitte )?(?:nicht|nie) (?:mehr|wieder)\b/g,
  ),
  other('de', /\blöschen sie (?:bitte )?(?:meine|unsere) (?:daten|e-?mail|adresse|kontaktdaten)/g),

  // "Merci de me désinscrire" / "Retirez-moi de votre liste" / "Ne m'écrivez plus".
  other('fr', /\b(?:me|nous) (?:désinscrire|désabonner|retirer|supprimer)\b/g),
  other('fr', /\b(?:désinscrivez|désabonnez|retirez|supprimez|enlevez)-(?:moi|nous)\b/g),
  other('fr', /\bne (?:plus me|me) (?:contacter|écrire|contactez|recontactez|envoyez)(?: plus)?\b/g),
  other('fr', /\bne m'(?:écrivez|envoyez|écris|envoie) plus\b/g),
  other(
    'fr',
    /(?:^|\n)\W*(?:désinscription|se désinscrire|désabonner|désinscrire)(?: svp| s'il vous plaît)?\W*(?=\n|$)/g,
  ),

  // "Por favor, elimíneme de su lista" / "Darme de baja" / "No me escriba más".
  other('es', /\b(?:darme|denme|deme|dame|dar) de baja\b/g),
  other(
    'es',
    /\b(?:elimíneme|elimineme|bórreme|borreme|quíteme|quiteme|elimínenme|sáqueme|eliminarme|borrarme)\b/g,
  ),
  other(
    'es',
    /\bno (?:me )?(?:escriba|escriban|contacte|contacten|envíe|envíen|envie|envien|mande|manden)(?:me)? (?:más|mas)\b/g,
  ),
  other('es', /\bno (?:quiero|deseo) recibir\b/g),

  // "Per favore, cancellatemi dalla lista" / "Non scrivetemi più".
  other(
    'it',
    /\b(?:cancellatemi|cancellami|mi cancelli|rimuovetemi|rimuovimi|toglietemi|disiscrivermi|disiscrivetemi)\b/g,
  ),
  other('it', /\bnon (?:scrivetemi|contattatemi|mi scriva|mi contatti|mi scrivete|mandatemi) più/g),
  other('it', /\bnon (?:desidero|voglio) (?:più )?ricevere\b/g),

  // "Graag uitschrijven" / "Haal mij van de lijst" / "Geen e-mails meer".
  other('nl', /(?:^|\n)\W*(?:graag |aub |svp )?(?:uitschrijven|afmelden)(?: aub| svp| graag)?\W*(?=\n|$)/g),
  other(
    'nl',
    /\b(?:haal|verwijder|schrijf) (?:mij|me|ons)\b[^.!?\n]{0,30}\b(?:lijst|uit|bestand|database)\b/g,
  ),
  other('nl', /\bgeen (?:e-?mails?|mails?|berichten) meer\b/g),

  // "Por favor, remova-me da lista" / "Não quero mais receber".
  other('pt', /\b(?:remova-me|retire-me|remover-me|descadastrar|me (?:remova|retire|descadastre|tire))\b/g),
  other('pt', /\bnão (?:quero|desejo) (?:mais )?receber\b/g),

  // "Vänligen avregistrera mig" / "Ta bort mig från listan" / "Inga fler mejl".
  other('sv', /\b(?:avregistrera|ta bort) (?:mig|oss)\b/g),
  other('sv', /\binga fler (?:mejl|mail|e-?post)\b/g),
]

/** What stands just before the words and turns them around: "you don't need to remove me", "how do I stop emailing us". */
export const takenBack =
  /(?:\bdon't|\bdo not|\bnever|\bno need to|\bneed not|\bnot asking (?:you )?to|\bwithout|\bif (?:i|we|people|they|users|customers)|\bhow (?:do|can|to|would)(?: (?:i|we|you))?|\b(?:our|your|their|the) (?:users|customers|clients|subscribers|readers) (?:can |may |could |often |just )?)\s*(?:to |please |want (?:you )?to |have to |ask (?:you )?to |need to )?$/
