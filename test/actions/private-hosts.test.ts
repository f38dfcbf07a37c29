import { expect, test } from 'vitest'
import { hostProblem, resolvedHostProblem } from '../../src/actions/private-hosts.ts'

const usual = ['localhost', '127.0.0.0/8', '::1']

test.each(['smtp.gmail.com', '8.8.8.8', '2606:4700::1111', 'mail.acme.co.uk.'])(
  '%s may be reached',
  (host) => {
    expect(hostProblem(host, usual)).toBe(undefined)
  },
)

test.each([
  '10.0.0.5',
  '172.31.255.1',
  '192.168.1.10',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  'fd00::1',
  'fe80::1',
  '::ffff:192.168.0.1',
  'printer.local',
  'db.internal',
])('%s is inside a private network', (host) => {
  expect(hostProblem(host, usual)).toContain('inside a private network')
})

test('loopback is private too, and allowed by what the settings say', () => {
  for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '::1']) {
    expect(hostProblem(host, usual)).toBe(undefined)
    expect(hostProblem(host, [])).toContain('private network')
  }
  expect(hostProblem('10.2.3.4', ['10.2.0.0/16'])).toBe(undefined)
  expect(hostProblem('10.3.3.4', ['10.2.0.0/16'])).toContain('private network')
  expect(hostProblem('mail.internal', ['mail.internal'])).toBe(undefined)
})

test.each(['', 'http://acme.com', 'a b', 'acme..com', '-acme.com', 'x'.repeat(300)])(
  '"%s" is no name',
  (host) => {
    expect(hostProblem(host, usual)).toContain('not the name of a mail server')
  },
)

test('a name is judged by the addresses it has: localhost resolves into this machine', async () => {
  expect(await resolvedHostProblem('localhost', [])).toContain('private network')
  expect(await resolvedHostProblem('localhost', usual)).toBe(undefined)
})
