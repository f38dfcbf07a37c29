// What a person is told about a login that a provider refuses.
import { expect, test } from 'vitest'
import { loginAdvice } from '../../src/mail/login-advice.ts'

const RAE = 'rae@acme.test'
const microsoft = { provider: 'microsoft' as const, revoked: false }
const about = (reply: string, oauth: Parameters<typeof loginAdvice>[0]['oauth'] | null = microsoft) =>
  loginAdvice({ address: RAE, server: 'SMTP at smtp.office365.com', reply, oauth: oauth ?? undefined })

test('SMTP AUTH that is off for the mailbox says what to turn on, with a token as with a password', () => {
  const reply =
    '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.'
  expect(about(reply)).toMatch(/SMTP AUTH is off for rae@acme\.test .*turns on "Authenticated SMTP"/)
  expect(about(reply, null)).toMatch(/turns on "Authenticated SMTP"/)
})

test('SMTP AUTH that is off for the organization, and security defaults, are told apart', () => {
  expect(
    about('535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.'),
  ).toMatch(/off for the whole organization/)
  expect(
    about(
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
    ),
  ).toMatch(/security defaults/)
  expect(
    about(
      '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.',
    ),
  ).toMatch(/rules keep programs from sending/)
})

test('a permission that was taken back says to reconnect with that provider', () => {
  expect(about('invalid_grant: Token has been expired or revoked.', { ...microsoft, revoked: true })).toBe(
    'Microsoft no longer lets Segue into rae@acme.test (invalid_grant: Token has been expired or revoked.). Reconnect it with Microsoft.',
  )
})

test('an ordinary password that was refused is left to whoever asked', () => {
  expect(about('535 5.7.8 Error: authentication failed', null)).toBeNull()
})
