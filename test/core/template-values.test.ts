/** The variables that a template can use, from facts about contact, account and sender. */
import { expect, test } from 'vitest'
import {
  snakeName,
  type TemplateFacts,
  templateValues,
  UNFILLED,
  VARIABLES,
} from '../../src/core/template-values.ts'
import { at } from './wall-clock.ts'

const zone = 'Europe/Berlin'
const facts: TemplateFacts = {
  now: at('2027-03-12T09:30', zone),
  zone,
  contact: {
    firstName: 'Ada',
    lastName: 'Lovelace',
    email: 'ada@analytical.example',
    title: 'Countess',
    phone: '+44 20 7946 0000',
    city: 'London',
    state: null,
    country: 'United Kingdom',
    custom: {
      'Renewal date': '2027-12-24',
      seats: 12,
      industry: 'mathematics',
      'Is customer': true,
      'Opted in': false,
      Empty: null,
    },
  },
  account: { name: 'Analytical Engines, Inc.', domain: 'engines.example', size: 250, city: 'Leeds' },
  sender: { firstName: 'Charles', lastName: 'Babbage', email: 'charles@acme.com' },
  optOutMessage: { html: '<a href="u">out</a>', text: 'out' },
}

test('contact, account, sender and today are there under the names of the contract', () => {
  expect(templateValues(facts)).toMatchObject({
    first_name: 'Ada',
    company: 'Analytical Engines',
    company_unprocessed_name: 'Analytical Engines, Inc.',
    domain: 'engines.example',
    company_size: '250',
    company_location_city: 'Leeds',
    location_city: 'London',
    sender_first_name: 'Charles',
    now_weekday: 'Friday',
    now_time_of_day: 'morning',
    opt_out_message: { text: 'out' },
  })
})

test('what is unknown is absent, and nothing has a name that is not listed', () => {
  const values = templateValues({ ...facts, contact: {}, account: null, sender: null, optOutMessage: null })
  expect(Object.keys(values).sort()).toEqual(VARIABLES.filter((name) => name.startsWith('now_')).sort())
})

test('custom fields come by their snake name; false and null are no value', () => {
  const values = templateValues(facts)
  expect(values).toMatchObject({ renewal_date: '2027-12-24', seats: '12', is_customer: 'true' })
  expect(values).not.toHaveProperty('opted_in')
  expect(values).not.toHaveProperty('empty')
})

test('a custom field fills a variable of ours only where ours has no value', () => {
  expect(templateValues(facts)['industry']).toBe('mathematics')
  expect(templateValues({ ...facts, account: { industry: 'engines' } })['industry']).toBe('engines')
})

test('what nobody has a value for is a variable of the contract', () => {
  expect(UNFILLED.filter((name) => !VARIABLES.includes(name))).toEqual([])
})

test('the domain of the contact stands in for the account’s, unless anybody gets an address there', () => {
  expect(templateValues({ ...facts, account: null })['domain']).toBe('analytical.example')
  expect(templateValues({ ...facts, account: null, contact: { email: 'ada@gmail.com' } })).not.toHaveProperty(
    'domain',
  )
})

test.each([
  ['Acme, Inc.', 'Acme'],
  ['Acme Pty. Ltd.', 'Acme'],
  ['Müller GmbH & Co. KG', 'Müller'],
  ['Siemens AG', 'Siemens'],
  ['Ab', 'Ab'],
  ['Inc.', 'Inc.'],
  ['Costco', 'Costco'],
  ['Lego A/S', 'Lego'],
])('company of %j is %j', (name, company) => {
  expect(templateValues({ ...facts, account: { name } })['company']).toBe(company)
})

test.each([
  ['Renewal date (UTC)', 'renewal_date_utc'],
  ['  Größe ', 'größe'],
  ['2nd phone', '2nd_phone'],
  ['__proto__', 'proto'],
])('the field %j is written %j', (label, name) => {
  expect(snakeName(label)).toBe(name)
})
