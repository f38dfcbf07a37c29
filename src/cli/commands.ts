/** The commands, each loaded only when it is called. */
import { PASSWORD_MIN } from '../actions/password.ts'
import type { Command, Option } from './command.ts'

const json: Option = { type: 'boolean', help: 'Print one JSON object instead of sentences.' }

export const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'Run Segue: the page, the API and the engine in one process.',
    options: {},
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'init',
    summary: 'Set up the team and its first person, and print the master API key once.',
    options: {
      team: { type: 'string', value: 'NAME', help: 'The name of the team.' },
      email: { type: 'string', value: 'ADDRESS', help: 'The address to sign in with.' },
      password: { type: 'string', value: 'PASSWORD', help: `At least ${PASSWORD_MIN} characters.` },
      name: {
        type: 'string',
        value: 'NAME',
        help: 'The name of the person. Default: the part of the address before the @.',
      },
      'time-zone': { type: 'string', value: 'ZONE', help: 'IANA name, such as Europe/Berlin. Default: UTC.' },
      json,
    },
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'verify',
    summary: 'Prove the ledger: read it again and list everything that breaks a promise.',
    options: { json },
    load: async () => (await import('./verify.ts')).verifyLedger,
  },
  {
    name: 'inspect',
    summary: 'Say what Segue makes of a mail: an answer, a bounce, an absence, an opt-out; and why.',
    files: { value: 'FILE...', help: 'Mails as they were received, with their headers (.eml).' },
    options: {
      json: { type: 'boolean', help: 'Print one JSON object per mail, each on a line of its own.' },
    },
    load: async () => (await import('./inspect.ts')).inspect,
  },
  {
    name: 'unfence',
    summary:
      'Let a restored or cloned database send again, after you made sure that nobody else sends from it.',
    options: {
      yes: { type: 'boolean', help: 'Confirm. Without it the command only says why sending is fenced.' },
    },
    load: async () => (await import('./unfence.ts')).unfence,
  },
]
