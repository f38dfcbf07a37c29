/** The one entry of all commands: finds the command, shows help, and turns what goes wrong into one sentence. */
import { parseArgs } from 'node:util'
import { serverSentence } from '../store/unavailable.ts'
import type { Command, Terminal } from './command.ts'
import { commands } from './commands.ts'

/** Exit codes: 0 done, 1 the command failed or found something wrong, 2 it was called wrongly. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help') return help(rest[0], terminal)
  const command = commandNamed(name, terminal)
  if (!command) return 2
  const options = optionsOf(command, rest)
  if ('problem' in options) {
    terminal.err(`${options.problem}\n\n${helpOf(command)}`)
    return 2
  }
  if (options.values['help'] === true) {
    terminal.out(helpOf(command))
    return 0
  }
  try {
    const run = await command.load()
    return await run(options.values, terminal, options.files)
  } catch (error) {
    terminal.err(sentenceOf(error))
    return 1
  }
}

/** `help` alone lists the commands; `help init` is `init --help`. */
function help(name: string | undefined, terminal: Terminal): number {
  const command = name === undefined ? undefined : commandNamed(name, terminal)
  if (name !== undefined && !command) return 2
  terminal.out(command ? helpOf(command) : overview())
  return 0
}

function commandNamed(name: string, terminal: Terminal): Command | undefined {
  const command = commands.find((one) => one.name === name)
  if (!command)
    terminal.err(
      `There is no command "${name}". The commands are: ${commands.map((one) => one.name).join(', ')}.`,
    )
  return command
}

type Values = Record<string, string | boolean | undefined>

type Called = { values: Values; files: readonly string[] } | { problem: string }

function optionsOf(command: Command, argv: readonly string[]): Called {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([key, option]) => [key, { type: option.type }]),
  )
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: command.files !== undefined,
    })
    if (command.files && positionals.length === 0 && values['help'] !== true)
      return { problem: `${command.files.value} is missing: ${command.files.help}` }
    return { values: values as Values, files: positionals }
  } catch (error) {
    if (error instanceof TypeError) return { problem: error.message }
    throw error
  }
}

function overview(): string {
  const width = Math.max(...commands.map((one) => one.name.length))
  const lines = commands.map((one) => `  ${one.name.padEnd(width)}  ${one.summary}`)
  return `Segue, a self-hosted sequence engine.\n\n  npm run -s segue -- <command> [options]\n\n${lines.join('\n')}\n\nEach command has --help. Settings come from the environment: docs/configuration.md.`
}

function helpOf(command: Command): string {
  const files = command.files ? [`  ${command.files.value}\n      ${command.files.help}`] : []
  const options = Object.entries(command.options).map(
    ([key, option]) =>
      `  --${key}${option.type === 'string' ? ` ${option.value ?? 'TEXT'}` : ''}\n      ${option.help}`,
  )
  const lines = [...files, ...options]
  const call = `  npm run -s segue -- ${command.name}${command.files ? ` ${command.files.value}` : ''}${options.length > 0 ? ' [options]' : ''}`
  return [command.summary, '', call, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n')
}

/** Conditions with a sentence of their own show just that; a bug shows its stack, so that it can be reported. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const named = [
    'ConfigError',
    'DatabaseRefused',
    'DatabaseUnavailable',
    'CommandRefused',
    'MigrationRefused',
  ]
  if (named.includes(error.name)) return error.message
  if ((error as { code?: unknown }).code === 'EADDRINUSE')
    return `${error.message}. Another program uses this port: stop it, or choose another with SEGUE_PORT.`
  return serverSentence(error) ?? error.stack ?? error.message
}
