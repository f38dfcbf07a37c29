/** Absence notes in English, German and Dutch: a table of words, in the notation of `absence-words.ts`. */
import type { AbsenceWords } from './absence-words.ts'

export const english: AbsenceWords = {
  code: 'en',
  tells:
    'the i am im will be is out of office and until back on for please contact your my return away leave vacation you from with to we are our not at this have any urgent',
  order: 'either',
  months: [
    'january | jan',
    'february | feb',
    'march | mar',
    'april | apr',
    'may',
    'june | jun',
    'july | jul',
    'august | aug',
    'september | sept | sep',
    'october | oct',
    'november | nov',
    'december | dec',
  ],
  weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  shortWeekdays: ['mon', 'tues | tue', 'wed', 'thurs | thur | thu', 'fri', 'sat', 'sun'],
  dayMark: 'st|nd|rd|th',
  glue: 'of|the',
  monthFirst: true,
  bareDay: 'the (\\d{1,2})(?:st|nd|rd|th)',
  filler:
    'the | and including | including | at least | as of | on | about | around | approximately | roughly | this | coming | close of business | cob | eod | the (morning/evening/afternoon) of | end of (day/business) | at the earliest',
  back: 'back | return* | reopen* | re-open* | resum* | in the office again | available | reachable | be in [the] office | in the office | at my desk | respond* | reply | replying | answer* | rejoin* | see you | speak to you | first (day/working day) [back] | read your (mail/message/email) | pick up your | catch up | deal with | be in touch | contact me | try me again | try again',
  away: "out of [the] office | out-of-office | ooo | ooto | on … leave | annual leave | on [a] [short] [summer] [family] vacation | on [my] [a] [our] holiday* | on pto | on a (business trip/break/course/training) | sabbatical | not in [the] office | not [be] available | not working | unavailable | unreachable | office* … closed | we (are/will be) closed | company … closed | closed for | absent from | away from (my/the) (desk/office/mail/email/computer) | am [currently] away | be away | i'm [currently] away | i'm [currently] out | maternity leave | paternity leave | parental leave | sick leave | off sick | off work | (limited/no/little/intermittent) access to … (mail/email/e-mail/inbox/messages) | not … (read*/check*) … (mail/email/e-mail/emails/mails) | not be reading | travelling | traveling | absence | i am out | will be out | be off | am off | i'm off | days off | while i am away | in my absence | seldom read | rarely read | read … only | slow to (respond/reply) | only … (read/check) … (mail/email/e-mail/emails) | (check/read) … (mail/email/e-mail/emails) (only/once/twice/infrequently/sporadically/occasionally) | at a (conference/trade fair/fair/trade show/summit) | jury duty | (is/are/be/remain/remains) closed | shut down for | time off | day off | gone (until/till/fishing/from) | honeymoon | hospital | surgery | bereavement | unwell | feeling ill | i am ill | i'm ill | i am sick | i'm sick | home sick | offline | off-grid | off grid | on the road | on furlough | in meetings all | in transit | on site with | traveling for | taking a break | not be checking | closed until | closed on | closed from | bank holiday | public holiday | at a client | at a customer | in a workshop | all day | delayed (response/reply) | respond* … delay*",
  awayHint:
    'out | away | off | closed | closes | close | leave | vacation | holiday | holidays | trip | travel* | conference | training | course | fair | expo | summit | workshop | offsite | meeting* | pto',
  limited:
    '(limited/no/little/intermittent/sporadic/restricted/reduced) … (access/mail/email/e-mail/emails/connectivity) | (seldom/rarely/occasionally/sporadically/infrequently/only) … (read/check/mail/email/e-mail/emails) | (read/check) … (only/occasionally/sporadically/infrequently/once/twice) | delay* | slow',
  until: "until | till | 'til | til | up to | up until",
  through:
    'through | thru | until and including | up to and including | through to | until end of | inclusive of',
  inclusive: 'inclusive | included | incl. | incl | inc. | both days',
  from: 'from | as of | as from | starting | starting from | beginning | effective | since | with effect from | § onwards | § on | § onward',
  after: 'after | later than | past | any time after',
  notBefore:
    "not … before | n't … before | no (earlier/sooner) than | not … earlier than | only on | only from | earliest",
  notBack:
    "(not/n't/unable/no one/nobody) … (return*/back/available/reply/respond/answer/read/reach*/able/see/reopen*/get to) … until | not until",
  by: 'by | before | within | no later than | latest',
  about:
    'about | around | approximately | roughly | circa | probably | likely | hopefully | expected | expect to … | § or | tentatively',
  lastDay: 'last day (of/off/away/of leave/of my leave/of my vacation) [is] [will be]',
  to: 'to | through | thru | until | till | til | up to | up to and including | until and including | and until',
  between: 'between',
  and: 'and | but | then | &',
  today: 'today | this day',
  tomorrow: 'tomorrow [(morning/afternoon/evening)]',
  overmorrow: 'day after tomorrow',
  thisAfternoon:
    'this (afternoon/evening/noon) | later today | later on today | today [in the] after lunch | in the afternoon | after lunch',
  nextWeek: 'next week | the following week',
  thisWeek: '(this/the) [whole] week | [the] rest of the week | end of [the] [this] week',
  nextWorkday: 'next (working/business/work) day | (first/following) (working/business) day',
  next: 'next | following',
  monthEnd:
    '(the end/end/last day/close) of % | (the end/end/last day) of (the/this) month | month end | rest of %',
  lateMonth: 'late % | (end/end of) %',
  wholeMonth: '(all/whole) of % | (all/throughout) % | (the whole/the entire) month of %',
  week: 'weeks | week | wk | wks',
  autoReply:
    'automatic (reply/response/answer): | auto[-](reply/response/responder/answer): | autoreply: | auto reply: | auto response: | automated (reply/response): | autoresponse:',
  left: "no longer (with/at/work*/employed/part of/an employee/a member) | not … (work*/employed) … any (more/longer) | (has/have) left [the] (company/business/firm/organization/organisation) | (i/he/she/they) (have/has) [now] [recently] left | have left our | left the (company/business/firm/organization/organisation) | last [working] day (at/with/was) | last [working] day [in] … was | (have/has) (moved on/retired/departed) | i've (left/moved on/retired) | (am/is) retired | has resigned | parted ways | (ceased/ended) (employment/my employment)",
  receipt:
    "ticket* | (we/we've/we have) … received | has been received | thank you for (contacting/your order/your request/your inquiry/your enquiry/reaching out to/your application) | your (request/order/inquiry/enquiry/application/case) | case number | order number | do not reply | confirm* … receipt",
  ignore:
    "(ticket/case/request/order) … closed | (get/gets/getting/got/come/write/writing/call/calling/ring) back to | (get/call/write/ring) (you/them) back | return (your/the) (call/email/mail/message/calls) | do not (reply/respond) | not (reply/respond) to this | (respond/reply/answer) to this | automatic (reply/response) | auto[-]reply | in response to | your (reply/answer/response) | this (reply/answer/response) | out of the blue | back office | (on/upon/after) my return | when i (return/am back/get back) | as soon as i (return/am back/get back) | once i (return/am back/get back) | when i'm back",
  contact:
    'ask | see | my cover | cover | colleague | instead | contact | reach out to | write to | email | e-mail | mail | call | in my absence | covering for me | substitute | replacement | stand-in | ask for | reach | speak to | successor | replaced by | taken over by | turn to | get in touch with | (can/will) help | (is/will be) covering | urgent | deputy | directed to | direct … to | forward … to',
  title: 'mr. | mrs. | ms. | mr | mrs | ms | dr. | dr | prof. | my colleague | colleague | our',
}

export const german: AbsenceWords = {
  code: 'de',
  tells:
    'ich bin und ist wieder nicht bis im am ab der die das sie ihre ihr mit für vom zum den dem wir sind in ihnen mir nachricht vielen dank bitte wenden kein keine erst zurück büro urlaub',
  order: 'dmy',
  months: [
    'januar | jänner | jan',
    'februar | feber | feb',
    'märz | maerz | mrz | mär',
    'april | apr',
    'mai',
    'juni | juno | jun',
    'juli | julei | jul',
    'august | aug',
    'september | sept | sep',
    'oktober | okt',
    'november | nov',
    'dezember | dez',
  ],
  weekdays: [
    'montag | montags | montagmorgen | montagvormittag | montagnachmittag | montagabend',
    'dienstag | dienstagmorgen | dienstagvormittag | dienstagnachmittag',
    'mittwoch | mittwochmorgen | mittwochnachmittag',
    'donnerstag | donnerstagmorgen | donnerstagnachmittag',
    'freitag | freitagmorgen | freitagnachmittag',
    'samstag | sonnabend',
    'sonntag',
  ],
  shortWeekdays: ['mo', 'di', 'mi', 'do', 'fr', 'sa', 'so'],
  dayMark: '\\.|ten|er',
  glue: 'der|den|dem|des',
  bareDay: '(?:zum|am|dem|den) (\\d{1,2})\\.(?! ?\\p{L}{3,}(?:tag|monat))',
  filler:
    'zum | zu | den | dem | der | am | einschließlich | einschliesslich | einschl. | inklusive | inkl. | inkl | mit | und mit | einschließlich dem | voraussichtlich | ca. | etwa | ungefähr | frühestens | spätestens | kommenden | diesen | abend | also',
  back: 'wieder | zurück | zurueck | rückkehr | kehre | kommt zurück | erreichbar | für sie da | anwesend | verfügbar | melde [ich] mich | melde | beantworte* | antworte | bearbeite* | lese | erster arbeitstag | ersten arbeitstag | öffnen | geöffnet | im dienst | am platz | am arbeitsplatz | stehe ich | stehen wir | kümmere | zu erreichen | komme ich auf sie zu | im büro | rückmeldung',
  away: 'abwesen* | nicht im (büro/buero/haus/dienst/hause/office) | nicht am (platz/arbeitsplatz) | außer haus | ausser haus | außerhalb des büros | im [wohlverdienten] urlaub | in urlaub | urlaub vom | urlaub bis | urlaub: | urlaubs* | elternzeit | mutterschutz | sabbatical | betriebsferien | betriebsurlaub | betriebsruhe | in den ferien | in kur | krank | erkrankt | krankgeschrieben | arbeitsunfähig | nicht (erreichbar/verfügbar/anwesend/da/zu erreichen/erreichen) | nicht [persönlich] erreichbar | dienstreise | geschäftsreise | auf reisen | unterwegs | [ist] geschlossen | haben … zu | ausgeflogen | außendienst | auf [einer] (messe/fortbildung/schulung/tagung/konferenz) | fortbildung | nur … eingeschränkt | eingeschränkt … (lesen/erreichbar/zugriff) | (keinen/kaum/eingeschränkten/begrenzten) zugriff | lese … (keine/nicht/nur/selten) | (unregelmäßig/selten/sporadisch) … (lesen/abrufen/mails/e-mails) | nur (unregelmäßig/selten/sporadisch) | kein … zugriff | auszeit | verhindert | freien tag | habe … frei | teilzeit | zivildienst | überstundenabbau | nicht gelesen | resturlaub | habe urlaub | mache urlaub | (nehme/genieße) … urlaub | krankenstand | krankenhaus | reha | pflegezeit | brückentag | feiertag | umzug | nicht besetzt | nicht (mehr im dienst/im einsatz/online) | offline | verreist | bin (weg/fort/unterwegs/nicht da) | (bleibt/bleiben/ist/sind) … geschlossen | auf [einer] (reise/konferenz/weiterbildung) | weiterbildung | seminar | ganztägig | termin außer',
  awayHint:
    'urlaub | ferien | weg | frei | fort | zu | schließt | schließen | messe | seminar | schulung | termin* | reise | kongress | urlaub* | teilnehme | fehle | verreist',
  limited:
    'eingeschränkt* | (selten/sporadisch/unregelmäßig/gelegentlich/vereinzelt/bedingt/verzögert) | (begrenzten/kaum) zugriff | verzögerung*',
  until: 'bis',
  through:
    'bis einschließlich | bis einschliesslich | bis einschl. | bis inklusive | bis inkl. | bis und mit | bis zum ablauf des | bis zum ende des',
  inclusive:
    'einschließlich | einschliesslich | einschl. | inklusive | inkl. | inkl | mitgerechnet | beide tage',
  from: 'ab | von | vom | seit | beginnend | beginnend mit | ab dem',
  after: 'nach | nach dem | später als',
  notBefore:
    'erst | erst ab | erst am | nicht vor | nicht vor dem | erst wieder | erst wieder ab | erst wieder am | erst zum | erst … ab | erst … am | frühestens | frühestens ab | frühestens am',
  notBack: 'nicht … zurück … bis | komme nicht vor',
  by: 'spätestens | spätestens bis | vor | innerhalb | binnen',
  about:
    'ca. | circa | etwa | ungefähr | voraussichtlich | vermutlich | wahrscheinlich | gegen | hoffentlich | um den | § oder',
  lastDay: 'letzter urlaubstag [ist] [der] | letzter tag [der]',
  to: 'bis | bis zum | bis einschließlich | bis einschl. | bis inkl. | bis inklusive | bis und mit | auf',
  between: 'zwischen',
  and: 'und | sowie | aber | dann | danach | u.',
  today: 'heute | heutigen [tag]',
  tomorrow: 'morgen | morgen früh | morgigen [tag]',
  overmorrow: 'übermorgen',
  thisAfternoon: 'heute (nachmittag/abend/mittag) | (am/im) (nachmittag/abend) | ab mittag | nachmittags',
  nextWeek: '(nächste/kommende/nächster/kommender) woche | nächsten woche | kommenden woche',
  thisWeek: '(diese/dieser/die) [ganze/ganzen] woche | ende der woche | wochenende',
  nextWorkday: '(nächsten/nächster/kommenden/folgenden) (arbeitstag/werktag)',
  next: 'nächsten | nächster | nächste',
  monthEnd:
    '(ende/ultimo) % | ende des monats | monatsende | (letzten/letzter) tag des monats | ende diesen monats',
  lateMonth: 'ende %',
  wholeMonth: '(ganzen/gesamten) % | den % über',
  week: 'kalenderwochen | kalenderwoche | kws | kw | wochen | woche',
  autoReply:
    'automatische (antwort/rückantwort): | autoantwort: | auto-antwort: | automatische e-mail-antwort: | auto:',
  left: 'nicht mehr (bei/im unternehmen/in unserem/für das/teil/in der firma/unter dieser) | nicht mehr … (tätig/beschäftigt/arbeite*/angestellt) | unternehmen … verlassen | (firma/haus) … verlassen | ausgeschieden | im ruhestand | in den ruhestand | in rente | pensioniert | letzter arbeitstag war | mein letzter arbeitstag | arbeite* nicht mehr',
  receipt:
    'ticket* | eingegangen | eingangsbestätigung | anfrage … erhalten | ihre (bestellung/bewerbung/anfrage) | (nachricht/e-mail/mail) … erhalten | haben … erhalten | bestellnummer | auftragsnummer | vorgang* | nicht auf diese | bestätigen',
  ignore:
    'automatische antwort | nicht antworten | antworten sie nicht | sobald ich wieder | wenn ich wieder … bin | nach meiner rückkehr | bei meiner rückkehr | nach rückkehr | wieder einmal | immer wieder | nie wieder | auf wiedersehen | wiedersehen | zu antworten | diese antwort',
  contact:
    'wenden | kontaktieren | kontakt | vertretung | vertritt | vertreten | vertreter | vertreterin | schreiben sie | dringend* | notfäll* | anrufen | erreichen sie | ansprechpartner* | nachfolger* | nachfolge | übernimmt | übernommen | steht ihnen | stehen ihnen | hilft | helfen | in meiner abwesenheit | zuständig | kollegin | kollege | kollegen | an meine | an meinen | anfragen an | an frau | an herrn',
  title:
    'frau | herr | herrn | hr. | fr. | dr. | prof. | dipl.-ing. | ing. | mag. | kollegin | kollege | kollegen | meine | meinen | mein | meiner',
}

export const dutch: AbsenceWords = {
  code: 'nl',
  tells:
    'ik ben het een en van tot op de weer met uw je voor vanaf niet wij zijn mijn bij terug afwezig kantoor vakantie bereikbaar contact opnemen u naar via dank bericht er',
  order: 'dmy',
  months: [
    'januari | jan',
    'februari | feb | febr',
    'maart | mrt',
    'april | apr',
    'mei',
    'juni | jun',
    'juli | jul',
    'augustus | aug',
    'september | sept | sep',
    'oktober | okt',
    'november | nov',
    'december | dec',
  ],
  weekdays: [
    'maandag | maandagochtend | maandagmiddag',
    'dinsdag | dinsdagochtend',
    'woensdag | woensdagochtend',
    'donderdag | donderdagochtend',
    'vrijdag | vrijdagochtend',
    'zaterdag',
    'zondag',
  ],
  shortWeekdays: ['ma', 'di', 'wo', 'do', 'vr', 'za', 'zo'],
  dayMark: 'e|ste|de',
  glue: 'de|van',
  bareDay: '(?:de|den) (\\d{1,2})(?:e|ste|de)(?! ?\\p{L})',
  filler:
    'en met | de | op | aan | uiterlijk | ongeveer | circa | minimaal | aanstaande | komende | en tot en met',
  back: 'weer | terug | opnieuw | retour | bereikbaar | aanwezig | beantwoord* | antwoord | reageer | lees | hervat* | eerste werkdag | heropenen | open | te bereiken | neem … contact | neem ik | contact met u | beschikbaar | terugkeer | op kantoor | sta … klaar | kom ik',
  away: 'afwezig* | niet op kantoor | niet aanwezig | niet bereikbaar | niet beschikbaar | er … niet | op vakantie | met vakantie | vakantie | *vakantie | met verlof | *verlof | met zwangerschapsverlof | verlof | buiten kantoor | uit kantoor | ziek | ziekgemeld | gesloten | bouwvak | kerstreces | op zakenreis | onderweg | op reis | sabbatical | vrij | beperkt* (bereikbaar/toegang/beschikbaar) | beperkt … (mail/e-mail/toegang) | (beperkte/geen) toegang | lees … (niet/nauwelijks/zelden/beperkt/slechts) | mijn mail … niet | niet … mijn (mail/e-mail) | op (cursus/training) | op de (beurs/vakbeurs) | cursus | geen mail | dienstreis | collectieve sluiting | zelden',
  awayHint: 'weg | beurs | conferentie | congres | training | sluiten | dicht | studiedag | niet',
  limited: '(beperkt*/zelden/sporadisch/nauwelijks/af en toe/onregelmatig/vertraging/minder)',
  until: 'tot | tot aan',
  through: 'tot en met | t/m | t.e.m. | tem | tot & met | t.m.',
  inclusive: 'inbegrepen | inclusief | incl. | incl',
  from: 'vanaf | sinds | per | met ingang van | van | m.i.v. | ingaande',
  after: 'na',
  notBefore:
    'pas | pas op | pas vanaf | pas weer | pas weer op | pas weer vanaf | niet (eerder/vroeger) dan | niet voor | niet vóór | niet … (eerder dan/vóór) | pas … op | pas … vanaf | vroegst',
  notBack: 'niet … terug … tot',
  by: 'uiterlijk | voor | vóór | binnen',
  about:
    'ongeveer | circa | rond | waarschijnlijk | vermoedelijk | naar verwachting | hopelijk | omstreeks | § of',
  lastDay: 'laatste (vakantiedag/verlofdag/dag) [is]',
  to: 'tot | tot en met | t/m | t.e.m. | tem | tot aan',
  between: 'tussen',
  and: 'en | maar | daarna | dan | waarna',
  today: 'vandaag',
  tomorrow: 'morgen [(ochtend/middag)] | morgenochtend | morgenmiddag',
  overmorrow: 'overmorgen',
  thisAfternoon: 'vanmiddag | vanavond | later vandaag | in de middag | na de lunch',
  nextWeek: 'volgende week | komende week',
  thisWeek: '(deze/de) [hele] week | eind [van] [deze/de] week | einde van (deze/de) week',
  nextWorkday: '(volgende/eerstvolgende) werkdag',
  next: 'volgende | aankomende',
  monthEnd:
    '(het einde/einde) van (de/deze) maand | einde van % | laatste dag van (%/de maand) | (het einde/einde) %',
  lateMonth: 'eind % | eind van % | eind van de maand | eind deze maand',
  wholeMonth: '(hele/heel) [maand] % | heel %',
  week: 'weken | week | wk',
  autoReply:
    'automatisch antwoord: | automatische (reactie/beantwoording): | auto-antwoord: | automatisch bericht:',
  left: 'niet meer (werkzaam/werkzaam bij/in dienst/bij/actief/verbonden) | (werk/werkt) … niet meer | werk niet (meer/langer) | uit dienst | heb* … verlaten | heeft … verlaten | niet langer (werkzaam/in dienst) | met pensioen | laatste werkdag was | mijn laatste werkdag',
  receipt:
    'ontvangstbevestiging | in goede orde ontvangen | hebben … ontvangen | uw (vraag/aanvraag/bestelling/verzoek) | ticket* | zaaknummer | bestelnummer | binnen … werkdagen | niet (beantwoorden/te beantwoorden)',
  ignore:
    'automatisch antwoord | bij terugkomst | na terugkomst | na mijn terugkomst | zodra ik (weer/terug) | wanneer ik (weer/terug) | als ik (weer/terug) | bij mijn terugkeer | dit antwoord | kom* … terug op | terug te bellen | belt … terug',
  contact:
    'contact op* | neem contact | contact opnemen | mail* naar | bel | bellen | vervang* | vervanger | waarneemt | waargenomen | vragen aan | dringende | spoed* | collega | terecht bij | richten aan | opvolger | opvolgster | bereiken via | neemt … waar | neemt … over | overgenomen | schrijf* naar | wenden tot',
  title: 'dhr. | mevr. | mw. | de heer | mevrouw | meneer | collega | mijn | dr. | ir.',
}
