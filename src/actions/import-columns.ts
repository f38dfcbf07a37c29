/** What a column of an imported file can mean, and what its name suggests, in the languages that contact lists come in. A table and its reading. */

export const CONTACT_FIELDS = [
  ['email', 'Email'],
  ['email_status', 'Email status'],
  ['name', 'Full name'],
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['title', 'Job title'],
  ['organization_name', 'Company'],
  ['website_url', 'Website'],
  ['linkedin_url', 'LinkedIn'],
  ['direct_phone', 'Direct phone'],
  ['mobile_phone', 'Mobile phone'],
  ['corporate_phone', 'Company phone'],
  ['home_phone', 'Home phone'],
  ['other_phone', 'Other phone'],
  ['street_address', 'Street'],
  ['city', 'City'],
  ['state', 'State or region'],
  ['country', 'Country'],
  ['postal_code', 'Postal code'],
  ['present_raw_address', 'Address in one line'],
  ['time_zone', 'Time zone'],
  ['job_changed', 'Works elsewhere now (yes or no)'],
  ['label_names', 'Lists, separated by commas'],
] as const
export const SUPPRESSION_FIELDS = [['value', 'Address or domain']] as const

export type ContactField = (typeof CONTACT_FIELDS)[number][0]
export type ImportKind = 'contacts' | 'suppressions'
/** A column of the file -> a field; `custom:<name>` is a field of the team's own. Columns left out are not read. */
export type Mapping = Readonly<Record<string, string>>

export const CUSTOM = 'custom:'

export function fieldsOf(kind: ImportKind): readonly (readonly [string, string])[] {
  return kind === 'contacts' ? CONTACT_FIELDS : SUPPRESSION_FIELDS
}

/** Names of columns as exports of mail programs, CRMs and spreadsheets write them; compared without case, accents and signs. */
const NAMES: Record<ContactField, string> = {
  email:
    'email, e-mail, mail, email address, e-mail address, emailadresse, e-mail-adresse, mailadresse, adresse e-mail, adresse mail, courriel, correo, correo electronico, correo electrónico, indirizzo email, posta elettronica, e-postadress, epost, e-post, e-mailadres, work email, business email, primary email, contact email, email 1, e-mail 1 - value, endereço de e-mail, e-mail corporativo, メールアドレス, メール, 电子邮件, 邮箱, электронная почта, почта',
  email_status: 'email status, email verification status, e-mail-status, statut de l’e-mail',
  job_changed: 'job change, job changed, changed jobs, job change detected',
  name: 'name, full name, contact name, contact, person, vollständiger name, ansprechpartner, kontakt, nom complet, nombre completo, nome completo, nominativo, naam, volledige naam, namn, 氏名, 名前, 姓名, имя и фамилия, фио',
  first_name:
    'first name, firstname, given name, forename, vorname, prénom, prenom, nombre, nombres, primer nombre, nome, voornaam, förnamn, fornavn, etunimi, imię, imie, 名, имя, first',
  last_name:
    'last name, lastname, surname, family name, nachname, familienname, zuname, nom, nom de famille, apellido, apellidos, cognome, sobrenome, apelido, achternaam, efternamn, etternavn, sukunimi, nazwisko, 姓, фамилия, last',
  title:
    'title, job title, position, role, job, function, jobtitel, berufsbezeichnung, stellenbezeichnung, funktion, titre, poste, fonction, cargo, puesto, título, ruolo, posizione, qualifica, functie, befattning, 役職, 职位, должность, headline',
  organization_name:
    'company, company name, organization, organisation, organization name, account, account name, employer, firma, firmenname, unternehmen, entreprise, société, societe, empresa, compañía, compania, azienda, società, ragione sociale, organisatie, bedrijf, bedrijfsnaam, företag, foretag, 会社, 会社名, 公司, компания, организация',
  website_url:
    'website, web, url, site, company website, homepage, domain, company domain, webseite, internetseite, site web, site internet, sitio web, página web, sito web, sito, webbplats, hemsida, сайт',
  linkedin_url:
    'linkedin, linkedin url, linkedin profile, person linkedin url, profil linkedin, linkedin-profil',
  direct_phone:
    'phone, phone number, direct phone, work phone, work direct phone, telephone, tel, telefon, telefonnummer, durchwahl, téléphone, numéro de téléphone, teléfono, telefono, telefone, telefoon, 電話, 电话, телефон, phone 1 - value',
  mobile_phone:
    'mobile, mobile phone, cell, cell phone, handy, handynummer, mobil, mobiltelefon, mobilnummer, portable, téléphone portable, móvil, celular, cellulare, mobiel, 携帯, 手机, мобильный',
  corporate_phone: 'company phone, corporate phone, office phone, hq phone, switchboard, zentrale, standard',
  home_phone: 'home phone, private phone, telefon privat, téléphone domicile, teléfono particular',
  other_phone: 'other phone, phone 2, second phone',
  street_address:
    'street, street address, address 1, address line 1, straße, strasse, rue, calle, via, indirizzo, rua, straat, gata',
  city: 'city, town, ort, stadt, wohnort, ville, ciudad, città, citta, cidade, plaats, stad, ort, 市, 城市, город',
  state:
    'state, region, province, county, state/region, bundesland, land/region, région, département, provincia, estado, provincie, län, 都道府県, 省, регион',
  country: 'country, country/region, land, staat, pays, país, pais, paese, nazione, 国, 国家, страна',
  postal_code:
    'zip, zip code, postal code, postcode, plz, postleitzahl, code postal, código postal, codigo postal, cap, cep, 郵便番号, 邮编, индекс',
  present_raw_address:
    'address, full address, adresse, location, anschrift, dirección, direccion, endereço, adres',
  time_zone:
    'time zone, timezone, tz, zeitzone, fuseau horaire, zona horaria, fuso orario, fuso horário, tijdzone',
  label_names: 'list, lists, label, labels, tag, tags, liste, listen, listes, listas, etiketten',
}

/** Lower case, without accents, with single spaces for every sign. */
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

const MEANINGS = new Map<string, ContactField>()
for (const [field] of CONTACT_FIELDS)
  for (const name of NAMES[field].split(', '))
    if (!MEANINGS.has(plain(name))) MEANINGS.set(plain(name), field)

const ADDRESS_OR_DOMAIN = /^@?(?:[^\s@]+@)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u

/** What each column seems to hold, by its name, or by its first values; each field at most once. */
export function guessMapping(
  kind: ImportKind,
  columns: readonly string[],
  samples: readonly (readonly string[])[],
): Record<string, string> {
  const values = (index: number) =>
    samples.map((row) => row[index]?.trim() ?? '').filter((cell) => cell !== '')
  // Most of them: a broken row must not hide what the column holds.
  const looksLike = (index: number, pattern: RegExp) =>
    values(index).filter((cell) => pattern.test(cell)).length > values(index).length / 2
  if (kind === 'suppressions') {
    const byName = columns.findIndex((column) => /mail|domain|adress|address|value/i.test(column))
    const byValue = columns.findIndex((_, i) => looksLike(i, ADDRESS_OR_DOMAIN))
    const index = columns.length === 1 ? 0 : byName >= 0 ? byName : byValue
    return index >= 0 ? { [columns[index]!]: 'value' } : {}
  }
  const guesses: Record<string, string> = {}
  const taken = new Set<string>()
  const take = (column: string, field: string | undefined) => {
    if (field === undefined || taken.has(field) || guesses[column] !== undefined) return
    guesses[column] = field
    taken.add(field)
  }
  for (const column of columns) take(column, MEANINGS.get(plain(column)))
  if (!taken.has('email')) {
    const index = columns.findIndex((_, i) => looksLike(i, /^[^\s@]+@[^\s@]+\.[^\s@]+$/))
    if (index >= 0) {
      delete guesses[columns[index]!]
      take(columns[index]!, 'email')
    }
  }
  // "Nombre" or "Nome" beside a surname is a first name, alone it is the whole one.
  if (taken.has('first_name') && !taken.has('last_name')) {
    const column = Object.keys(guesses).find((each) => guesses[each] === 'first_name')!
    if (/^(nombre|nome)$/.test(plain(column)) && !taken.has('name')) guesses[column] = 'name'
  }
  return guesses
}

/** What is wrong with a mapping, in a sentence; undefined if nothing is. */
export function mappingProblem(
  kind: ImportKind,
  columns: readonly string[],
  mapping: Mapping,
): string | undefined {
  const known = new Set<string>(fieldsOf(kind).map(([field]) => field))
  const seen = new Map<string, string>()
  for (const [column, field] of Object.entries(mapping)) {
    if (!columns.includes(column)) return `The file has no column "${column}". It has: ${columns.join(', ')}.`
    const isOwn = kind === 'contacts' && field.startsWith(CUSTOM) && field.slice(CUSTOM.length).trim() !== ''
    if (!isOwn && !known.has(field))
      return `The column "${column}" is mapped to "${field}", which is no field. There are: ${[...known].join(', ')}${kind === 'contacts' ? ', custom:<name>' : ''}.`
    const other = seen.get(field)
    if (other !== undefined)
      return `The columns "${other}" and "${column}" are both mapped to ${field}. Choose one.`
    seen.set(field, column)
  }
  if (kind === 'suppressions')
    return seen.has('value') ? undefined : 'Say which column holds the addresses or domains.'
  return ['email', 'name', 'first_name', 'last_name'].some((field) => seen.has(field))
    ? undefined
    : 'Say which column holds the email address, or at least a name.'
}
