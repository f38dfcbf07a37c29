/** The mail providers that let a program in with a token instead of a password. What is said to them is `mail/oauth.ts`. */
export const PROVIDER_NAMES = { google: 'Google', microsoft: 'Microsoft' } as const

export type OAuthProvider = keyof typeof PROVIDER_NAMES

export function isOAuthProvider(kind: string): kind is OAuthProvider {
  return Object.hasOwn(PROVIDER_NAMES, kind)
}

/** A person, an administrator or the provider itself has taken the permission back: `said`, in the provider's words. */
export function shutOutSentence(provider: OAuthProvider, address: string, said: string): string {
  const name = PROVIDER_NAMES[provider]
  return `${name} no longer lets Segue into ${address} (${said}). Reconnect it with ${name}.`
}
