/** Data: domains at which anybody can have a mailbox, so that a shared domain says nothing about a shared employer. Well-known providers only. */
export const freeMailDomains: ReadonlySet<string> = new Set(
  `
  gmail.com googlemail.com
  outlook.com outlook.fr outlook.de outlook.es outlook.it outlook.jp outlook.com.br outlook.co.uk
  hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it hotmail.nl hotmail.se hotmail.be hotmail.ca hotmail.co.jp hotmail.com.br
  live.com live.co.uk live.fr live.de live.it live.nl live.se live.be live.ca live.com.au live.com.mx live.dk live.no msn.com windowslive.com passport.com
  yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.in yahoo.co.in yahoo.co.jp yahoo.co.id yahoo.com.br yahoo.com.ar yahoo.com.au
  yahoo.com.mx yahoo.com.sg yahoo.com.ph yahoo.com.tw yahoo.com.hk yahoo.com.vn yahoo.co.nz yahoo.co.za yahoo.gr yahoo.ie yahoo.pl yahoo.ro yahoo.se
  ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aim.com verizon.net netscape.net
  icloud.com me.com mac.com
  proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me
  fastmail.com fastmail.fm hey.com zoho.com zohomail.com zohomail.eu zohomail.in hushmail.com mailfence.com posteo.de posteo.net posteo.org mailbox.org
  startmail.com runbox.com disroot.org riseup.net duck.com mozmail.com
  gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.us gmx.fr gmx.es gmx.co.uk web.de mail.com email.com usa.com europe.com asia.com post.com consultant.com
  t-online.de magenta.de freenet.de arcor.de online.de vodafone.de kabelmail.de 1und1.de alice.de alice-dsl.net unitybox.de
  aon.at chello.at a1.net bluewin.ch hispeed.ch sunrise.ch
  orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr numericable.fr cegetel.net club-internet.fr voila.fr aliceadsl.fr
  libero.it virgilio.it alice.it tin.it tim.it tiscali.it fastwebnet.it inwind.it iol.it email.it poste.it
  telefonica.net terra.es ono.com movistar.es
  sapo.pt mail.telepac.pt netcabo.pt
  telenet.be skynet.be proximus.be scarlet.be
  ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl hetnet.nl casema.nl chello.nl upcmail.nl tele2.nl online.nl
  btinternet.com btopenworld.com sky.com virginmedia.com virgin.net ntlworld.com talktalk.net blueyonder.co.uk tiscali.co.uk o2.co.uk plusnet.com plus.net
  eircom.net
  telia.com bredband.net comhem.se spray.se
  online.no getmail.no
  mail.dk jubii.dk tdcadsl.dk stofanet.dk ofir.dk
  luukku.com kolumbus.fi elisanet.fi saunalahti.fi suomi24.fi
  wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu poczta.onet.pl op.pl vp.pl gazeta.pl tlen.pl
  seznam.cz email.cz centrum.cz volny.cz atlas.cz post.cz azet.sk zoznam.sk centrum.sk
  freemail.hu citromail.hu indamail.hu t-online.hu
  abv.bg mail.bg
  mail.ru inbox.ru list.ru bk.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru lenta.ru
  ukr.net i.ua bigmir.net meta.ua
  inbox.lv inbox.lt mail.ee hot.ee
  otenet.gr forthnet.gr
  mynet.com
  walla.co.il walla.com 012.net.il bezeqint.net netvision.net.il
  comcast.net xfinity.com att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net swbell.net snet.net cox.net charter.net spectrum.net
  earthlink.net mindspring.com juno.com netzero.net netzero.com optonline.net optimum.net frontier.com frontiernet.net windstream.net centurylink.net
  centurytel.net embarqmail.com q.com suddenlink.net roadrunner.com twc.com rr.com mchsi.com cableone.net excite.com lycos.com
  rogers.com sympatico.ca shaw.ca telus.net videotron.ca bell.net cogeco.ca eastlink.ca sasktel.net mts.net
  uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com oi.com.br r7.com zipmail.com.br
  prodigy.net.mx fibertel.com.ar ciudad.com.ar arnet.com.ar speedy.com.ar
  bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au internode.on.net westnet.com.au dodo.com.au
  xtra.co.nz slingshot.co.nz orcon.net.nz
  rediffmail.com rediff.com sify.com indiatimes.com in.com
  qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn 21cn.com aliyun.com tom.com
  naver.com hanmail.net daum.net nate.com kakao.com
  docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp so-net.ne.jp ocn.ne.jp
  mweb.co.za webmail.co.za telkomsa.net vodamail.co.za
  `
    .trim()
    .split(/\s+/),
)
