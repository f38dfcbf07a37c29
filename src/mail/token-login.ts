/** A login with a token: tried with the one at hand, and once more with another when the server refuses it. Knows no protocol. */
import type { OAuthLogin, TokenTrouble } from './port.ts'

/** What kept a login from being tried at all. */
export class NoToken extends Error {
  override readonly name = 'NoToken'
  readonly trouble: TokenTrouble

  constructor(trouble: TokenTrouble) {
    super(trouble.detail)
    this.trouble = trouble
  }
}

/**
 * A token may end before its time (a changed password, an administrator), so a refused one is replaced once. Refused again, the
 * answer stands: it is not the token. Throws `NoToken`.
 */
export async function withToken<T>(
  { token }: OAuthLogin,
  logIn: (accessToken: string) => Promise<T>,
  isRefused: (answer: T) => boolean,
): Promise<T> {
  const first = await token()
  if (first.kind !== 'token') throw new NoToken(first)
  const answer = await logIn(first.accessToken)
  if (!isRefused(answer)) return answer
  const second = await token(first.accessToken)
  if (second.kind !== 'token') throw new NoToken(second)
  return second.accessToken === first.accessToken ? answer : logIn(second.accessToken)
}
