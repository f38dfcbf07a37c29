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

/** Whole words of any script: `\b` knows the Latin letters of English alone. */
const say = (language: string, source: string): Phrase =>
  other(language, new RegExp(`(?<!\\p{L})(?:${source})(?!\\p{L})`, 'gu'))
/** The whole reply, or a line of its own. */
const alone = (language: string, source: string): Phrase =>
  other(language, new RegExp(`(?:^|\\n)[^\\p{L}\\n]*(?:${source})[^\\p{L}\\n]*(?=\\n|$)`, 'gu'))

const NOT_AGAIN = "(?:don't|do not|dont|never|pls don't|please don't|not to|no longer)"
const WRITE = '(?:e-?mail|contact|write(?: to)?|message|reach out to|bother|spam|send|call)'
const WRITING =
  '(?:e-?mailing|contacting|writing(?: to)?|messaging|reaching out to|bothering|spamming|sending|harassing)'

export const optOutPhrases: readonly Phrase[] = [
  // "Unsubscribe" / "STOP" / "Remove." / "Opt out please": the whole reply, or a line of its own.
  en(
    /(?:^|\n)[^\w\n]*(?:please |pls |plz )?(?:unsubscribe|un-subscribe|stop|remove|opt[- ]?out|take me off)(?: me)?(?:,? (?:please|pls|thanks|thank you|now|immediately))*[^\w\n]*(?=\n|$)/g,
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
    /\b(?:remove|delete) (?:me|us|my (?:e-?mail(?: address)?|data|details))(?:,? (?:please|pls|thanks|thank you|now|immediately))*[^\w\n]*(?=\n|$)/g,
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
  other('de', /(?:^|\n)[^\w\n]*(?:bitte )?(?:abmelden|austragen|abbestellen)(?: bitte)?[^\w\n]*(?=\n|$)/g),
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
    /(?:^|\n)[^\w\n]*(?:désinscription|se désinscrire|désabonner|désinscrire)(?: svp| s'il vous plaît)?[^\w\n]*(?=\n|$)/g,
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
  other(
    'nl',
    /(?:^|\n)[^\w\n]*(?:graag |aub |svp )?(?:uitschrijven|afmelden)(?: aub| svp| graag)?[^\w\n]*(?=\n|$)/g,
  ),
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
  // "Sluta mejla mig." / "Jag vill inte få fler mejl." / "Kontakta mig inte igen."
  say('sv', 'sluta (?:mejla|maila|skriva till|kontakta|skicka|spamma)(?: mig| oss)?'),
  say('sv', 'vill inte (?:längre )?(?:få|ha|ta emot)(?: några)?(?: fler| mer)? (?:mejl|mail|e-post|utskick)'),
  say('sv', '(?:kontakta|mejla|maila|skriv till) (?:mig|oss) (?:inte|aldrig) (?:igen|mer)'),
  alone('sv', '(?:vänligen )?(?:avregistrera|avsluta prenumeration\\p{L}*|avprenumerera)(?: mig)?'),

  // "Bitte schreiben Sie mir nicht mehr." / "Ich möchte keine weiteren E-Mails erhalten." / "Stoppen Sie die Mails."
  say(
    'de',
    '(?:keine|nie wieder|nicht mehr)(?: weiteren?| solchen?)? (?:e-?mails?|mails?|nachrichten|werbung|post|newsletter)(?: mehr)?(?: von ihnen)?(?: (?:erhalten|bekommen|empfangen|zusenden|schicken|senden))',
  ),
  say('de', '(?:keine|nie wieder)(?: weiteren?)? (?:e-?mails?|mails?|nachrichten|werbung) mehr'),
  say(
    'de',
    '(?:schreiben|kontaktieren|mailen|belästigen) sie (?:mir|mich|uns) (?:bitte )?(?:nicht|nie)(?: mehr| wieder)',
  ),
  say('de', '(?:schreib|kontaktier)e? (?:mir|mich|uns) (?:bitte )?(?:nicht|nie)(?: mehr| wieder)'),
  say(
    'de',
    '(?:melden sie mich (?:bitte )?ab|tragen sie mich (?:bitte )?aus|(?:streichen|entfernen|löschen|nehmen) sie mich (?:bitte )?(?:aus|von))',
  ),
  say('de', 'hören sie (?:bitte )?auf,? (?:mir|uns|mich)'),

  // "Je ne souhaite plus recevoir vos e-mails." / "Veuillez supprimer mon adresse de votre base." / "Arrêtez de m'écrire." / "Stop, ne plus me contacter."
  say(
    'fr',
    '(?:ne )?(?:souhaite|veux|désire|souhaitons|voulons)(?: plus| pas)(?: jamais)? (?:recevoir|être (?:contacté|sollicité)\\p{L}*)',
  ),
  say(
    'fr',
    '(?:supprimer|retirer|enlever|effacer|supprimez|retirez|enlevez|effacez) (?:mon|notre|mes|nos) (?:adresse|e-?mail|mail|nom|données|coordonnées)(?:(?: \\p{L}+){0,3} (?:base|liste|fichier|système)\\p{L}*)?',
  ),
  say(
    'fr',
    "(?:arrêtez|cessez|arrête) (?:de |d')(?:m'|me |nous |n')?(?:écrire|envoyer|contacter|solliciter|spammer)",
  ),
  say('fr', 'ne (?:me|nous) (?:contactez|écrivez|recontactez|relancez|sollicitez) plus(?: jamais)?'),
  say('fr', '(?:merci de )?ne plus (?:me|nous) (?:contacter|écrire|solliciter|relancer|envoyer)'),

  // "No deseo recibir más correos." / "Dejen de enviarme correos." / "Bórrenme de su base de datos."
  say('es', 'no (?:quiero|deseo|queremos|deseamos) (?:recibir|que me (?:contacten|escriban))'),
  say(
    'es',
    '(?:deje|dejen|deja|paren|pare|cesen) de (?:enviarme|enviarnos|escribirme|escribirnos|contactarme|mandarme|molestar\\p{L}*|enviar)',
  ),
  say('es', '(?:elimín|elimin|bórr|borr|quít|quit|sáqu|saqu|retír|retir)(?:e|en|ue|uen)(?:me|nos) de'),
  say('es', '(?:eliminen?|borren?|quiten?) mi (?:correo|dirección|email|e-mail|nombre|datos)'),
  say('es', 'no (?:me|nos) (?:vuelvan?|vuelvas) a (?:escribir|contactar|enviar)'),
  alone('es', '(?:por favor,? )?(?:baja|dar de baja|cancelar suscripción|desuscribir(?:me)?)'),

  // "Smettetela di scrivermi." / "Vorrei disiscrivermi." / "Cancellate il mio indirizzo."
  say(
    'it',
    '(?:smettete(?:la)?|smetta|smettila|smetti) di (?:scriver|contattar|mandar|inviar|disturbar)\\p{L}*',
  ),
  say('it', 'non (?:desidero|voglio|vogliamo) (?:più )?(?:ricevere|essere contattat\\p{L})'),
  say(
    'it',
    '(?:cancell|elimin|rimuov|togli)(?:ate|i|ete|a|ere|are) (?:il mio|la mia|i miei) (?:indirizzo|email|e-mail|mail|nome|nominativo|dati)',
  ),
  say('it', '(?:non )?(?:contattatemi|scrivetemi|mandatemi|inviatemi) (?:più|mai più)'),
  alone('it', '(?:per favore,? )?(?:disiscrizione|disiscriv\\p{L}+|cancellazione|cancellami)'),

  // "Parem de me enviar e-mails." / "Quero cancelar a inscrição." / "Não me escrevam mais."
  say('pt', '(?:parem|pare|para) de (?:me |nos )?(?:enviar|escrever|contatar|contactar|mandar|incomodar)'),
  say(
    'pt',
    '(?:quero|desejo|gostaria de|favor) (?:cancelar|descadastrar|remover)(?: a| minha| meu| o)? (?:inscrição|subscrição|assinatura|e-?mail|cadastro)',
  ),
  say('pt', 'não (?:me|nos) (?:escrevam?|contatem?|contactem?|enviem?|mandem?) mais'),
  say('pt', 'não (?:quero|desejo|queremos) (?:mais )?(?:receber|ser contatad\\p{L})'),
  say(
    'pt',
    '(?:remova|remover|retire|exclua|apague|elimine)(?:m)? (?:o )?meu (?:e-?mail|nome|endereço|cadastro)|(?:retirem|removam|excluam)-me',
  ),

  // "Neem geen contact meer met mij op." / "Stuur mij geen e-mails meer." / "Stop met mailen."
  say('nl', '(?:neem|neemt u) (?:alstublieft )?geen contact meer'),
  say(
    'nl',
    '(?:wil|wens|hoef) (?:ik )?geen (?:verdere )?(?:e-?mails?|mails?|berichten)(?: meer)?(?: (?:te )?(?:ontvangen|krijgen))?',
  ),
  say('nl', 'stop(?:pen)? met (?:mij |me |het )?(?:mailen|e-mailen|schrijven|sturen|contacteren)'),
  say('nl', '(?:schrijf|meld) (?:mij|me|ons) (?:aub |alstublieft )?(?:uit|af)'),

  // "Fjern mig fra jeres liste." / "Jeg vil ikke modtage flere mails." / "Stop med at sende mig mails." / "Afmeld mig"
  say('da', 'fjern (?:mig|os|min (?:mail|e-?mail|adresse)) fra'),
  say(
    'da',
    '(?:vil|ønsker) ikke (?:længere )?(?:at )?(?:modtage|have|få)(?: flere)?(?: af jeres)? (?:mails?|e-?mails?|beskeder|nyhedsbreve)',
  ),
  say('da', 'stop med at (?:sende|skrive|maile|kontakte)'),
  say('da', '(?:skriv|kontakt|send) (?:ikke )?(?:til )?(?:mig|os) (?:ikke )?(?:igen|mere)|ikke flere mails'),
  alone('da', '(?:venligst )?(?:afmeld|afmelding)(?: mig)?'),

  // "Vennligst fjern meg fra listen." / "Slutt å sende meg e-post." / "Jeg ønsker ikke flere e-poster." / "Meld meg av"
  say('no', 'fjern (?:meg|oss|min (?:e-?post|mail|adresse)) fra'),
  say('no', '(?:slutt|stopp) (?:å|med å) (?:sende|skrive|maile|kontakte)'),
  say(
    'no',
    '(?:vil|ønsker) ikke (?:lenger )?(?:å )?(?:motta |ha |få )?(?:flere |mer )(?:e-?post\\p{L}*|mail\\p{L}*|henvendelser)',
  ),
  say('no', 'meld (?:meg|oss) av|(?:ikke|aldri) (?:kontakt|skriv til) (?:meg|oss)(?: igjen| mer)'),

  // "Poistakaa minut listalta." / "Älkää lähettäkö minulle enää viestejä." / "En halua enää saada sähköpostia."
  say('fi', 'poista(?:kaa)? (?:minut|meidät|osoitteeni|sähköpostini|tietoni)'),
  say('fi', 'äl(?:kää|ä) (?:lähet\\p{L}+|kirjoit\\p{L}+|ota\\p{L}*)(?: \\p{L}+){0,2} enää'),
  say('fi', 'en halua (?:enää )?(?:saada |vastaanottaa )?(?:\\p{L}+ )?(?:sähköpost\\p{L}+|viest\\p{L}+)'),
  alone('fi', '(?:peruuta tilaus|peruutus|poista listalta)'),

  // "Proszę usunąć mnie z listy." / "Proszę nie pisać do mnie więcej." / "Nie chcę otrzymywać." / "Wypisz mnie"
  say(
    'pl',
    '(?:usunąć|usuń|usuńcie|wypisać|wypisz|wypiszcie|wykreślić) (?:mnie|nas|mój adres|moje dane|mój e-?mail)',
  ),
  say('pl', 'nie (?:chcę|życzę sobie|chcemy) (?:więcej |już )?(?:otrzymywać|dostawać|waszych|kontaktu)'),
  say(
    'pl',
    'nie (?:pisać|kontaktować się|wysyłać)(?: \\p{L}+){0,3} więcej|(?:przestańcie|przestań|proszę przestać) (?:do mnie )?(?:pisać|wysyłać)',
  ),

  // "Prosím odstraňte mě ze seznamu." / "Už mi prosím nepište." / "Nepřeji si dostávat další e-maily." / "Odhlásit"
  say('cs', '(?:odstraňte|vyřaďte|vymažte|odhlaste) (?:mě|mne|nás|moji adresu|můj e-?mail|mé údaje)'),
  say('cs', '(?:už|více) (?:mi|nám) (?:prosím )?nepište|nepište (?:mi|nám) (?:už|více)'),
  say(
    'cs',
    'nepřeji si (?:už |dále )?(?:dostávat|být kontaktován|další)|nechci (?:už |dále )?(?:dostávat|další e-?maily)',
  ),
  alone('cs', '(?:odhlásit|odhlášení|odhlaste mě)(?: prosím)?'),

  // "Удалите меня из рассылки." / "Больше мне не пишите." / "Отпишите меня." / "Не хочу получать ваши письма."
  say('ru', '(?:удалите|исключите|уберите|отпишите) (?:меня|нас|мой (?:адрес|e-?mail)|мои данные)'),
  say(
    'ru',
    '(?:больше )?(?:мне |нам )?(?:больше )?не пишите(?: мне| нам)?(?: больше)?|прекратите (?:мне |нам )?(?:писать|присылать|слать|рассылку)',
  ),
  say('ru', 'не (?:хочу|желаю|хотим) (?:больше )?(?:получать|видеть)(?: больше)?'),
  say('ru', 'не (?:присылайте|отправляйте|шлите)(?: мне| нам)? (?:больше|писем|письма)'),
  alone('ru', '(?:отписаться|отписка|отпишите|стоп)'),

  // "Видаліть мене з розсилки." / "Більше не пишіть мені."
  say(
    'uk',
    '(?:видаліть|виключіть|відпишіть) (?:мене|нас|мою адресу)|(?:більше )?не пишіть (?:мені|нам)|не хочу (?:більше )?отримувати',
  ),
  alone('uk', 'відписатися'),

  // "Lütfen beni listeden çıkarın." / "Bana bir daha e-posta göndermeyin." / "Artık e-posta almak istemiyorum."
  say('tr', '(?:beni|bizi|adresimi|mailimi) (?:\\p{L}+ ){0,3}(?:çıkar|sil|kaldır)\\p{L}*'),
  say(
    'tr',
    '(?:bir daha|artık) (?:\\p{L}+[- ]){0,4}(?:göndermeyin|yazmayın|atmayın|göndermeyiniz|istemiyor\\p{L}*)',
  ),
  alone('tr', '(?:abonelikten çık\\p{L}*|üyelikten çık\\p{L}*|iptal)'),

  // "配信を停止してください。" / "今後メールを送らないでください。" / "リストから削除してください。"
  other(
    'ja',
    /配信(?:を)?(?:停止|解除)|(?:今後|もう|二度と)[^。\n]{0,15}(?:送らないで|送付しないで|連絡しないで|不要です)|(?:リスト|名簿|宛先)から(?:外して|削除|除外)|メール(?:は|を)?(?:送らないで|停止して)/g,
  ),
  // "请不要再给我发邮件。" / "请把我从列表中删除。" / "退订" / "請勿再寄信給我"
  other(
    'zh',
    /不要再(?:给我|向我|给我们|給我)?(?:发|發|寄|联系|聯絡)|(?:请|請)?勿再(?:发|寄|发送|聯絡|打扰)|从[^。\n]{0,12}(?:列表|名单|邮件列表)[^。\n]{0,4}(?:删除|移除)|(?:将|把)我[^。\n]{0,12}(?:删除|移除)|取消订阅|取消訂閱|(?:^|\n)\s*退[订訂]/g,
  ),
  // "더 이상 메일을 보내지 마세요." / "수신 거부"
  other(
    'ko',
    /(?:더 이상|다시는)[^.\n]{0,20}(?:보내지|연락하지) (?:마|말)|수신\s?거부|목록에서 (?:삭제|제외)|구독\s?취소/g,
  ),
  // "Kérem, töröljenek a listáról." / "Ne írjanak többet." / "Leiratkozás"
  say(
    'hu',
    '(?:töröljenek|töröljön|töröljék|vegyenek le|távolítsanak el)(?: \\p{L}+){0,3}|ne (?:írjanak|írjon|küldjenek|keressenek)(?: \\p{L}+){0,2} többet|nem (?:kérek|szeretnék) (?:több|további) (?:e-?mailt?|levelet)',
  ),
  alone('hu', '(?:leiratkozás|leiratkozom)'),
  // "Vă rog să mă ștergeți din listă." / "Nu mai doresc să primesc e-mailuri." / "Dezabonare"
  say(
    'ro',
    '(?:să )?mă (?:ștergeți|eliminați|scoateți|dezabonați|stergeti|eliminati|scoateti)|nu mai (?:doresc|vreau)(?: să)? (?:primesc|fiu contactat\\p{L}?|e-?mail\\p{L}*)|nu[- ](?:îmi|imi|mi) mai (?:scrieți|trimiteți|scrieti|trimiteti)',
  ),
  alone('ro', 'dezabon\\p{L}+'),
  // "Παρακαλώ διαγράψτε με από τη λίστα." / "Μην μου ξαναστείλετε." / "Διαγραφή"
  say(
    'el',
    '(?:διαγράψτε|αφαιρέστε|βγάλτε) (?:με|μας)|μη[ν]? (?:μου|μας|με) ξανα\\p{L}+|δε[ν]? (?:θέλω|επιθυμώ) να (?:λαμβάνω|ξαναλάβω)',
  ),
]

/** What stands just before the words and turns them around: "you don't need to remove me", "how do I stop emailing us". */
export const takenBack =
  /(?:\bdon't|\bdo not|\bnever|\bno need to|\bneed not|\bnot asking (?:you )?to|\bwithout|\bif (?:i|we|people|they|users|customers)|\bhow (?:do|can|to|would)(?: (?:i|we|you))?|\b(?:our|your|their|the) (?:users|customers|clients|subscribers|readers) (?:can |may |could |often |just )?)\s*(?:to |please |want (?:you )?to |have to |ask (?:you )?to |need to )?$/

/** What stands just behind the words and makes them a date: "please do not email me before March", "ne me contactez plus avant lundi". */
export const onlyForNow =
  /^(?:,? (?:again|any ?more|more|mehr|plus|más|więcej|больше))?,? (?:before|until|till|unless|vor|bis|avant|jusqu|antes|hasta|prima|fino|voor|tot|før|före|innan|przed|do czasu|до|пока)(?!\p{L})/u
