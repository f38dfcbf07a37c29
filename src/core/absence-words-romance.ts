/** Absence notes in French, Spanish, Portuguese, Italian and Romanian: a table of words, in the notation of `absence-words.ts`. */
import type { AbsenceWords } from './absence-words.ts'

export const french: AbsenceWords = {
  code: 'fr',
  tells:
    'je suis et du au de le la les jusqu retour absent absente votre vous mon en congés pour à bureau nous serai ne pas avec dès par message bonjour merci contacter sera est des partir',
  order: 'dmy',
  months: [
    'janvier | janv | jan',
    'février | fevrier | févr | fév',
    'mars',
    'avril | avr',
    'mai',
    'juin',
    'juillet | juil',
    'août | aout',
    'septembre | sept',
    'octobre | oct',
    'novembre | nov',
    'décembre | decembre | déc | dec',
  ],
  weekdays: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  shortWeekdays: ['lun', 'mar', 'mer', 'jeu', 'ven', 'sam', 'dim'],
  dayMark: 'er|ᵉʳ|e',
  glue: 'le|de',
  bareDay: '(?:le|au) (\\d{1,2})(?:er)?(?= ?(?:[.,;!)\\n]|inclus|au matin|$))',
  filler:
    'le | la | du | au | à | environ | vers | soir | matin | compris | inclus | ce | cette | prochain | dès | y compris | courant | en date du',
  back: 'retour | de retour | reviens | revient | reviendrai | reviendra | reprends | reprendrai | reprise | reprendra | rentre | rentrerai | joignable | disponible | rouvr* | réouvr* | ouverture | répondrai | répondrons | réponds | traiterai | traiterons | lirai | présent | présente | de nouveau | à nouveau | prendrai connaissance | recontacte* | recontacter | contacterai | reprenons | accueill* | retrouve* | premier jour | au bureau | consulterai | reviendrons | serai là | à votre disposition | rappellerai | serons là',
  away: "absent | absente | absents | absence | en congé* | en vacances | congé* (maternité/parental/paternité/annuel/maladie/payé*/sans solde) | hors du bureau | pas au bureau | arrêt (maladie/de travail) | en arrêt | en déplacement | indisponible | (pas/plus) (disponible/joignable/présent/présente) | (sera/est/sont/seront/restera/resteront/serons) [exceptionnellement] fermé* | fermeture | fermé* (du/jusqu*/pour) | en rtt | rtt | télétravail | en formation | en séminaire | en voyage | (accès limité/accès restreint) | accès … (limité/restreint) | (ne/n'ai) … accès … (messagerie/mails/e-mails) | ne … (lis/consulte) … (mails/messages/messagerie) | sabbatique | en mission | au salon | (rarement/ponctuellement/irrégulièrement/occasionnellement) | ne travaille pas le | injoignable | jour de repos | congés | en réunion | à mon retour",
  awayHint:
    'congés | vacances | salon | formation | conférence | séminaire | réunion | pont | partir | fermons | ferme | fermés | fermé* | parti | partie | foire',
  limited:
    '(limité*/restreint*/rarement/ponctuellement/irrégulièrement/occasionnellement/intermittent/difficilement/épisodiquement)',
  until: "jusqu'au | jusqu'à | jusqu'a | jusqu'en | jusqu'aux | jusque",
  through: "jusqu'au … inclus § | jusqu'à § (inclus/compris)",
  inclusive: 'inclus | incluse | compris | inclusivement | y compris | au soir',
  from: 'à partir du | à partir de | à compter du | à compter de | dès le | dès | depuis le | depuis | du | de',
  after: 'après | après le | au-delà du | passé le',
  notBefore:
    "pas … avant | pas avant | qu'à partir du | qu'à partir de | qu'à compter du | que le | que | qu'au | qu'à | seulement le | seulement à partir du | au plus tôt",
  notBack: "(ne/n') … (reviendrai/retour/rentre*/reprend*) … jusqu*",
  by: "avant | d'ici | au plus tard | sous",
  about:
    'environ | vers | aux alentours du | probablement | sans doute | normalement | en principe | autour du | § ou | prévu*',
  lastDay: "dernier jour (de congé/de congés/d'absence/de vacances) [est]",
  to: "au | à | jusqu'au | jusqu'à | et jusqu'au | et jusqu'à | a",
  between: 'entre',
  and: 'et | mais | puis | ensuite',
  today: "aujourd'hui | ce jour | dans la journée",
  tomorrow: 'demain | demain matin',
  overmorrow: 'après-demain | après demain',
  thisAfternoon:
    "cet après-midi | cet après midi | ce soir | dans l'après-midi | en fin de journée | en début d'après-midi | tantôt",
  nextWeek: '(la semaine/semaine) prochaine | semaine suivante | la semaine qui vient',
  thisWeek: '(cette/toute la/la) semaine | fin de [la] semaine | fin de cette semaine',
  nextWorkday: 'prochain jour (ouvré/ouvrable) | jour (ouvré/ouvrable) suivant',
  next: 'prochain | prochaine | suivant',
  monthEnd:
    "(la fin/fin) du mois de % | la fin du mois [d'%] | la fin (de %/d'%) | (dernier jour) (de %/d'%/du mois) | fin du mois | (la fin du mois d'%)",
  lateMonth: "fin % | (fin du mois d'%) | fin de mois",
  wholeMonth: "(tout le mois/le mois entier) (de %/d'%) | tout %",
  week: 'semaines | semaine | sem. | s',
  autoReply:
    'réponse automatique : | réponse automatique: | reponse automatique : | réponse auto: | réponse auto : | message automatique:',
  left: "quitté [définitivement] (la société/l'entreprise/notre société/notre entreprise/le groupe/mes fonctions/mon poste/ses fonctions/la maison/nos équipes) | (ai/a) quitté | ne (travaille/fais/fait) plus [partie] | plus (partie/salarié/salariée/employé/en poste/dans l'entreprise) | ne fait plus partie | n'est plus (en poste/dans/salarié/chez/joignable à cette) | à la retraite | en retraite | plus (chez/au sein)",
  receipt:
    "accusé de réception | avons bien reçu | bien reçu votre | votre (demande/commande/candidature) | ticket* | numéro de (dossier/demande/commande) | merci d'avoir contacté | dossier n° | ne pas répondre",
  ignore:
    "réponse automatique | (dès/à/après) mon retour | de retour vers vous | revenons vers vous | reviendrons vers vous | reviendrai vers vous | reviens vers vous | ne pas répondre | répondre à ce | être de retour | retour d'information",
  contact:
    'contacter | contactez | contact | urgen* | adress* | appel* | joindre | remplaç* | remplacé* | en mon absence | interlocut* | écrire à | écrivez | collègue | successeur | prend le relais | relais | pendant mon absence | tournez | intérim | solliciter',
  title: 'm. | mme | mlle | monsieur | madame | mon | ma | collègue | dr | me | monsieur',
}

export const spanish: AbsenceWords = {
  code: 'es',
  tells:
    'estoy y de el la los hasta vuelvo regreso fuera oficina vacaciones en mi no para con por su del al estaré gracias mensaje correo volveré lunes contactar contacte me que ausente será partir será urgente',
  order: 'dmy',
  months: [
    'enero | ene',
    'febrero | feb',
    'marzo | mar',
    'abril | abr',
    'mayo | may',
    'junio | jun',
    'julio | jul',
    'agosto | ago',
    'septiembre | setiembre | sept | sep | set',
    'octubre | oct',
    'noviembre | nov',
    'diciembre | dic',
  ],
  weekdays: ['lunes', 'martes', 'miércoles | miercoles', 'jueves', 'viernes', 'sábado | sabado', 'domingo'],
  shortWeekdays: ['lun', 'mar', 'mié | mie', 'jue', 'vie', 'sáb | sab', 'dom'],
  dayMark: 'º|°|ero|er|o',
  glue: 'de|del|el|día|dia|al',
  bareDay: '(?:el|día|al|del) (\\d{1,2})(?= ?(?:[.,;!)\\n]|inclus|por la|$))',
  filler:
    'el | la | del | día | dia | próximo | este | aproximadamente | pasado | de | las | primera hora | al menos | inclusive | mismo | mañana | mes de',
  back: 'vuelvo | volveré | volvemos | volveremos | regreso | regresaré | regresamos | regresaremos | retorno | retornaré | reincorpor* | reanud* | atenderé | atenderemos | contestaré | responderé | responderemos | leeré | disponible | reabr* | abrimos | abrirá* | de vuelta | de regreso | de nuevo | nuevamente | incorporo | incorporaré | vuelta | estaré en la oficina | estaré de | contactaré | contacto con usted | pondré en contacto | primer día | localizable | respondo | contesto | vuelva a contactar | operativo | operativa | retomaré | retomo | escríbame | contácteme',
  away: 'fuera de [la] (oficina/despacho) | de vacaciones | vacaciones | ausente | ausencia | estoy de baja | baja (médica/laboral/maternal/paternal/de maternidad/de paternidad/por enfermedad/por maternidad/por paternidad) | permiso (de/por/parental) | licencia (de/por/médica) | estoy fuera | estaré fuera | no (estoy/estaré/me encuentro) | no (disponible/localizable) | de viaje | viaje de (negocios/trabajo) | (oficina*/empresa/oficinas/despacho) … cerrad* | cerramos | cerrado | cerrada | cerradas | cerrados | cierre | acceso (limitado/restringido) | sin acceso | acceso … (limitado/restringido) | (no leo/no leeré/no reviso/no revisaré/no consulto) | excedencia | sabático | en un (curso/congreso) | en una (feria/formación/conferencia) | en la feria | días libres | día libre | descanso | (esporádicamente/ocasionalmente/puntualmente/rara vez) | inhábil | de puente | periodo vacacional | estaré en [la/el] (feria/congreso/salón/conferencia)',
  awayHint:
    'fuera | feria | congreso | curso | reunión | viaje | vacaciones | conferencia | puente | cerramos | cierra | libre | salgo | formación ',
  limited:
    '(limitad*/restringid*/esporádicamente/ocasionalmente/puntualmente/rara vez/intermitente*/con retraso/poca frecuencia/solo de vez)',
  until: 'hasta | hasta el',
  through: 'hasta e incluyendo | hasta el final del',
  inclusive: 'inclusive | incluido | incluida | inclusivo | ambos | incluidos | incluyendo',
  from: 'a partir de | a partir del | desde | desde el | del | de | partir del',
  after: 'después de | después del | despues del | tras | tras el | pasado el | posterior al',
  notBefore:
    'no … antes de | no … antes del | no antes de | no antes del | recién | recién el | sólo a partir de | solo a partir de | solo a partir del | no … hasta dentro | como pronto',
  notBack:
    'no (volveré/regreso/regresaré/vuelvo/volvemos/regresamos/retorno/retornaré/reincorporo/reincorporaré/me reincorporo/me reincorporaré/estaré de vuelta/estaré de regreso/volveremos/regresaremos/abriremos/abrimos/atenderé/atenderemos/responderé/contestaré) … hasta',
  by: 'antes de | antes del | a más tardar | como máximo | en un plazo',
  about:
    'aproximadamente | alrededor del | sobre el | hacia | hacia el | probablemente | posiblemente | previsto | prevista | previsiblemente | § o | en torno al',
  lastDay: 'último día (de vacaciones/de ausencia/de baja) [es] [el]',
  to: 'al | a | hasta | hasta el | y hasta el | y hasta',
  between: 'entre',
  and: 'y | e | pero | luego | después',
  today: 'hoy | el día de hoy',
  tomorrow: 'mañana [por la mañana] | mañana por la (mañana/tarde) | el día de mañana',
  overmorrow: 'pasado mañana',
  thisAfternoon:
    'esta (tarde/noche) | hoy por la tarde | por la tarde | a mediodía | más tarde hoy | después de comer',
  nextWeek: '(la próxima/próxima/la siguiente) semana | la semana (que viene/próxima/siguiente/entrante)',
  thisWeek: '(esta/toda la/la) semana | fin[al] de [la] semana | finales de [la/esta] semana',
  nextWorkday: '(próximo/siguiente) día (hábil/laborable)',
  next: 'próximo | siguiente | que viene',
  monthEnd: '(fin/final/el fin/el final) (de mes/del mes/de %/del mes de %) | último día (de %/del mes)',
  lateMonth: '(finales/fines/a finales/a fines) (de %/de mes/del mes)',
  wholeMonth: '(todo el mes/el mes) de % | todo %',
  week: 'semanas | semana',
  autoReply: 'respuesta automática: | respuesta automatica: | autorrespuesta: | contestación automática:',
  left: 'ya no (trabajo/trabaja/formo/forma/pertenezco/pertenece/labora/laboro/estoy en/está en/presta) | (he/ha) (dejado/causado baja/abandonado) | dejé (la empresa/de trabajar) | dejó de (trabajar/laborar) | dejado de (trabajar/formar) | me he jubilado | se ha jubilado | mi último día [de trabajo] (fue/en) | ya no (soy/es) | desvinculad*',
  receipt:
    'acuse de recibo | hemos recibido | ha sido (recibid*/registrad*) | su (solicitud/pedido/consulta/candidatura) | ticket* | número de (caso/solicitud/pedido) | gracias por (contactar/contactarnos/su pedido/ponerse en contacto) | no responda | recibimos su | hemos registrado',
  ignore:
    'respuesta automática | a mi (regreso/vuelta/retorno) | en cuanto (vuelva/regrese/retorne) | cuando (vuelva/regrese) | no responda | responder a este | tras mi (regreso/vuelta)',
  contact:
    'contactar | contacte | contacten | contacto | urgen* | diríjase | dirigirse | escriba | escribir | llame | llamar | sustitu* | suplente | reemplaz* | en mi ausencia | puede ayudar* | ayudar | compañer* | verla con | comuníquese | comunicarse | hable con | atenderá | reempla* | su nuevo contacto | puede escribir',
  title:
    'sr. | sra. | srta. | d. | dña. | don | doña | mi | compañero | compañera | colega | ing. | lic. | dr. | dra. | señor | señora',
}

export const portuguese: AbsenceWords = {
  code: 'pt',
  tells:
    'estou e de o a os até volto regresso fora escritório férias em meu minha não para com por seu do ao estarei obrigado obrigada mensagem email voltarei segunda contactar contato me que ausente dia será partir da no na retorno',
  order: 'dmy',
  months: [
    'janeiro | jan',
    'fevereiro | fev',
    'março | marco | mar',
    'abril | abr',
    'maio | mai',
    'junho | jun',
    'julho | jul',
    'agosto | ago',
    'setembro | set',
    'outubro | out',
    'novembro | nov',
    'dezembro | dez',
  ],
  weekdays: [
    'segunda-feira | segunda feira | segunda',
    'terça-feira | terça feira | terça',
    'quarta-feira | quarta feira | quarta',
    'quinta-feira | quinta feira | quinta',
    'sexta-feira | sexta feira | sexta',
    'sábado',
    'domingo',
  ],
  shortWeekdays: [
    'seg | 2ª feira | 2ª-feira',
    'ter | 3ª feira',
    'qua | 4ª feira',
    'qui | 5ª feira',
    'sex | 6ª feira',
    'sáb',
    'dom',
  ],
  dayMark: 'º|°|o',
  glue: 'de|do|dia|o|a',
  bareDay: '(?:dia|o dia|ao dia) (\\d{1,2})(?= ?(?:[.,;!)\\n]|inclus|de manhã|$))',
  filler:
    'o | a | ao | à | do | dia | no | na | próximo | próxima | este | esta | aproximadamente | de | e incluindo | em | pelo menos | cerca de | inclusive | início do',
  back: 'volto | voltarei | voltamos | voltaremos | regresso | regressarei | regressamos | regressaremos | retorno | retornarei | retornamos | retornaremos | retomo | retomarei | retomamos | reabr* | reabertura | respondo | responderei | responderemos | lerei | disponível | de volta | novamente | de novo | contactável | atenderei | atenderemos | estarei no escritório | presente | contactarei | entrarei em contato | entrarei em contacto | primeiro dia | volta | abrimos | reiniciamos | operacional | retornar | contactar-me | entre em contato novamente',
  away: 'fora do [meu] escritório | fora do escritorio | ausente | ausência | de férias | em férias | férias | de licença | em licença | licença* | licença-* | estou de baixa | baixa (médica/por doença/de parto) | não (estou/estarei/me encontro) | não (disponível/contactável) | indisponível | em viagem | viagem de (negócios/trabalho/serviço) | (escritório*/empresa/escritórios/loja) … (fechad*/encerrad*) | encerrad* | fechado | fechada | fechados | fechadas | encerramento | recesso | acesso (limitado/restrito) | sem acesso | acesso … (limitado/restrito) | (não leio/não lerei/não consulto/não verifico) | sabática | sabático | em formação | em (treinamento/conferência/reunião/feira) | na (feira/conferência) | numa (feira/conferência/formação) | de folga | folga | feriado prolongado | (esporadicamente/ocasionalmente/raramente) | afastado | afastada | estarei (na/no/numa/em) … (feira/conferência/congresso)',
  awayHint:
    'fora | feira | congresso | curso | reunião | viagem | férias | conferência | ponte | fechamos | encerramos | formação | saio | evento',
  limited:
    '(limitad*/restrit*/esporadicamente/ocasionalmente/raramente/intermitente/com atraso/pontualmente/pouco acesso/só de vez)',
  until: 'até | até ao | até o | até à',
  through: 'até e incluindo | até ao final do dia',
  inclusive: 'inclusive | incluído | inclusivamente | incluindo | ambos | incluídos',
  from: 'a partir de | a partir do | a partir da | desde | desde o | de | do | a contar de',
  after: 'após | após o | depois de | depois do | depois da',
  notBefore:
    'só | só a | só em | só no | só dia | só volto | só regresso | só a partir de | apenas a | apenas a partir de | apenas em | não … antes de | não … antes do | não antes de | somente em | somente a partir de | só … (a/em/no dia/dia) | apenas … (a/em/no dia/dia) | somente … (a/em/no dia/dia)',
  notBack:
    'não (volto/voltarei/regresso/regressarei/retorno/retornarei/estarei de volta/voltaremos/reabrimos/atenderei/responderei) … até',
  by: 'antes de | antes do | no máximo | o mais tardar | dentro de',
  about:
    'aproximadamente | por volta de | por volta do | cerca de | provavelmente | possivelmente | previsto | prevista | previsto para | em princípio | § ou',
  lastDay: 'último dia (de férias/de ausência/de licença) [é]',
  to: 'a | ao | até | até ao | até o | e até | à',
  between: 'entre',
  and: 'e | mas | depois',
  today: 'hoje | o dia de hoje',
  tomorrow: 'amanhã [de manhã] | amanhã',
  overmorrow: 'depois de amanhã',
  thisAfternoon:
    'hoje à tarde | esta (tarde/noite) | à tarde | da parte da tarde | logo à tarde | mais tarde hoje | no período da tarde | depois do almoço',
  nextWeek:
    '(a próxima/na próxima/próxima/a) semana [que vem] | semana que vem | próxima semana | semana seguinte',
  thisWeek: '(esta/toda a/nesta/esta) semana | fim da semana | final da semana',
  nextWorkday: 'próximo dia útil | dia útil seguinte',
  next: 'próximo | próxima | que vem',
  monthEnd: '(fim/final/o fim/o final) (do mês/de %/do mês de %) | último dia (de %/do mês)',
  lateMonth: '(finais/finais do mês) (de %) | finais de % | finais do mês',
  wholeMonth: '(todo o mês/o mês) de % | todo o %',
  week: 'semanas | semana',
  autoReply: 'resposta automática: | resposta automatica: | resposta automática de ausência:',
  left: '(já não/não) (trabalho/trabalha/faço/faz/pertence/pertenço) [mais/parte] | não trabalh* mais | não (faz/faço) mais parte | já não (trabalh*/faz/faço/se encontra/integra/exerce/estou/está) | deixei (a empresa/de trabalhar) | deixou (a empresa/de trabalhar) | (deixou/deixei) § | desliguei | desligou-se | fui desligad* | me aposentei | reformei-me | reformou-se | aposentou-se | saí da (empresa/companhia) | saiu da empresa | meu último dia (foi/na)',
  receipt:
    'recebemos | confirmação de recebimento | confirmação de receção | acusamos | foi (recebid*/registad*/registrad*) | seu (pedido/chamado/ticket) | sua (solicitação/encomenda/candidatura) | ticket* | número do (pedido/processo/chamado) | protocolo | obrigado por (contactar/contatar/entrar em contato) | não responda',
  ignore:
    'resposta automática | (no/ao/após o/após) meu (regresso/retorno) | quando (voltar/regressar/eu voltar) | assim que (voltar/regressar/retornar) | logo que (volte/regresse) | não responda | responder a este | de volta a si | quando eu (voltar/regressar)',
  contact:
    'contactar | contacte | contate | contatar | contacto | contato | urgen* | dirija-se | escreva | escrever | ligue | ligar | substitu* | na minha ausência | fale com | falar com | colega | procure | atend* | responsável | entre em contato | encaminh* | sucessor* | ajudar',
  title:
    'sr. | sra. | dr. | dra. | o meu colega | a minha colega | colega | meu | minha | eng. | senhor | senhora',
}

export const italian: AbsenceWords = {
  code: 'it',
  tells:
    'sono e il la dal al fino rientro rientrerò ufficio ferie in mia mio non per con da del sarò grazie messaggio mail tornerò lunedì contattare assente che di gli nel alla risponderò prossima urgenze torno',
  order: 'dmy',
  months: [
    'gennaio | gen | genn',
    'febbraio | feb | febb',
    'marzo | mar',
    'aprile | apr',
    'maggio | mag',
    'giugno | giu',
    'luglio | lug',
    'agosto | ago',
    'settembre | set | sett',
    'ottobre | ott',
    'novembre | nov',
    'dicembre | dic',
  ],
  weekdays: [
    'lunedì | lunedi',
    'martedì | martedi',
    'mercoledì | mercoledi',
    'giovedì | giovedi',
    'venerdì | venerdi',
    'sabato',
    'domenica',
  ],
  shortWeekdays: ['lun', 'mar', 'mer', 'gio', 'ven', 'sab', 'dom'],
  dayMark: '°|º',
  glue: "di|il|del|l'",
  bareDay: '(?:il|al|dal|giorno) (\\d{1,2})(?= ?(?:[.,;!)\\n]|compreso|incluso|mattina|$))',
  filler:
    "il | lo | la | l' | al | dal | del | al giorno | giorno | a | prossimo | circa | di | e incluso | compreso | in data | tutto il | tutto | questo | almeno | verso | mattina",
  back: 'rientro | rientrerò | rientrerà | rientriamo | rientreremo | torno | tornerò | torniamo | torneremo | ritorno | ritornerò | riapr* | riapertura | riprend* | ripresa | risponderò | risponderemo | rispondo | leggerò | disponibile | reperibile | raggiungibile | di nuovo | nuovamente | operativ* | presente | ricontatt* | contatterò | sarò in ufficio | primo giorno | in servizio | evaderò | a disposizione | sarò lieto | di ritorno',
  away: "fuori (ufficio/sede/dall'ufficio) | assente | assenza | assenti | in ferie | ferie | ferie fino | in congedo | congedo | maternità | paternità | in malattia | malattia | in vacanza | non (sono/sarò) (in ufficio/disponibile/reperibile/raggiungibile/in sede/al lavoro) | non disponibile | non raggiungibile | in trasferta | trasferta | in viaggio | viaggio di lavoro | uffici* … chius* | (chiusi/chiusa/chiusi/chiuso/chiuse) (per/dal/fino/da) | chiusura | (azienda/sede/ditta/stabilimento) … (chius*/chiude) | rimarr* chius* | saremo chiusi | accesso (limitato/saltuario) | accesso … (limitato/saltuario) | senza accesso | (non leggo/non leggerò/non consulto) | aspettativa | permesso | in fiera | alla fiera | in formazione | ad un corso | a un corso | (saltuariamente/sporadicamente/raramente/occasionalmente) | anno sabbatico | infortunio | leggerò … (saltuariamente/raramente)",
  awayHint:
    'fuori | fiera | congresso | corso | riunione | viaggio | ferie | conferenza | ponte | chiud* | chius* | cliente | vacanza | convegno | impegnato | formazione',
  limited: '(limitat*/saltuari*/sporadic*/raramente/occasionalmente/in ritardo/con ritardo/difficoltà)',
  until: "fino al | fino all' | fino a | fino | sino al | sino a",
  through: 'fino a tutto | fino a tutto il | sino a tutto | fino al giorno § compreso | a tutto il',
  inclusive: 'compreso | compresi | incluso | inclusi | inclusa | estremi compresi',
  from: "dal | dall' | da | a partire dal | a partire da | a decorrere dal | a far data dal",
  after: "dopo | dopo il | dopo l' | successivamente al",
  notBefore:
    "non … prima di | non … prima del | non prima di | non prima del | solo dal | solo a partire dal | soltanto dal | solo il | non … prima dell' | solo | soltanto",
  notBack: 'non (rientrerò/tornerò/rientro/torno/sarò di ritorno/riapriremo/risponderò) … (fino/sino)',
  by: 'entro | entro il | prima di | prima del | entro e non oltre',
  about:
    'circa | verso | intorno al | probabilmente | presumibilmente | previsto | prevista | indicativamente | § o | salvo imprevisti | orientativamente',
  lastDay: 'ultimo giorno (di ferie/di assenza/di congedo) [è]',
  to: "al | all' | a | fino al | fino all' | sino al | ad | e fino al",
  between: 'tra | fra',
  and: 'e | ed | ma | poi',
  today: 'oggi | odierna | giornata odierna',
  tomorrow: 'domani [mattina] | domattina',
  overmorrow: 'dopodomani',
  thisAfternoon:
    'oggi pomeriggio | questo pomeriggio | nel pomeriggio | stasera | in serata | più tardi oggi | dopo pranzo',
  nextWeek: '(la prossima/prossima/la) settimana [prossima] | settimana prossima | la settimana entrante',
  thisWeek:
    '(questa/tutta la/in) settimana | fine settimana | fine della settimana | fine di questa settimana',
  nextWorkday: '(prossimo/primo/successivo) giorno (lavorativo/utile/feriale) | giorno lavorativo successivo',
  next: 'prossimo | prossima',
  monthEnd:
    '(alla fine/la fine/fine) (di %/del mese/del mese di %) | ultimo giorno (di %/del mese) | alla fine del mese | fine mese',
  lateMonth: 'fine % | fine di % | a fine % | fine mese',
  wholeMonth: '(tutto il mese/il mese) di % | tutto %',
  week: 'settimane | settimana',
  autoReply: 'risposta automatica: | risposta automatica : | risposta automatica di assenza:',
  left: 'non (lavoro/lavora/opera/opero/collabora/collaboro/presta) più | non (fa/faccio) più parte | non (è/sono) più (in azienda/in forza/dipendente/operativo/alle dipendenze) | (ha/ho) lasciato | (è/sono) (andato/andata) in pensione | cessato | (ha/ho) concluso (il/la) | ultimo giorno di lavoro è stato | non è più',
  receipt:
    'abbiamo ricevuto | ricevuto la (sua/tua/vostra) | conferma di (ricezione/ricevimento) | è stat* (ricevut*/registrat*) | (sua/vostra/tua) (richiesta/candidatura) | suo ordine | vostro ordine | ticket* | numero (di pratica/pratica/ticket/ordine) | grazie per averci contattato | non rispondere | presa in carico',
  ignore:
    'risposta automatica | al mio (rientro/ritorno) | al rientro | quando (torno/tornerò/rientro) | appena (torno/rientro/possibile) | non rispondere | rispondere a questo | dopo il mio rientro | non appena (rientro/torno)',
  contact:
    'contattare | contatti | contatto | contattate | urgen* | rivolgersi | rivolgetevi | si rivolga | scrivere | scriva | scrivete | chiamare | chiami | sostitu* | in mia assenza | collega | far riferimento | può scrivere | subentr* | inoltr* | referente | aiutare | risponde',
  title:
    'sig. | sig.ra | sig.na | dott. | dott.ssa | ing. | rag. | geom. | il mio | la mia | collega | signor | signora | avv.',
}

export const romanian: AbsenceWords = {
  code: 'ro',
  tells:
    'sunt și până la în pe de nu cu voi revin birou concediu mulțumesc mesaj pentru vă rog contactați din este absent absența întorc va luni mesajul dumneavoastră reveni disponibil la azi astăzi mâine',
  order: 'dmy',
  months: [
    'ianuarie | ian',
    'februarie | feb',
    'martie | mar',
    'aprilie | apr',
    'mai',
    'iunie | iun',
    'iulie | iul',
    'august | aug',
    'septembrie | sept | sep',
    'octombrie | oct',
    'noiembrie | nov | noi',
    'decembrie | dec',
  ],
  weekdays: [
    'luni',
    'marți | marţi | marti',
    'miercuri',
    'joi',
    'vineri',
    'sâmbătă | sambata',
    'duminică | duminica',
  ],
  shortWeekdays: ['lun', 'mar', 'mie', 'joi', 'vin', 'sâm', 'dum'],
  dayMark: '',
  glue: 'pe|din|data de|la',
  bareDay: '(?:pe|de|data de) (\\d{1,2})(?= ?(?:[.,;!)\\n]|inclusiv|$))',
  filler:
    'la | pe | data de | data | în | de | aproximativ | cel puțin | dimineața | ziua de | seara | inclusiv | și | cel mai devreme | cu',
  back: 'revin | revenim | voi reveni | reveni | întorc | întoarcem | întoarce | înapoi | din nou | disponibil* | răspunde | răspund | răspundem | citi | redeschid* | deschid* | reluăm | reiau | relua | contacta | la birou | prima zi | revenirea | revenire | contactez | activitatea | voi fi la | revedem | scriu | sun | scrie | vă aștept | aștept | reluăm | reiau | vedem | răspunde',
  away: 'lipsesc | lipsim | lipsi | nu sunt în | nu mă aflu | nu mă găsesc | nu suntem | ieșit* | maternitate | creștere a copilului | vacanță | vacanța | deplas* | călător* | biroul … închis | firma … închisă | vom fi închiși | nu lucrăm | în ședință | o ședință | la un client | la client | o întâlnire | zi liberă | absent* | absenț* | absenţ* | în concediu | concediu* | concediul | nu sunt (la birou/în birou/disponibil*) | nu voi fi (la birou/disponibil*) | în afara biroului | plecat* | în delegație | delegaţie | delegație | deplasare | închis* | în vacanță | vacanță | (acces limitat/acces restricționat) | acces … (limitat/restricționat) | fără acces | indisponibil* | nu (citesc/verific) | (ocazional/sporadic/rar) | medical | învoit | liber | zile libere | conferință | un târg | un curs | la curs | la târg | particip la | sunt în călătorie',
  awayHint:
    'concediu | târg | curs | conferință | ședință | deplasare | închidem | închis | plec | liber | întâlnire',
  limited: '(limitat*/ocazional/sporadic/rar/restricționat/întârzier*)',
  until: 'până la | până pe | până în | până | pînă la | pana la | pana pe | pana in | până de',
  through: 'până inclusiv | până la sfârșitul zilei de | până și pe | până și inclusiv',
  inclusive: 'inclusiv | ambele zile',
  from: 'începând cu | începand cu | din | de la | de pe | incepand cu | dinspre | cu începere de la',
  after: 'după | dupa',
  notBefore:
    'nu … înainte de | nu înainte de | abia | abia pe | abia din | doar pe | abia … pe | abia … din | nu mai devreme de | de abia pe',
  notBack: 'nu (revin/voi reveni/mă întorc/mă voi întoarce/ne întoarcem/răspund/voi răspunde) … până',
  by: 'înainte de | cel târziu | în termen de | cel mult',
  about: 'aproximativ | în jurul datei de | în jur de | probabil | posibil | estimativ | § sau | în jurul',
  lastDay: 'ultima zi (de concediu/de absență) [este]',
  to: 'până la | până pe | până în | până | la | și până la | pana la | și',
  between: 'între | intre',
  and: 'și | iar | dar | apoi | şi | si',
  today: 'astăzi | azi | astazi',
  tomorrow: 'mâine [dimineață] | maine',
  overmorrow: 'poimâine',
  thisAfternoon:
    'după-amiază | azi după-amiază | după amiază | după-amiaza aceasta | diseară | după prânz | mai târziu astăzi | după-masă | după-amiaza',
  nextWeek: 'săptămâna (viitoare/următoare) | saptamana viitoare | săptămâna care vine',
  thisWeek: '(săptămâna aceasta/toată săptămâna) | sfârșitul săptămânii | săptămâna asta',
  nextWorkday: '(următoarea/prima) zi lucrătoare | ziua lucrătoare următoare',
  next: 'viitoare | următoare | viitor | următor',
  monthEnd: '(sfârșitul/finalul/sfârşitul) (lunii %/lunii/lui %) | ultima zi (din %/a lunii)',
  lateMonth: '(sfârșit/sfârșitul/finalul/finele) (de %/%) | finele lunii [%] | la sfârșit de %',
  wholeMonth: '(toată luna/întreaga lună) [%]',
  week: 'săptămânile | săptămâna',
  autoReply: 'răspuns automat: | raspuns automat: | răspuns automat :',
  left: 'nu mai (lucrez/lucrează/sunt/este/fac/face) [parte/angajat*] | (am/a) (părăsit/plecat din) | nu mai (activează/activez) | am ieșit la pensie | s-a pensionat | (mi-am/și-a) încheiat (activitatea/colaborarea) | nu mai face',
  receipt:
    'am (primit/înregistrat) | a fost (primit*/înregistrat*/recepționat*) | confirmare de primire | solicitarea (dumneavoastră/dvs) | cererea | comanda | numărul (solicitării/cererii/comenzii) | tichet* | ticket* | nu răspundeți | mulțumim că ne-ați contactat | zile lucrătoare',
  ignore:
    'răspuns automat | la întoarcere | la revenire | când (revin/mă întorc) | imediat ce (revin/mă întorc) | după ce (revin/mă întorc) | nu răspundeți | după revenire | după întoarcere | revenim cu un răspuns | reveni cu un răspuns',
  contact:
    'contacta* | contactați | contactaţi | urgen* | adresa* | adresați-vă | scrie* | scrieți | suna* | sunați | înlocui* | înlocuit | în lipsa mea | în absența mea | coleg* | persoană de contact | se ocupă | preluat* | preia | ajuta | legătura cu',
  title: 'dl. | dna. | d-na | d-l | domnul | doamna | colegul | colega | colegului | meu | mea | pe',
}
