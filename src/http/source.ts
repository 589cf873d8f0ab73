/** Where a request comes from: the connection's address, unless proxies are trusted to say better. */
import { BlockList, isIP } from 'node:net'
import type { RequestHead } from './request-head.ts'

/** Which proxies are believed: how many stand in front, or their addresses. */
export type TrustProxy = number | readonly string[]

/** Finds the client's address of a request. */
export type ClientAddress = (head: RequestHead) => string | null

/**
 * Makes the reader of client addresses.
 *
 * @param trust hops (a whole number from 1 to 32), or addresses and CIDR ranges of the proxies; absent: nobody is believed
 * @throws Error with a sentence when it is neither
 */
export function createClientAddress(trust?: TrustProxy): ClientAddress {
  if (trust === undefined) return (head) => plainAddress(head.remoteAddress)
  if (typeof trust !== 'number' && !Array.isArray(trust)) {
    throw new Error("trustProxy is how many proxies stand in front, or a list of their addresses such as ['10.0.0.0/8'].")
  }
  if (typeof trust === 'number') {
    if (!Number.isInteger(trust) || trust < 1 || trust > 32)
      throw new Error('trustProxy as a number is how many proxies stand in front: a whole number from 1 to 32.')
    return (head) => addressBehind(head, (_address, hop) => hop < trust)
  }
  const proxies = blockList(trust)
  return (head) => addressBehind(head, (address) => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
}

/** Walks from the connection outwards while the hop is believed. What is no address ends the walk. */
function addressBehind(head: RequestHead, isTrusted: (address: string, hop: number) => boolean): string | null {
  const chain = (head.header('x-forwarded-for') ?? '').split(',').map((part) => plainAddress(part))
  let address = plainAddress(head.remoteAddress)
  for (let hop = 0; address !== null && isTrusted(address, hop); hop++) {
    const next = chain.pop()
    if (next === undefined || next === null) break
    address = next
  }
  return address
}

/** An address without port, brackets, zone or IPv4-in-IPv6 dress; `null` when it is none. */
function plainAddress(text: string | null): string | null {
  if (text === null) return null
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text.trim())?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text.trim())?.[1] ?? text.trim()
  const address = bare.replace(/%.*$/, '')
  return isIP(address) === 0 ? null : unmapped(address)
}

/** An IPv4 address out of its IPv6 dress, dotted or hexadecimal (RFC 4291 section 2.5.5.2). */
function unmapped(address: string): string {
  const [, dotted, high = '', low = ''] = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? []
  if (dotted !== undefined) return dotted
  if (high === '') return address
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [a >> 8, a & 255, b >> 8, b & 255].join('.')
}

function blockList(ranges: readonly string[]): BlockList {
  const proxies = new BlockList()
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const length = bits === undefined ? most : Number(bits)
    if (family === 0 || rest.length > 0 || !/^\d*$/.test(bits ?? '') || bits === '' || length > most) {
      throw new Error(`trustProxy holds "${range}", which is neither an address nor a CIDR range such as 10.0.0.0/8.`)
    }
    proxies.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4')
  }
  return proxies
}

/** The prefix that throttling counts by: the whole of an IPv4 address, /64 of an IPv6 one, which is what one customer has. */
export function networkOf(address: string | null): string {
  if (address === null) return 'unknown'
  if (isIP(address) === 4) return address
  const [left = '', right] = address.toLowerCase().split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const zeros = right === undefined ? [] : Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  const groups = [...head, ...zeros, ...tail].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${groups.join(':')}::/64`
}
