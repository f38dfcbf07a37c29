/** What is known of each provider's sign-in: where it is, what is asked for, which servers the token opens. Data only. */
import type { LoopbackProvider } from '../config.ts'
import type { OAuthProvider } from '../core/oauth.ts'
import { GOOGLE_SERVERS, MICROSOFT_SERVERS } from '../core/providers.ts'
import type { ProviderServers } from './port.ts'

export interface Provider {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  keysEndpoint: string
  /** All that is asked for. */
  scopes: readonly string[]
  /** Without these nothing can be sent or read. */
  needs: readonly string[]
  /** Of the request for permission. */
  parameters: Readonly<Record<string, string>>
  servers: ProviderServers
  /** Where a person takes a permission back that was given by halves. */
  permissions: string
}

/** In the issuer of Entra, the directory that the account belongs to: known only once somebody has signed in. */
export const ANY_TENANT = '{tenantid}'

/** https://developers.google.com/identity/protocols/oauth2/web-server; the scope of IMAP and SMTP: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
export function google(): Provider {
  return {
    issuer: 'https://accounts.google.com',
    authorizationEndpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenEndpoint: 'https://oauth2.googleapis.com/token',
    keysEndpoint: 'https://www.googleapis.com/oauth2/v3/certs',
    scopes: ['openid', 'email', 'https://mail.google.com/'],
    needs: ['https://mail.google.com/'],
    // Google gives a refresh token only with `offline`, and to an account that has agreed before only when it is asked again.
    parameters: { access_type: 'offline', prompt: 'consent' },
    servers: GOOGLE_SERVERS,
    permissions: 'myaccount.google.com/permissions',
  }
}

/** https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth */
export function microsoft(tenant: string): Provider {
  const login = `https://login.microsoftonline.com/${tenant}`
  return {
    issuer: `https://login.microsoftonline.com/${ANY_TENANT}/v2.0`,
    authorizationEndpoint: `${login}/oauth2/v2.0/authorize`,
    tokenEndpoint: `${login}/oauth2/v2.0/token`,
    keysEndpoint: `${login}/discovery/v2.0/keys`,
    scopes: [
      'openid',
      'email',
      'profile',
      'offline_access',
      'https://outlook.office.com/SMTP.Send',
      'https://outlook.office.com/IMAP.AccessAsUser.All',
    ],
    needs: ['https://outlook.office.com/SMTP.Send', 'https://outlook.office.com/IMAP.AccessAsUser.All'],
    parameters: { prompt: 'select_account' },
    servers: MICROSOFT_SERVERS,
    permissions: 'myapps.microsoft.com',
  }
}

/** The same provider, played by a server of this machine (SEGUE_OAUTH_LOOPBACK). */
export function onLoopback(
  provider: Provider,
  { name, at }: { name: OAuthProvider; at: LoopbackProvider },
): Provider {
  const base = `${at.url}/${name}`
  return {
    ...provider,
    issuer: name === 'microsoft' ? `${base}/${ANY_TENANT}/v2.0` : base,
    authorizationEndpoint: `${base}/authorize`,
    tokenEndpoint: `${base}/token`,
    keysEndpoint: `${base}/keys`,
    servers: { smtp: { ...at.smtp, tls: 'none' }, imap: { ...at.imap, tls: 'none' } },
  }
}
