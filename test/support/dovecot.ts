/**
 * A real Dovecot 2.3 for tests: its own configuration, users and mail in a temporary folder, high ports on loopback, IMAP behind a proxy
 * that can be cut, and LMTP for delivery. As root the mail belongs to `dovenull`; otherwise everything runs as the current user.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { Endpoint } from '../../src/mail/port.ts'
import { answers, freePort } from './ports.ts'

export const DOVECOT = '/usr/sbin/dovecot'
/** Debian's dovecot-imapd and dovecot-lmtpd. */
export const hasDovecot = existsSync(DOVECOT) && existsSync('/usr/lib/dovecot/lmtp')

const PASSWORD = 'secret'

export interface Dovecot {
  /** How to reach a user's mail, through the proxy that can be cut. */
  imap(user: string): Endpoint
  /** On loopback: where a mail server delivers by LMTP, and asks about logins (Dovecot's own SASL protocol). */
  ports: { lmtp: number; auth: number }
  /** Delivers over LMTP, as a mail server would. */
  deliver(user: string, raw: string | Uint8Array): Promise<void>
  /** The sources of a user's mails in one folder, unordered. */
  sources(user: string, folder?: string): Promise<string[]>
  /** Gives a folder another UIDVALIDITY, as servers do after a restore. */
  renumber(user: string, folder?: string): Promise<void>
  /** Runs `doveadm` with this server's configuration. */
  admin(...args: string[]): Promise<string>
  /** Ends all IMAP connections and refuses new ones, while delivery goes on. */
  cut(): Promise<void>
  restore(): Promise<void>
  stop(): Promise<void>
}

export interface DovecotOptions {
  users: string[]
  sent?: boolean
  /** XOAUTH2 beside passwords: where a token is asked about, which stands at the end. */
  introspection?: string
}

/** Its ports can be taken by somebody else between their choice and its start: then it starts with others. */
const STARTS_MAX = 3

export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  if (!hasDovecot) throw new Error('these tests need Dovecot: apt-get install dovecot-imapd dovecot-lmtpd')
  for (let start = 1; ; start++) {
    try {
      return await startOnce(options)
    } catch (error) {
      if (start === STARTS_MAX) throw error
    }
  }
}

async function startOnce(options: DovecotOptions): Promise<Dovecot> {
  const dir = await mkdtemp(join(tmpdir(), 'segue-dovecot-'))
  const [imapPort, lmtpPort, authPort] = [await freePort(), await freePort(), await freePort()]
  const config = join(dir, 'dovecot.conf')
  await writeFile(
    join(dir, 'users'),
    options.users.map((user) => `${user}:{PLAIN}${PASSWORD}::::::\n`).join(''),
  )
  await mkdir(join(dir, 'mail'))
  const owner = await ownerOfMail()
  if (owner.root) {
    await chmod(dir, 0o755)
    await chown(join(dir, 'mail'), owner.uid, owner.gid)
  }
  if (options.introspection) await writeFile(join(dir, 'oauth2'), tokenRules(options.introspection))
  const { sent = true, introspection } = options
  await writeFile(
    config,
    configuration({ dir, imapPort, lmtpPort, authPort, owner, sent, tokens: introspection !== undefined }),
  )

  // Its output goes to a file: it would hold the pipe of whoever started it.
  const output = openSync(join(dir, 'output.log'), 'a')
  const server = spawn(DOVECOT, ['-F', '-c', config], { stdio: ['ignore', output, output] })
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const died = gone.then(async () => {
    throw new Error(`Dovecot ended: ${await readFile(join(dir, 'output.log'), 'utf8')}`)
  })
  await Promise.race([Promise.all([answers(imapPort), answers(lmtpPort)]), died])
  died.catch(() => undefined)

  const proxy = await startProxy(imapPort)
  const admin = async (...args: string[]) =>
    (await promisify(execFile)('/usr/bin/doveadm', ['-c', config, ...args], { maxBuffer: 50_000_000 })).stdout
  return {
    imap: (user) => ({ host: '127.0.0.1', port: proxy.port, tls: 'none', user, password: PASSWORD }),
    ports: { lmtp: lmtpPort, auth: authPort },
    deliver: (user, raw) => deliver(lmtpPort, user, raw),
    async sources(user, folder = 'INBOX') {
      const found = await admin('-f', 'flow', 'fetch', '-u', user, 'text', 'mailbox', folder)
      return found.split(/^text=/m).slice(1)
    },
    async renumber(user, folder = 'INBOX') {
      await admin(
        'mailbox',
        'update',
        '-u',
        user,
        '--uid-validity',
        String(1_000_000_000 + ++renumberings),
        folder,
      )
    },
    admin,
    cut: () => proxy.cut(),
    restore: () => proxy.restore(),
    async stop() {
      await proxy.cut()
      server.kill('SIGTERM')
      await gone
      await rm(dir, { recursive: true, force: true })
    },
  }
}

let renumberings = 0

interface Owner {
  root: boolean
  uid: number
  gid: number
  name: string
}

async function ownerOfMail(): Promise<Owner> {
  const me = userInfo()
  if (me.uid !== 0) return { root: false, uid: me.uid, gid: me.gid, name: me.username }
  const passwd = await readFile('/etc/passwd', 'utf8')
  const [, , uid, gid] = (/^dovenull:.*$/m.exec(passwd)?.[0] ?? 'dovenull:x:104:112').split(':')
  return { root: true, uid: Number(uid), gid: Number(gid), name: 'dovenull' }
}

function configuration(at: {
  dir: string
  imapPort: number
  lmtpPort: number
  authPort: number
  owner: Owner
  sent: boolean
  tokens: boolean
}): string {
  const { dir, owner } = at
  const users = owner.root
    ? ''
    : `default_internal_user = ${owner.name}\ndefault_login_user = ${owner.name}\ndefault_internal_group = ${owner.gid}\n`
  return `
base_dir = ${dir}/run
log_path = ${dir}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login${at.tokens ? ' xoauth2' : ''}
${users}
first_valid_uid = 1
mail_location = maildir:${dir}/mail/%u
postmaster_address = postmaster@dovecot.test
hostname = dovecot.test
${at.tokens ? `passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = ${dir}/oauth2\n}` : ''}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${dir}/users
}
userdb {
  driver = static
  args = uid=${owner.uid} gid=${owner.gid} home=${dir}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Junk {
    special_use = \\Junk
    auto = create
  }
${at.sent ? '  mailbox Sent {\n    special_use = \\Sent\n    auto = create\n  }' : ''}
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${at.imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
auth_failure_delay = 0
service anvil {
  chroot =
  # Without it a refused password makes every later login from this address wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${at.authPort}
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${at.lmtpPort}
  }
}
`
}

const tokenRules = (introspection: string) => `
introspection_url = ${introspection}
introspection_mode = get
force_introspection = yes
username_attribute = email
active_attribute = active
active_value = true
`

function deliver(port: number, user: string, raw: string | Uint8Array): Promise<void> {
  const connection = new SMTPConnection({ host: '127.0.0.1', port, lmtp: true, ignoreTLS: true })
  return new Promise((resolve, reject) => {
    connection.once('error', reject)
    connection.connect(() => {
      const envelope = { from: 'sender@outside.test', to: [user] }
      connection.send(envelope, Buffer.from(raw), (error, info) => {
        connection.quit()
        if (error) reject(error)
        else if (info.rejectedErrors?.[0]) reject(info.rejectedErrors[0])
        else resolve()
      })
    })
  })
}

async function startProxy(target: number) {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((client) => {
    const upstream = net.connect(target, '127.0.0.1')
    for (const [from, to] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port))
    })
  const port = await listen(0)
  return {
    port,
    cut: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    restore: async () => {
      await listen(port)
    },
  }
}
