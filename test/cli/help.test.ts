/** What the terminal says without doing anything: help for each command, and for what is called wrongly. Opens no database. */
import { expect, test } from 'vitest'
import { PASSWORD_MIN } from '../../src/actions/password.ts'
import { commands } from '../../src/cli/commands.ts'
import { runCommand } from '../../src/cli/run.ts'

async function call(...argv: string[]) {
  const said = { code: -1, out: '', err: '' }
  said.code = await runCommand(argv, {
    // A command that went on to run would be refused by this, with another code.
    env: { SEGUE_PORT: 'not a port' },
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return said
}

test.each([[[]], [['help']], [['--help']]])('%j lists every command with what it does', async (argv) => {
  const { code, out, err } = await call(...argv)
  expect([code, err]).toEqual([0, ''])
  for (const { name, summary } of commands) {
    expect(out).toContain(`  ${name} `)
    expect(out).toContain(summary)
  }
})

for (const command of commands) {
  test(`${command.name} --help names each option and what it is for, and does nothing`, async () => {
    const { code, out, err } = await call(command.name, '--help')
    expect([code, err]).toEqual([0, ''])
    expect(out.startsWith(command.summary)).toBe(true)
    expect(out).toContain(`npm run -s segue -- ${command.name}`)
    for (const [name, option] of Object.entries(command.options)) {
      expect(out).toContain(`--${name}`)
      expect(out).toContain(option.help)
    }
    expect((await call('help', command.name)).out).toBe(out)
  })

  test(`${command.name} with an unknown option names it, shows the help and ends with 2`, async () => {
    const { code, out, err } = await call(command.name, '--nonsense')
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain("'--nonsense'")
    expect(err).toContain(command.summary)
  })
}

test.each([[['nonsense']], [['help', 'nonsense']]])('%j names the commands that there are', async (argv) => {
  const { code, out, err } = await call(...argv)
  expect([code, out]).toEqual([2, ''])
  expect(err).toBe(
    `There is no command "nonsense". The commands are: ${commands.map(({ name }) => name).join(', ')}.`,
  )
})

test('the help of init gives the rule that passwords are really judged by', async () => {
  expect((await call('init', '--help')).out).toContain(`At least ${PASSWORD_MIN} characters.`)
})
