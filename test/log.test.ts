/** What the log must never hold. */
import { expect, test } from 'vitest'
import { createLog } from '../src/log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog('info', { write: (line) => lines.push(line) }))
  return lines.join('')
}

test('passwords, keys, tokens and headers that carry them are hidden, at the top and inside', () => {
  const line = logged((log) => {
    log.info(
      {
        password: 'hunter2',
        request: { headers: { authorization: 'hunter2', 'x-api-key': 'hunter2', cookie: 'hunter2' } },
      },
      'm',
    )
    log.info({ mailbox: { smtp_password: 'hunter2', access_token: 'hunter2' }, api_key: 'hunter2' }, 'm')
  })
  expect(line).not.toContain('hunter2')
  expect(line).toContain('[hidden]')
})

test('an error keeps its words, its code and its cause, but not the row that PostgreSQL quotes in the detail', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (address)=(ada@acme.test) already exists.',
  })
  const line = logged((log) => log.error({ err: new Error('the contact was not saved', { cause }) }, 'm'))
  expect(line).toContain('the contact was not saved')
  expect(line).toContain('duplicate key')
  expect(line).toContain('23505')
  expect(line).not.toContain('ada@acme.test')
})

test('lines below the level are left out', () => {
  expect(logged((log) => log.debug('quiet'))).toBe('')
})
