/**
 * A handle on the database, carried by everyone and opened by `store/` alone: nothing above the store can query with it.
 * `transaction` runs `work` at READ COMMITTED and commits when it resolves, rolls back when it throws.
 */
export interface Db {
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>
}
