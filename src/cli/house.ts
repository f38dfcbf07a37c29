/** The house as every command but `serve` opens it: its log goes to standard error, since standard output is the answer and may be read by a program. */
import { type House, openHouse } from '../app.ts'
import { readConfig } from '../config.ts'
import type { Terminal } from './command.ts'

export function openForCommand({ env, err }: Terminal): Promise<House> {
  return openHouse(readConfig(env), { logTo: { write: (line) => err(line.trimEnd()) } })
}
