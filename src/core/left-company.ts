/**
 * "She has left the company": whether a mail says that the person we wrote to is gone, and whom it names instead. Phrases as data, one line
 * a language, with how people say it above. It reads the person's own words alone.
 */

/** The words that say it. */
export interface LeftCompany {
  words: string
}

export interface Referral {
  /** As written; null when only an address is given. */
  name: string | null
  /** Lower case; null when only a name is given. */
  address: string | null
  words: string
}

const COMPANY = '(?:company|firm|business|organi[sz]ation|agency|bank|school|university|team here)'

/** A name of a language, and what is said in it of somebody who is gone for good. */
const GONE: readonly RegExp[] = [
  // "Bob no longer works here." / "I have left the company." / "is no longer with Acme" / "retired in May" / "no longer employed"
  new RegExp(
    `no longer (?:work(?:s|ing)? (?:here|at|for (?:us|the)|with us|in th)|employed|a member of|part of the team)(?!\\p{L})|(?:does not|doesn't|do not|don't) work (?:here|for us|with us|at [A-Z]\\w+) (?:any ?more|any longer)|no longer (?:with|at|part of) (?:us|our ${COMPANY}|the ${COMPANY}|this ${COMPANY}|[A-Z]\\w+)|(?:has|have|had|'ve|'s) (?:now |recently |since |already )?left (?:the|our|this|my) ${COMPANY}|(?:I|[Hh]e|[Ss]he|who|(?!We|They|You|Our)[A-Z]\\w+)(?: has| have|'s|'ve) left [A-Z]\\w+|(?:has|have) (?:now |recently |since )?retired(?!\\p{L})`,
    'u',
  ),
  // "Herr Bob ist nicht mehr bei uns." / "hat das Unternehmen verlassen" / "ist ausgeschieden" / "arbeite nicht mehr für"
  /(?:ist|bin|sind) (?:leider |seit .{1,30} )?nicht (?:mehr|länger) (?:bei uns|bei der|in (?:unserem|diesem|dem) (?:unternehmen|haus)|im (?:unternehmen|haus)|für .{1,40} tätig|bei .{1,40}(?:tätig|beschäftigt|angestellt))|(?:unternehmen|firma|gesellschaft|uns|haus) (?:\p{L}+ ){0,4}verlassen|(?:aus (?:dem|unserem) (?:unternehmen|dienst)|bei uns) ausgeschieden|arbeite[tn]? (?:leider |hier )?nicht mehr (?:bei|für|hier)|im ruhestand|in rente gegangen/iu,
  // "Bob ne travaille plus ici." / "a quitté la société" / "ne fait plus partie de"
  /ne travaill\p{L}+ plus|n'est plus (?:dans|au sein|chez|en poste|employé)|(?:a|ai|ayant) quitté (?:la |l'|notre |ses fonctions|son poste|mes fonctions|mon poste)|ne (?:fait|fais) plus partie|(?:est|suis) (?:parti|partie) (?:à|en) (?:la )?retraite/iu,
  // "Bob ya no trabaja aquí." / "ha dejado la empresa" / "ya no forma parte"
  /ya no (?:trabaj\p{L}+|labor\p{L}+|forma parte|pertenece|est[áa] en (?:la|nuestra) (?:empresa|compañía))|(?:ha|he|dejó|dejé) (?:dejado )?(?:la|nuestra) (?:empresa|compañía|organización)|se ha jubilado/iu,
  // "Bob non lavora più qui." / "ha lasciato l'azienda" / "non fa più parte"
  /non (?:lavor\p{L}+|fa|faccio) più|non è più (?:in azienda|presso|un dipendente|dipendente)|(?:ha|ho) lasciato (?:l'azienda|la (?:società|ditta|nostra)|il (?:gruppo|nostro))|è andat\p{L} in pensione/iu,
  // "Bob não trabalha mais aqui." / "deixou a empresa" / "já não trabalha" / "foi desligado"
  /não (?:trabalh\p{L}+ mais|(?:faz|faço|integra) mais parte|está mais (?:na|nesta))|já não (?:trabalh\p{L}+|faz parte|está)|(?:deixou|deixei|saiu d|saí d)(?: ?a| ?esta| ?nossa)? (?:empresa|companhia|organização)|(?:foi desligad\p{L}|aposentou-se)/iu,
  // "Bob werkt niet meer bij ons." / "heeft het bedrijf verlaten" / "is niet meer werkzaam" / "uit dienst"
  /werk(?:t|en)? (?:hier )?niet (?:meer|langer)|(?:is|ben) niet (?:meer|langer) (?:werkzaam|in dienst|bij ons|bij .{1,30} werkzaam)|(?:bedrijf|organisatie|ons|onderneming) (?:\p{L}+ ){0,3}verlaten|(?:is|ben) uit dienst/iu,
  // "Bob arbetar inte längre här." / "har slutat" / "jobber ikke lenger" / "er fratrådt" / "ei työskentele enää"
  /(?:arbetar|jobbar) (?:inte|ej) (?:längre|kvar)|har (?:slutat|lämnat (?:företaget|oss))|(?:arbejder|jobber|arbeider) ikke (?:længere|lenger)|er (?:fratrådt|stoppet|sluttet)|har (?:sluttet|forladt|forlatt)|ei (?:enää )?työskentele(?: enää)?|on lähtenyt yrityksestä|ei ole enää (?:töissä|palveluksessa)/iu,
  // "Nie pracuje już u nas." / "odszedł z firmy" / "již u nás nepracuje" / "уже не работает" / "покинул компанию" / "artık çalışmıyor"
  /nie pracuj\p{L}+(?: już| u nas)|już (?:tu |u nas )?nie pracuj\p{L}+|(?:odszedł|odeszła|odszedłem|odeszłam) z firmy|(?:již|už) (?:u nás |zde )?nepracuj\p{L}+|(?:больше|уже) (?:у нас |здесь )?не работа\p{L}+|не работает (?:больше|в компании)|(?:покинул|покинула|уволил)\p{L}* (?:компани\p{L}+|с работы|из)|artık (?:\p{L}+ ){0,3}çalışmıyor\p{L}*|(?:şirketten|görevinden) ayrıl\p{L}+/iu,
  // "退職いたしました" / "已离职" / "퇴사" / "már nem dolgozik" / "nu mai lucrează" / "δεν εργάζεται πλέον"
  /退職|退社(?:いたし|しま)|(?:已|已经|已經)(?:离职|離職|从公司离开)|퇴사|퇴직|már nem dolgoz\p{L}+|nu mai (?:lucrează|lucrez|face parte)|δεν εργάζ\p{L}+ πλέον/iu,
]

/** Null when the words do not say so. */
export function leftCompanyIn(words: string): LeftCompany | null {
  const text = words.slice(0, WORDS_MAX)
  for (const phrase of GONE) {
    const found = phrase.exec(text)
    if (found) return { words: sentenceAround(text, found.index) }
  }
  return null
}

const WORDS_MAX = 20_000
const SENTENCE_MAX = 300

function sentenceAround(text: string, at: number): string {
  const from = Math.max(...['.', '!', '?', '\n', '。'].map((end) => text.lastIndexOf(end, at - 1))) + 1
  const rest = text.slice(from, from + SENTENCE_MAX)
  return (/^[^\n!?。]*?(?:[.!?。](?=\s|$)|\n|$)/.exec(rest)?.[0] ?? rest).trim()
}

/** What people write before the one to turn to; the name or the address follows within the sentence. */
const TURN_TO: readonly RegExp[] = [
  /(?:please |pls )?(?:contact|reach out to|reach|get in touch with|talk to|speak (?:to|with)|write to|e-?mail|ask|try|forward (?:this|it) to|connect with|direct (?:this|your \w+) to|you (?:should|want|need) (?:to )?(?:talk|speak|write) (?:to|with))\s/giu,
  /(?:wenden sie sich|wende dich) (?:bitte )?(?:an|direkt an)\s|(?:kontaktieren|schreiben) sie (?:bitte )?(?:an )?|(?:ansprechpartner(?:in)?|nachfolger(?:in)?|zuständig) (?:ist|dafür ist)(?: jetzt| nun)?\s/giu,
  /(?:veuillez |merci de )?(?:contacter|contactez|vous adresser à|adressez-vous à|écrire à|écrivez à)\s/giu,
  /(?:por favor,? )?(?:contacte|contacten|contactar|póngase en contacto|ponerse en contacto|escriba|diríjase|dirigirse)(?: con| a)?\s/giu,
  /(?:contatti|contattare|contattate|si rivolga a|rivolgersi a|scriva a|scrivere a)\s/giu,
  /(?:por favor,? )?(?:contate|contacte|entre em contato com|entrar em contato com|fale com|escreva para)\s/giu,
  /(?:neemt? (?:u )?(?:aub |dan )?contact op met|wend u tot|mail naar|stuur (?:dit|een mail) naar|kontakta|kontakt|ta kontakt med|kontakte|otte?akaa yhteyttä|skontaktować się z|skontaktuj się z|proszę (?:pisać do|o kontakt z)|kontaktujte|obraťte se na|обратитесь к|обращайтесь к|пишите|свяжитесь с)\s/giu,
]

/** "Anna Bell", "Dr. Jörg van der Berg": a name has capitals, and at most four words. */
const NAME =
  /^(?:(?:our|my|mein\p{L}*|unser\p{L}*|mon|ma|notre|mi|nuestr\p{L}|il mio|la mia|colleague|kolleg\p{L}+|collègue|colega|collega|the|herrn?|frau|mr\.?|mrs\.?|ms\.?|dr\.?|m\.|mme\.?|sr\.?|sra\.?|dhr\.?|mevr\.?)[ ,]+){0,3}(\p{Lu}[\p{L}'’-]+(?: (?:van|von|der|den|del|de|di|da|la|le|el|al|bin|ten|ter)(?!\p{L})){0,3}(?: \p{Lu}[\p{L}'’-]+){0,3})/iu
const ADDRESS = /[\p{L}\d.!#$%&'*+/=?^_{|}~-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,5}/u

/**
 * Whom the words name to turn to; null when nobody. `not`: addresses that are none, such as the writer's and ours. A bare first name counts only
 * with an address beside it.
 */
export function referralIn(words: string, not: readonly string[]): Referral | null {
  const text = words.slice(0, WORDS_MAX)
  const others = new Set(not.map((address) => address.toLowerCase()))
  for (const phrase of TURN_TO)
    for (const match of text.matchAll(phrase)) {
      const rest = (/^[^\n!?]{0,160}/.exec(text.slice(match.index + match[0].length))?.[0] ?? '').trim()
      const address = ADDRESS.exec(rest)?.[0].toLowerCase().replace(/\.+$/, '') ?? null
      const named = properName(rest)
      if (address !== null && others.has(address)) continue
      if (address !== null || named?.includes(' '))
        return { name: named, address, words: sentenceAround(text, match.index) }
    }
  return null
}

function properName(rest: string): string | null {
  const found = NAME.exec(rest)?.[1]
  // The flag `i` is for the titles; a name itself begins with a capital.
  if (found === undefined || !/^\p{Lu}/u.test(found) || found.includes('@')) return null
  const capitals = found
    .split(' ')
    .filter(
      (word) =>
        /^\p{Lu}/u.test(word) || /^(?:van|von|de|der|den|del|di|da|la|le|el|al|bin|ten|ter)$/.test(word),
    )
  return capitals.length === 0 ? null : capitals.join(' ')
}
