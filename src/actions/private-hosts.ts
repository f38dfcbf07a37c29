/**
 * Keeps mailboxes from being used to look into the operator's own network: hosts that are private may be named only when the settings
 * allow them. Names are judged as they are written, and once more by the addresses they have before a check connects.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP, isIPv4 } from 'node:net'

/** RFC 6890 and its kin: loopback, private, shared, link-local, documentation, multicast, reserved. */
const PRIVATE: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]
const privateAddresses = listOf(PRIVATE)
/** Longer than any real resolver takes for a name that exists. */
const HOST_MAX = 253
const NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i

/** What is wrong with a host as written, as a sentence; undefined if nothing is. */
export function hostProblem(host: string, allowed: readonly string[]): string | undefined {
  if (host.length > HOST_MAX || (!isIP(host) && !NAME.test(host)))
    return `"${host.slice(0, 80)}" is not the name of a mail server. Write it such as smtp.acme.com.`
  if (isAllowed(host, allowed)) return undefined
  if (isIP(host)) return isPrivate(host) ? refusal(host, host) : undefined
  return /^(localhost|.*\.localhost|.*\.local|.*\.internal)\.?$/i.test(host) ? refusal(host, host) : undefined
}

/** The same for the addresses that the name has now. A name that cannot be resolved is left to the connection to complain of. */
export async function resolvedHostProblem(
  host: string,
  allowed: readonly string[],
): Promise<string | undefined> {
  const written = hostProblem(host, allowed)
  if (written !== undefined || isIP(host) || isAllowed(host, allowed)) return written
  let addresses: { address: string }[]
  try {
    addresses = await lookup(host, { all: true })
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'string') return undefined
    throw error
  }
  const inside = addresses.find(({ address }) => isPrivate(address) && !isAllowed(address, allowed))
  return inside && refusal(host, inside.address)
}

function refusal(host: string, address: string): string {
  const of = host === address ? '' : ` (${address})`
  return `${host}${of} is inside a private network. If that is meant, let the operator allow it: SEGUE_PRIVATE_MAIL_HOSTS=${address}.`
}

function isPrivate(address: string): boolean {
  return contains(privateAddresses, address)
}

/** Entries are names, addresses, or networks such as 10.0.0.0/8. */
function isAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return allowed.some((entry) => {
    const [network, bits] = entry.toLowerCase().split('/')
    if (bits === undefined) return network === name
    return isIP(name) !== 0 && isIP(network!) !== 0 && contains(listOf([[network!, Number(bits)]]), name)
  })
}

function listOf(networks: readonly [string, number][]): BlockList {
  const list = new BlockList()
  for (const [network, bits] of networks) list.addSubnet(network, bits, isIPv4(network) ? 'ipv4' : 'ipv6')
  return list
}

function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}
