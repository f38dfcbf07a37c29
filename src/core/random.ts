/** Chance as an argument. The only implementations are in `src/random.ts`; a seeded one replays a run to the letter. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** `count` random bytes, as lower-case hex (2 * count characters). */
  hex(count: number): string
}
