/**
 * Cuts typed or pasted text into the values to suppress. One cell of a line counts, never all of them: the column of mail providers
 * in a pasted table must not stop every mail to gmail.com. What a value is, the server says.
 */

export interface TypedValue {
  /** From 1, as the person sees it. */
  line: number
  value: string
  /** The other cells of that line, which are not added. */
  ignored: string[]
}

const isAddress = (word: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(bare(word))
const isDomain = (word: string) => /^\*?@?[^\s@/:]+\.[^\s@/:.]{2,}$/.test(word)
/** `Jo Doe <jo@acme.test>` without the name. */
const bare = (cell: string) => /<([^<>]*)>\s*$/.exec(cell)?.[1] ?? cell

/** Empty lines are nothing. The same value twice is once. */
export function typedValues(text: string): TypedValue[] {
  const seen = new Set<string>()
  return text
    .split(/\r\n|\n|\r/)
    .flatMap((line, index) => valuesOf(line.trim()).map((found) => ({ line: index + 1, ...found })))
    .filter(({ value }) => !seen.has(value.toLowerCase()) && seen.add(value.toLowerCase()))
}

function valuesOf(line: string): { value: string; ignored: string[] }[] {
  const whole = (value: string) => ({ value, ignored: [] })
  if (line === '') return []
  const words = line.split(/[\s,;|]+/).filter((word) => word !== '')
  // The recipients of a mail, or a list in one line: all of one kind, so none of them is a side column.
  if (words.every(isAddress) || words.every((word) => isDomain(word))) return words.map(whole)
  const cells = line
    .split(/[,;|\t]/)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
    .filter((cell) => cell !== '')
  const chosen = cells.findIndex((cell) => isAddress(cell) || isDomain(cell))
  if (chosen < 0) return [whole(line)]
  return [{ value: cells[chosen]!, ignored: cells.filter((_, index) => index !== chosen) }]
}
