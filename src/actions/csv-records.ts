/**
 * Cuts the text of a CSV file into its records and finds the broken ones. A quote that never closes costs its own line and nothing
 * else: without that, it would swallow rows up to the next quote in the file. Cutting a good record into cells is csv-parse's.
 */
import { parse } from 'csv-parse/sync'

/** A quoted cell with more lines than this is a quote that was never closed. */
const LINES_PER_RECORD_MAX = 200
/** 500 columns of 200 letters; a longer record is a quote that was never closed, or no CSV. */
const RECORD_CHARS_MAX = 100_000
export const COLUMNS_MAX = 500

export type CsvRecord =
  | { ok: true; cells: string[] }
  /** `text` is the line as it stands in the file. */
  | { ok: false; text: string; reason: string }

const NEVER_CLOSED =
  'A quote (") is opened and never closed. Close it, or write "" for a quote inside a cell.'
const AFTER_QUOTE =
  'A cell goes on after its closing quote. Put quotes around the whole cell, and write "" for a quote inside it.'
const TOO_LONG = `The row has more than ${RECORD_CHARS_MAX} characters.`

type Cut = { text: string; reason?: string }

/** Feed it text as it comes; it gives back the records that are complete. Empty lines are no records. */
export class CsvSplitter {
  readonly #delimiter: string
  #rest = ''

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  push(text: string): CsvRecord[] {
    this.#rest += text
    return this.#take(false)
  }

  end(): CsvRecord[] {
    return this.#take(true)
  }

  #take(atEnd: boolean): CsvRecord[] {
    const cuts: Cut[] = []
    let from = 0
    for (;;) {
      const cut = nextCut(this.#rest, { from, delimiter: this.#delimiter, atEnd })
      if (cut === undefined) break
      if (cut.text.trim() !== '') cuts.push(cut)
      from = cut.next
    }
    this.#rest = this.#rest.slice(from)
    return this.#cells(cuts)
  }

  /** One call for all good records: per record it would take thirty times as long. */
  #cells(cuts: readonly Cut[]): CsvRecord[] {
    const good = cuts.filter((cut) => cut.reason === undefined).map((cut) => cut.text)
    const rows = parse(good.join('\n'), {
      delimiter: this.#delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: false,
    }) as string[][]
    if (rows.length !== good.length)
      throw new Error(`${good.length} records were read as ${rows.length}: the two readers of CSV disagree`)
    let next = 0
    return cuts.map((cut): CsvRecord => {
      if (cut.reason !== undefined) return { ok: false, text: cut.text, reason: cut.reason }
      const cells = rows[next++]!
      return cells.length > COLUMNS_MAX
        ? {
            ok: false,
            text: cut.text,
            reason: `The row has ${cells.length} cells; at most ${COLUMNS_MAX} are read.`,
          }
        : { ok: true, cells }
    })
  }
}

interface Place {
  from: number
  delimiter: string
  atEnd: boolean
}

/** The record that begins at `from`, or undefined when its end is not there yet. */
function nextCut(text: string, place: Place): (Cut & { next: number }) | undefined {
  const { from, atEnd } = place
  if (from >= text.length) return undefined
  const state = scan(text, place)
  if (state.kind === 'complete') {
    const record = text.slice(from, state.end)
    const broken = record.length > RECORD_CHARS_MAX
    return {
      text: broken ? record.slice(0, RECORD_CHARS_MAX) : record,
      ...(broken && { reason: TOO_LONG }),
      next: state.next,
    }
  }
  if (state.kind === 'unfinished' && !atEnd && text.length - from <= RECORD_CHARS_MAX) return undefined
  // Broken: its first line is given up, and reading begins anew on the next one.
  const line = lineEnd(text, from)
  if (line === undefined && !atEnd && text.length - from <= RECORD_CHARS_MAX) return undefined
  const end = line?.end ?? text.length
  const reason = state.kind === 'broken' ? state.reason : NEVER_CLOSED
  return {
    text: text.slice(from, Math.min(end, from + RECORD_CHARS_MAX)),
    reason,
    next: line?.next ?? text.length,
  }
}

type Scanned =
  | { kind: 'complete'; end: number; next: number }
  | { kind: 'unfinished' }
  | { kind: 'broken'; reason: string }

/** Reads cell by cell to the end of the record. A quote inside a cell that does not begin with one is a letter (RFC 4180 is silent). */
function scan(text: string, { from, delimiter, atEnd }: Place): Scanned {
  let at = from
  let lines = 0
  for (;;) {
    if (text[at] === '"') {
      const closed = closingQuote(text, at + 1)
      if (closed === undefined) return { kind: 'unfinished' }
      lines += closed.lines
      if (lines > LINES_PER_RECORD_MAX || closed.at - from > RECORD_CHARS_MAX)
        return { kind: 'broken', reason: NEVER_CLOSED }
      at = closed.at + 1
      if (at >= text.length && !atEnd) return { kind: 'unfinished' }
      if (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r')
        return { kind: 'broken', reason: lines > 0 ? NEVER_CLOSED : AFTER_QUOTE }
    }
    while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++
    if (at >= text.length) return atEnd ? { kind: 'complete', end: at, next: at } : { kind: 'unfinished' }
    if (text[at] === delimiter) {
      at++
      continue
    }
    // A lone \r at the end of what is there may be half of \r\n.
    if (text[at] === '\r' && at + 1 >= text.length && !atEnd) return { kind: 'unfinished' }
    return { kind: 'complete', end: at, next: text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1 }
  }
}

/** Where the quoted cell ends, and how many lines it had. Stops looking soon after the limits, so that a bad file is not read over and over. */
function closingQuote(text: string, from: number): { at: number; lines: number } | undefined {
  let lines = 0
  const last = Math.min(text.length, from + RECORD_CHARS_MAX + 1)
  for (let at = from; at < last; at++) {
    if (text[at] === '\n') lines++
    if (lines > LINES_PER_RECORD_MAX) return { at, lines }
    if (text[at] !== '"') continue
    if (text[at + 1] !== '"') return { at, lines }
    at++
  }
  return last < text.length ? { at: last, lines } : undefined
}

function lineEnd(text: string, from: number): { end: number; next: number } | undefined {
  const match = /\r\n|\n|\r/g
  match.lastIndex = from
  const found = match.exec(text)
  return found ? { end: found.index, next: found.index + found[0].length } : undefined
}
