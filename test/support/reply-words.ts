/** Data of the generated replies: what people write, in the languages of the world, and what their programs put around it. */

export interface Tongue {
  /** Nothing in these asks for anything to stop. */
  replies: readonly string[]
  /** Each asks not to be written to again. */
  optOuts: readonly string[]
  /** The line of a mail program above a quote. */
  attribution: string
  /** Outlook's block: From, Sent, To, Subject. */
  block: readonly [string, string, string, string]
  phone: string
}

/** Replies in which words stand that programs fall for. */
export const TRAPS: readonly string[] = [
  'Please remove the second line from the invoice, then we can sign.',
  'I will be out of office on Friday, so Thursday suits me better.',
  'Your last mail ended in spam, the delivery failed on our side at first. Sorry!',
  'Delivery failed? No, I got it. Let us talk on Monday.',
  'Our mailbox was full, please send the deck again.',
  'We moved our newsletter; how do customers unsubscribe in your product?',
  'What is your unsubscribe rate? And do you support opt-out by country?',
  'Can you stop by our office next week?',
  'Could you please remove Jane from the thread and add Tom instead?',
  'Undeliverable promises are what our last vendor made. Yours look real, let us meet.',
  '550 users would need it. What is the price?',
  'Please do not send the contract before the 12th, legal is away until then.',
  'Could we opt for the smaller plan? Nobody here wants the big one.',
  'Stop! Before we talk about price: does it work with SAP?',
  'No more questions from my side. When can we start?',
  'Automatic reply here, just kidding. I am interested.',
  'Please take me through the numbers on Tuesday.',
  'The address user unknown@example.com in your deck is a typo, I guess?',
  'Our spam filter rejected your attachment, could you share a link?',
  'Take Tuesday off the list, I am travelling. Wednesday works.',
]

export const TONGUES: Readonly<Record<string, Tongue>> = {
  en: {
    replies: [
      'Sounds great, Tuesday at ten works for me.',
      'Not interested, thanks.',
      'Could you send me the price list?\nWe are forty people.',
      'Please talk to Maria, she owns this now.',
      'Yes.',
    ],
    optOuts: [
      'Please remove me from your list.',
      'Stop emailing me.',
      'Unsubscribe',
      'Please do not contact me again.',
      'Take me off your mailing list, please.',
      'I do not want to receive any more emails from you.',
      'Please delete my data and never write to me again.',
    ],
    attribution: 'On Tue, 2 Mar 2027 at 09:00, Ann Acme <ann@acme.test> wrote:',
    block: ['From', 'Sent', 'To', 'Subject'],
    phone: 'Sent from my iPhone',
  },
  de: {
    replies: [
      'Klingt gut, Dienstag um zehn passt mir.',
      'Kein Bedarf, danke.',
      'Können Sie mir die Preisliste schicken?\nWir sind vierzig Leute.',
      'Bitte löschen Sie die zweite Position aus dem Angebot.',
    ],
    optOuts: [
      'Bitte nehmen Sie mich aus Ihrem Verteiler.',
      'Bitte schreiben Sie mir nicht mehr.',
      'Abmelden',
      'Ich möchte keine weiteren E-Mails von Ihnen erhalten.',
      'Löschen Sie bitte meine Daten.',
      'Bitte keine Mails mehr.',
    ],
    attribution: 'Am 02.03.2027 um 09:00 schrieb Ann Acme <ann@acme.test>:',
    block: ['Von', 'Gesendet', 'An', 'Betreff'],
    phone: 'Von meinem iPhone gesendet',
  },
  fr: {
    replies: [
      'Parfait, mardi à dix heures me convient.',
      'Pas intéressé, merci.',
      'Pouvez-vous retirer la deuxième ligne du devis ?',
    ],
    optOuts: [
      'Merci de me désinscrire de votre liste.',
      'Ne me contactez plus.',
      'Désinscription',
      'Je ne souhaite plus recevoir vos e-mails.',
      'Veuillez supprimer mon adresse de votre base de données.',
    ],
    attribution: 'Le mar. 2 mars 2027 à 09:00, Ann Acme <ann@acme.test> a écrit :',
    block: ['De', 'Envoyé', 'À', 'Objet'],
    phone: 'Envoyé de mon iPhone',
  },
  es: {
    replies: [
      'Perfecto, el martes a las diez me viene bien.',
      'No me interesa, gracias.',
      'Elimine la segunda línea de la factura, por favor.',
    ],
    optOuts: [
      'Por favor, elimíneme de su lista.',
      'No me escriban más.',
      'Quiero darme de baja.',
      'No deseo recibir más correos.',
      'Dejen de enviarme correos.',
    ],
    attribution: 'El mar, 2 mar 2027 a las 9:00, Ann Acme (<ann@acme.test>) escribió:',
    block: ['De', 'Enviado', 'Para', 'Asunto'],
    phone: 'Enviado desde mi iPhone',
  },
  it: {
    replies: [
      'Perfetto, martedì alle dieci va bene.',
      'Non mi interessa, grazie.',
      'Può togliere la seconda riga dal preventivo?',
    ],
    optOuts: [
      'Per favore cancellatemi dalla vostra lista.',
      'Non scrivetemi più.',
      'Non desidero più ricevere le vostre email.',
      'Vorrei disiscrivermi.',
      'Smettetela di scrivermi.',
    ],
    attribution: 'Il giorno mar 2 mar 2027 alle ore 09:00 Ann Acme <ann@acme.test> ha scritto:',
    block: ['Da', 'Inviato', 'A', 'Oggetto'],
    phone: 'Inviato da iPhone',
  },
  pt: {
    replies: [
      'Ótimo, terça às dez está bem para mim.',
      'Não tenho interesse, obrigado.',
      'Pode remover a segunda linha da fatura?',
    ],
    optOuts: [
      'Por favor, remova-me da lista.',
      'Não quero mais receber estes e-mails.',
      'Parem de me enviar e-mails.',
      'Quero cancelar a inscrição.',
    ],
    attribution: 'Em ter., 2 de mar. de 2027 às 09:00, Ann Acme <ann@acme.test> escreveu:',
    block: ['De', 'Enviado', 'Para', 'Assunto'],
    phone: 'Enviado do meu iPhone',
  },
  nl: {
    replies: [
      'Prima, dinsdag om tien uur komt me goed uit.',
      'Geen interesse, dank u.',
      'Kunt u de tweede regel van de factuur verwijderen?',
    ],
    optOuts: [
      'Haal mij van de lijst.',
      'Graag uitschrijven',
      'Stuur mij geen e-mails meer.',
      'Ik wil geen e-mails meer ontvangen.',
      'Neem geen contact meer met mij op.',
    ],
    attribution: 'Op di 2 mrt 2027 om 09:00 schreef Ann Acme <ann@acme.test>:',
    block: ['Van', 'Verzonden', 'Aan', 'Onderwerp'],
    phone: 'Verstuurd vanaf mijn iPhone',
  },
  sv: {
    replies: [
      'Låter bra, tisdag klockan tio passar mig.',
      'Inte intresserad, tack.',
      'Ta bort den andra raden från fakturan, tack.',
    ],
    optOuts: [
      'Vänligen ta bort mig från listan.',
      'Sluta mejla mig.',
      'Jag vill inte få fler mejl.',
      'Avregistrera mig',
    ],
    attribution: 'Den tis 2 mars 2027 kl 09:00 skrev Ann Acme <ann@acme.test>:',
    block: ['Från', 'Skickat', 'Till', 'Ämne'],
    phone: 'Skickat från min iPhone',
  },
  da: {
    replies: ['Det lyder godt, tirsdag kl. ti passer mig.', 'Ikke interesseret, tak.'],
    optOuts: [
      'Fjern mig fra jeres liste, tak.',
      'Jeg vil ikke modtage flere mails.',
      'Stop med at sende mig mails.',
      'Afmeld mig',
    ],
    attribution: 'Den tirs. 2. mar. 2027 kl. 09.00 skrev Ann Acme <ann@acme.test>:',
    block: ['Fra', 'Sendt', 'Til', 'Emne'],
    phone: 'Sendt fra min iPhone',
  },
  no: {
    replies: ['Høres bra ut, tirsdag klokken ti passer.', 'Ikke interessert, takk.'],
    optOuts: [
      'Vennligst fjern meg fra listen.',
      'Slutt å sende meg e-post.',
      'Jeg ønsker ikke flere e-poster fra dere.',
      'Meld meg av',
    ],
    attribution: 'tir. 2. mars 2027 kl. 09:00 skrev Ann Acme <ann@acme.test>:',
    block: ['Fra', 'Sendt', 'Til', 'Emne'],
    phone: 'Sendt fra min iPhone',
  },
  fi: {
    replies: ['Kuulostaa hyvältä, tiistai kello kymmenen sopii.', 'Ei kiinnosta, kiitos.'],
    optOuts: [
      'Poistakaa minut listalta.',
      'Älkää lähettäkö minulle enää viestejä.',
      'En halua enää saada sähköpostia teiltä.',
    ],
    attribution: 'ti 2. maalisk. 2027 klo 9.00 Ann Acme (ann@acme.test) kirjoitti:',
    block: ['Lähettäjä', 'Lähetetty', 'Vastaanottaja', 'Aihe'],
    phone: 'Lähetetty iPhonesta',
  },
  pl: {
    replies: [
      'Brzmi dobrze, wtorek o dziesiątej mi pasuje.',
      'Nie jestem zainteresowany, dziękuję.',
      'Proszę usunąć drugą pozycję z faktury.',
    ],
    optOuts: [
      'Proszę usunąć mnie z listy.',
      'Proszę nie pisać do mnie więcej.',
      'Nie chcę otrzymywać takich wiadomości.',
      'Wypisz mnie',
    ],
    attribution: 'wt., 2 mar 2027 o 09:00 Ann Acme <ann@acme.test> napisał(a):',
    block: ['Od', 'Wysłano', 'Do', 'Temat'],
    phone: 'Wysłane z iPhone',
  },
  cs: {
    replies: ['To zní dobře, úterý v deset mi vyhovuje.', 'Nemám zájem, děkuji.'],
    optOuts: [
      'Prosím odstraňte mě ze seznamu.',
      'Už mi prosím nepište.',
      'Nepřeji si dostávat další e-maily.',
      'Odhlásit',
    ],
    attribution: 'út 2. 3. 2027 v 9:00 odesílatel Ann Acme <ann@acme.test> napsal:',
    block: ['Od', 'Odesláno', 'Komu', 'Předmět'],
    phone: 'Odesláno z iPhonu',
  },
  ru: {
    replies: [
      'Отлично, вторник в десять мне подходит.',
      'Не интересно, спасибо.',
      'Удалите, пожалуйста, вторую строку из счёта.',
    ],
    optOuts: [
      'Пожалуйста, удалите меня из рассылки.',
      'Больше мне не пишите.',
      'Отпишите меня.',
      'Не хочу получать ваши письма.',
    ],
    attribution: 'вт, 2 мар. 2027 г. в 09:00, Ann Acme <ann@acme.test>:',
    block: ['От', 'Отправлено', 'Кому', 'Тема'],
    phone: 'Отправлено с iPhone',
  },
  tr: {
    replies: ['Harika, salı saat onda uygunum.', 'İlgilenmiyorum, teşekkürler.'],
    optOuts: [
      'Lütfen beni listeden çıkarın.',
      'Bana bir daha e-posta göndermeyin.',
      'Artık e-posta almak istemiyorum.',
    ],
    attribution: 'Ann Acme <ann@acme.test>, 2 Mar 2027 Sal, 09:00 tarihinde şunu yazdı:',
    block: ['Kimden', 'Gönderildi', 'Kime', 'Konu'],
    phone: "iPhone'umdan gönderildi",
  },
  ja: {
    replies: ['ありがとうございます。火曜日の10時でお願いします。', '今回は見送ります。'],
    optOuts: ['配信を停止してください。', '今後メールを送らないでください。', 'リストから削除してください。'],
    attribution: '2027年3月2日(火) 9:00 Ann Acme <ann@acme.test>:',
    block: ['差出人', '送信日時', '宛先', '件名'],
    phone: 'iPhoneから送信',
  },
  zh: {
    replies: ['好的，周二十点可以。', '暂时不需要，谢谢。'],
    optOuts: ['请不要再给我发邮件。', '请把我从列表中删除。', '退订'],
    attribution: 'Ann Acme <ann@acme.test> 于2027年3月2日周二 09:00写道：',
    block: ['发件人', '发送时间', '收件人', '主题'],
    phone: '发自我的 iPhone',
  },
}
