/** Numbers and plurals as people write them. */

const plain = new Intl.NumberFormat('en-US')
const percentFormat = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 })

export const number = (n: number) => plain.format(n)

/** A fraction of 0 to 1 as "12.5%". */
export const percent = (fraction: number) => percentFormat.format(fraction)

/** `counted(1, 'person', 'people')` is "1 person"; `counted(12431, 'mail')` is "12,431 mails". */
export const counted = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`

/** A sentence of the API for people: what it says to programs in brackets, "(PATCH /api/v1/team)", is left out. */
export const forPeople = (sentence: string) =>
  sentence.replaceAll(/ ?\((?:GET|POST|PUT|PATCH|DELETE) \/[^)]*\)/g, '')

/** After a number of rows that a filter leaves: "1 person matches". */
export const matches = (n: number) => (n === 1 ? ' matches' : ' match')

/** "a", "a and b", "a, b and c" */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** The name of a person, or the best there is. */
export const nameOf = (person: { name?: string | null; email?: string | null }) =>
  person.name?.trim() || person.email || 'Nameless'

/** "Maria Ortiz <maria@acme.test>", or what there is. */
export function senderOf({ name, email }: { name: string | null; email: string | null }): string {
  if (name && email) return `${name} <${email}>`
  return name || email || 'Unknown sender'
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} bytes`
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} kB`
  return `${(n / 1024 / 1024).toFixed(1)} MB`
}
