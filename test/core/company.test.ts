/** Who belongs to one company, and which counters an email to somebody counts in. */
import { expect, test } from 'vitest'
import {
  type CompanyLimits,
  companyCaps,
  companyDomainOf,
  type Recipient,
  registrableDomain,
} from '../../src/core/company.ts'

const ZONE = 'America/New_York'
/** A Sunday evening in New York, where it is 2027-03-14 and clocks have gone forward in the night; in UTC it is Monday. */
const SUNDAY = Date.parse('2027-03-15T01:00:00Z')
const ALL: CompanyLimits = { domainPerDay: 5, freeMailPerDay: 40, accountPerWeek: 3 }
const NORTH = { id: 'north', name: 'North' }

const capsOf = (to: Partial<Recipient>, limits = ALL, now = SUNDAY) =>
  companyCaps({ address: 'ann@mail.acme.co.uk', account: null, ...to }, { limits, zone: ZONE, now })

test('a company is the registrable domain of its addresses', () => {
  expect(registrableDomain('sales.acme.co.uk')).toBe('acme.co.uk')
  expect(registrableDomain('mail.company.test')).toBe('company.test')
  // uk.com is rented out: two of its customers are strangers.
  expect(registrableDomain('mail.acme.uk.com')).toBe('acme.uk.com')
  expect(registrableDomain('co.uk')).toBe('co.uk')
  expect(registrableDomain('xn--mnchen-3ya.de')).toBe('xn--mnchen-3ya.de')
})

test('a company is never a free-mail domain', () => {
  expect(companyDomainOf('ann@gmail.com')).toBeNull()
  expect(companyDomainOf('ann@outlook.co.uk')).toBeNull()
  expect(companyDomainOf('ann@eu.acme.test')).toBe('acme.test')
})

test('the cap per recipient domain is for a day of the zone of the team, over all subdomains', () => {
  expect(capsOf({}).domain).toEqual({
    limit: 5,
    key: 'acme.co.uk',
    name: 'acme.co.uk',
    day: '2027-03-14',
    resetsAt: Date.parse('2027-03-15T04:00:00Z'),
    looseUntil: null,
  })
})

test('a provider of free mailboxes has a cap of its own, or none', () => {
  expect(capsOf({ address: 'ann@gmail.com' }).domain).toMatchObject({ limit: 40, key: 'gmail.com' })
  expect(capsOf({ address: 'ann@gmail.com' }, { ...ALL, freeMailPerDay: null }).domain).toBeNull()
  expect(capsOf({}, { ...ALL, domainPerDay: null }).domain).toBeNull()
})

test('the week of an account begins on Monday in the zone of the team', () => {
  expect(capsOf({ account: NORTH }).account).toEqual({
    limit: 3,
    key: 'north',
    name: 'North',
    day: '2027-03-08',
    resetsAt: Date.parse('2027-03-15T04:00:00Z'),
    looseUntil: null,
  })
  const monday = Date.parse('2027-03-15T04:00:00Z')
  expect(capsOf({ account: NORTH }, ALL, monday).account).toMatchObject({ day: '2027-03-15' })
})

test('without an account the company is the domain, and somebody at a free-mail domain is nobody’s colleague', () => {
  expect(capsOf({}).account).toMatchObject({ key: 'acme.co.uk', name: 'acme.co.uk' })
  expect(capsOf({ address: 'ann@gmail.com' }).account).toBeNull()
  expect(capsOf({ address: 'ann@gmail.com', account: NORTH }).account).toMatchObject({ key: 'north' })
})
