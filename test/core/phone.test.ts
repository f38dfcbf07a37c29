/** Phone numbers in the form that a dialer takes. */
import { expect, test } from 'vitest'
import { sanitizePhone } from '../../src/core/phone.ts'

test.each([
  // As recorded: ten digits are North America's, also 555, which no numbering plan gives out.
  ['555-555-0149', '+15555550149'],
  ['(212) 555-0149', '+12125550149'],
  ['1 212 555 0149 ext. 12', '+12125550149'],
  ['+44 20 7946 0000', '+442079460000'],
  ['0044 20 7946 0000', '+442079460000'],
  // The (0) is for callers inside the country.
  ['+49 (0)30 123456', '+4930123456'],
  ['0044 (0)20 7946 0000', '+442079460000'],
  // Without a country it may be anybody's.
  ['030 1234567', null],
  ['ask Maria', null],
])('%s is %s', (typed, sanitized) => {
  expect(sanitizePhone(typed)).toBe(sanitized)
})
