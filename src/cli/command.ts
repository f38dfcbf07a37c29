/** What a command is, and what it talks through. */

export interface Terminal {
  env: Readonly<Record<string, string | undefined>>
  out(text: string): void
  err(text: string): void
}

export interface Option {
  type: 'string' | 'boolean'
  help: string
  /** What stands for the value in the help: `EMAIL`. */
  value?: string
}

export type Run = (
  values: Record<string, string | boolean | undefined>,
  terminal: Terminal,
  /** What stands on the line beside the options; none for a command that takes none. */
  files: readonly string[],
) => Promise<number>

export interface Command {
  name: string
  summary: string
  options: Record<string, Option>
  /** What else stands on the line, one or more: `FILE...`. Absent: nothing may. */
  files?: { value: string; help: string }
  load(): Promise<Run>
}

/** A condition that the caller can change; shown as its message alone. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused'
}
