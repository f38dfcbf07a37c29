/**
 * Email addresses: one normalized form per person, or a sentence saying why not. Says nothing about whether the address exists or may be
 * written to.
 */
import { freeMailDomains } from './free-mail-domains.ts'

export type Address =
  | {
      readonly ok: true
      /** local@domain, normalized: what identifies a person in a team. */
      readonly address: string
      readonly local: string
      readonly domain: string
      /** The display name of the form `Ada Lovelace <ada@acme.test>`, if one was given. */
      readonly name?: string
    }
  | { readonly ok: false; readonly reason: string }

export type Domain =
  | { readonly ok: true; readonly domain: string }
  | { readonly ok: false; readonly reason: string }

/** RFC 5321 section 4.5.3.1.3 allows a path of 256 octets with its angle brackets. */
export const ADDRESS_MAX = 254
/** RFC 5321 section 4.5.3.1.1. */
const LOCAL_MAX = 64
/** RFC 1035 section 2.3.4. */
const DOMAIN_MAX = 253
/** What is taken in before anything is looked at: an address with a long display name. */
const INPUT_MAX = 1_000

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
// RFC 5322 atext, and RFC 6531's letters beyond ASCII, separated by single dots.
const LOCAL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/u

/**
 * The address in `text`, alone or as `Name <address>`, trimmed, with the domain in lower-case ASCII (IDNA).
 * The local part is lower-cased too: RFC 5321 leaves its case to the receiving server, but no server in use tells Ada@ from ada@, and
 * two rows for one person would mean writing twice. Dots and plus tags stay: at most providers they make another mailbox.
 */
export function normalizeAddress(text: string): Address {
  const shown = show(text)
  if (text.length > INPUT_MAX)
    return refused(
      `The address ${shown} has ${text.length} characters. Give one address of at most ${ADDRESS_MAX}.`,
    )
  const { name, bare } = parts(text.trim())
  if (bare === '') return refused('The address is empty. Give one such as ada@acme.com.')
  if (CONTROL.test(bare))
    return refused(`The address ${shown} contains a control character. Type it again instead of pasting it.`)
  if (INVISIBLE.test(bare))
    return refused(`The address ${shown} contains a space or an invisible character. Remove it.`)
  const ats = bare.split('@').length - 1
  if (ats === 0) return refused(`The address ${shown} has no @. Give one such as ada@acme.com.`)
  if (ats > 1) return refused(`The address ${shown} has ${ats} @ signs. Give one address with one @.`)
  const local = bare.slice(0, bare.indexOf('@')).normalize('NFC').toLowerCase()
  const problem = localProblem(local, shown)
  if (problem !== undefined) return refused(problem)
  const domain = normalizeDomain(bare.slice(bare.indexOf('@') + 1))
  if (!domain.ok) return refused(`The address ${shown} cannot be used. ${domain.reason}`)
  const address = `${local}@${domain.domain}`
  if (octets(address) > ADDRESS_MAX)
    return refused(
      `The address ${shown} is longer than ${ADDRESS_MAX} octets. No mail server accepts it; check for a typing error.`,
    )
  return { ok: true, address, local, domain: domain.domain, ...(name === '' ? {} : { name }) }
}

/** The host of a web address as people type it: of `https://www.acme.com/about` it is acme.com; empty where there is none. */
export function hostOf(url: string): string {
  const host = url
    .trim()
    .replace(/^[a-z]+:\/\//i, '')
    .split(/[/?#:]/)[0]!
  return host.replace(/^www\./i, '')
}

/**
 * A domain such as "Bücher.example" in lower-case ASCII ("xn--bcher-kva.example"). It needs a dot and a last label with a letter:
 * mail to "localhost" or to an IP address is nobody's outreach.
 */
export function normalizeDomain(text: string): Domain {
  const shown = show(text)
  const trimmed = text.trim().replace(/\.$/, '')
  const ascii = trimmed.length > DOMAIN_MAX ? undefined : toAscii(trimmed)
  if (ascii === undefined || ascii.length > DOMAIN_MAX)
    return refused(`The domain ${shown} is not a domain name. Give one such as acme.com.`)
  const labels = ascii.split('.')
  if (labels.length < 2)
    return refused(`The domain ${shown} has no dot. Give the full name, such as acme.com.`)
  if (!labels.every((label) => LABEL.test(label)))
    return refused(
      `The domain ${shown} has a part that is empty, too long, or has a character that domains cannot have. Check it for a typing error.`,
    )
  if (/^\d+$/.test(labels.at(-1)!))
    return refused(`The domain ${shown} is an IP address. Give the domain name, such as acme.com.`)
  return { ok: true, domain: ascii }
}

/**
 * Several addresses in one text, between commas, semicolons or spaces, each alone or as `Name <address>`: normalized, in order, each once.
 * `problems` says of every part that is none why not.
 */
export function addressesIn(text: string): { addresses: string[]; problems: string[] } {
  if (text.trim() === '') return { addresses: [], problems: [] }
  const parts = text
    .split(/[,;\r\n]+/)
    .flatMap((part) => (part.includes('<') ? [part] : part.split(/\s+/)))
    .filter((part) => part.trim() !== '')
  const read = parts.map((part) => normalizeAddress(part))
  return {
    addresses: [...new Set(read.flatMap((one) => (one.ok ? [one.address] : [])))],
    problems: read.flatMap((one) => (one.ok ? [] : [one.reason])),
  }
}

/** What follows the @ of a normalized address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}

/** Does everybody get an address there? Then two people of the domain are not colleagues. Takes a normalized domain. */
export function isFreeMailDomain(domain: string): boolean {
  return freeMailDomains.has(domain)
}

/** Splits `Name <address>`; the last pair of angle brackets counts. */
function parts(text: string): { name: string; bare: string } {
  if (!text.endsWith('>')) return { name: '', bare: text }
  const open = text.lastIndexOf('<')
  if (open < 0) return { name: '', bare: text }
  const name = text.slice(0, open).trim()
  const unquoted = /^"(.*)"$/s.exec(name)?.[1]?.replace(/\\(.)/gs, '$1') ?? name
  return {
    name: unquoted.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim(),
    bare: text.slice(open + 1, -1).trim(),
  }
}

function localProblem(local: string, shown: string): string | undefined {
  if (local === '') return `The address ${shown} has nothing before the @. Give the whole address.`
  if (octets(local) > LOCAL_MAX)
    return `The address ${shown} has more than ${LOCAL_MAX} octets before the @. No mail server accepts it; check for a typing error.`
  if (LOCAL.test(local)) return undefined
  if (/^\.|\.$|\.\./.test(local))
    return `The address ${shown} has a dot where none may be: first, last or doubled before the @. Check it for a typing error.`
  return `The address ${shown} has a character that cannot stand before the @, such as a quote, comma or bracket. Give one address, without quotes.`
}

function toAscii(domain: string): string | undefined {
  const lower = domain.toLowerCase()
  if (/^[a-z0-9.-]*$/.test(lower)) return lower
  // Whatever the URL syntax gives a meaning to never reaches its parser.
  if (/[\u0000-\u002c/:-@[-`{-\u007f]/.test(lower)) return undefined
  return URL.parse(`http://${lower}.x/`)?.hostname.slice(0, -2)
}

// Every character beyond ASCII may take up to four octets in UTF-8; counted without an encoder, since this runs per imported row.
function octets(text: string): number {
  let count = 0
  for (const character of text) {
    const code = character.codePointAt(0)!
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return count
}

function show(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}...` : text
  return `"${short.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')}"`
}

function refused(reason: string): { ok: false; reason: string } {
  return { ok: false, reason }
}
