/**
 * Which people belong to one company, and what a team may send to it: the company is the account, else the registrable domain of the
 * address, never a domain at which anybody can have a mailbox.
 */
import { getDomain } from 'tldts'
import { domainOf, isFreeMailDomain } from './address.ts'
import type { Instant } from './clock.ts'
import type { CompanyCap } from './facts.ts'
import type { Id } from './ids.ts'
import { localDay, plainDate, startOfDay, weekdayOf } from './zone.ts'

/**
 * `sales.acme.co.uk` is `acme.co.uk`. Suffixes that companies rent out (`uk.com`) count as suffixes: their customers are strangers to each
 * other. What is itself a suffix, or an address literal, stays as it is.
 */
export function registrableDomain(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain
}

/** Null: at a provider of free mailboxes, where a shared domain says nothing. */
export function companyDomainOf(address: string): string | null {
  const domain = domainOf(address)
  const registrable = registrableDomain(domain)
  return isFreeMailDomain(domain) || isFreeMailDomain(registrable) ? null : registrable
}

/** What a team has set; null: no cap. */
export interface CompanyLimits {
  /** Emails a day to one company's domain. */
  domainPerDay: number | null
  /** Emails a day to one provider of free mailboxes: Gmail, Outlook and the like. */
  freeMailPerDay: number | null
  /** Emails a week to one account, over all sequences. */
  accountPerWeek: number | null
}

export interface Recipient {
  address: string
  account: { id: Id; name: string } | null
}

export interface CompanyCaps {
  domain: Omit<CompanyCap, 'used'> | null
  account: Omit<CompanyCap, 'used'> | null
}

/** The caps that an email to this person counts against at `now`: days and weeks (from Monday) are those of the team's zone. */
export function companyCaps(
  { address, account }: Recipient,
  o: { limits: CompanyLimits; zone: string; now: Instant },
): CompanyCaps {
  const { limits, zone } = o
  const today = localDay(zone, o.now)
  const monday = today - weekdayOf(today) + 1
  const company = companyDomainOf(address)
  const domain = company ?? registrableDomain(domainOf(address))
  const perDay = company === null ? limits.freeMailPerDay : limits.domainPerDay
  const key = account?.id ?? company
  return {
    domain:
      perDay === null
        ? null
        : { ...whole(perDay, { zone, from: today, days: 1 }), key: domain, name: domain },
    account:
      limits.accountPerWeek === null || key === null
        ? null
        : {
            ...whole(limits.accountPerWeek, { zone, from: monday, days: 7 }),
            key,
            name: account?.name ?? key,
          },
  }
}

function whole(limit: number, { zone, from, days }: { zone: string; from: number; days: number }) {
  return {
    limit,
    day: plainDate(from).toString(),
    resetsAt: startOfDay(zone, from + days),
    looseUntil: null,
  }
}
