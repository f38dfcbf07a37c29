/** One sign for a verdict about a mail: what was looked at, what stood there, and how much it counts (0 to 1). Shown to people. */
export interface Evidence {
  name: string
  value: string
  score: number
}
