/**
 * A real Postfix for tests: its own configuration and queue in a temporary folder, a submission port on loopback with STARTTLS and AUTH
 * against Dovecot, and delivery of every recipient into Dovecot by LMTP; whom Dovecot does not know it bounces. Its master refuses to
 * run as anybody but root.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CERTIFICATE, CERTIFICATE_KEY } from './certificate.ts'
import type { Dovecot } from './dovecot.ts'
import { answers, freePort } from './ports.ts'

const MASTER = '/usr/lib/postfix/sbin/master'
/** Debian's postfix, and the right to run it. */
export const hasPostfix = existsSync(MASTER) && process.getuid?.() === 0

export interface Postfix {
  /** Where mail is handed in: plain until STARTTLS, and nothing without a login. */
  port: number
  /** What it wrote so far. */
  log(): Promise<string>
  stop(): Promise<void>
}

export async function startPostfix(dovecot: Pick<Dovecot, 'ports'>): Promise<Postfix> {
  if (!hasPostfix) throw new Error('these tests need root and Postfix: apt-get install postfix')
  const dir = await mkdtemp(join(tmpdir(), 'segue-postfix-'))
  const etc = join(dir, 'etc')
  const port = await freePort()
  // Its daemons give up root: they must be able to reach what lies in here.
  await chmod(dir, 0o755)
  for (const one of [etc, join(dir, 'queue')]) await mkdir(one)
  await promisify(execFile)('install', ['-d', '-o', 'postfix', join(dir, 'data')])
  await writeFile(join(dir, 'certificate.pem'), CERTIFICATE_KEY + CERTIFICATE, { mode: 0o600 })
  await writeFile(join(etc, 'main.cf'), mainConfiguration(dir, dovecot.ports))
  await writeFile(join(etc, 'master.cf'), services(port))
  // Makes the folders of the queue with their owners.
  await promisify(execFile)('/usr/sbin/postfix', ['-c', etc, 'check'])

  const output = openSync(join(dir, 'output.log'), 'a')
  // In the foreground (-d) as the leader of its own group, which it ends as a whole when it is told to stop.
  const master = spawn(MASTER, ['-c', etc, '-d'], { stdio: ['ignore', output, output], detached: true })
  const gone = new Promise<void>((resolve) => master.once('exit', () => resolve()))
  const log = async () =>
    (
      await Promise.all(
        ['output.log', 'postfix.log'].map((name) => readFile(join(dir, name), 'utf8').catch(() => '')),
      )
    ).join('')
  const died = gone.then(async () => {
    throw new Error(`Postfix ended: ${await log()}`)
  })
  await Promise.race([answers(port), died])
  died.catch(() => undefined)
  return {
    port,
    log,
    async stop() {
      master.kill('SIGTERM')
      await gone
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function mainConfiguration(dir: string, dovecot: Dovecot['ports']): string {
  return `
compatibility_level = 3.6
queue_directory = ${dir}/queue
data_directory = ${dir}/data
maillog_file = ${dir}/postfix.log
maillog_file_prefixes = ${dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
# Nothing is looked up outside: every address is delivered to Dovecot on this machine.
disable_dns_lookups = yes
smtpd_peername_lookup = no
myhostname = mx.acme.test
myorigin = acme.test
mydestination =
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
default_transport = lmtp:inet:127.0.0.1:${dovecot.lmtp}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = ${dir}/certificate.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${dovecot.auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
`
}

/** As Debian's master.cf, without what is not needed: none in a chroot, and the one port. */
function services(port: number): string {
  const unix = (name: string, settings: string, command = name) => `${name} unix ${settings} ${command}`
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    unix('pickup', 'n - n 60 1'),
    unix('cleanup', 'n - n - 0'),
    unix('qmgr', 'n - n 300 1'),
    unix('tlsmgr', '- - n 1000? 1'),
    unix('rewrite', '- - n - -', 'trivial-rewrite'),
    unix('bounce', '- - n - 0'),
    unix('defer', '- - n - 0', 'bounce'),
    unix('trace', '- - n - 0', 'bounce'),
    unix('proxymap', '- - n - -'),
    unix('error', '- - n - -'),
    unix('retry', '- - n - -', 'error'),
    unix('lmtp', '- - n - -'),
    unix('anvil', '- - n - 1'),
    unix('scache', '- - n - 1'),
    'postlog unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n')
}
