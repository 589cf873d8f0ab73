/** The store contract on a Redis cluster of three: every atomic step finds its keys in one slot. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { redisServer } from '../../scripts/database-servers.mjs'
import { freePort } from '../../scripts/machine.mjs'
import { type OwnServer, startServer } from '../../scripts/services.mjs'
import { memory } from '../../src/stores/memory.ts'
import { redis } from '../../src/stores/redis.ts'
import { storeContract } from '../../src/testing/store-contract.ts'
import { newPrefix } from './redis-place.ts'

const slots = 16_384
const size = 3
let nodes: readonly OwnServer[] = []
let cluster: Cluster

before(async () => {
  nodes = await Promise.all(Array.from({ length: size }, startNode))
  const admins = nodes.map(({ url }) => new Redis(url))
  for (const [index, admin] of admins.entries()) {
    const [first, last] = [index, index + 1].map((part) => Math.floor((part * slots) / size))
    await admin.call('cluster', 'addslotsrange', first ?? 0, (last ?? 0) - 1)
  }
  for (const { url } of nodes.slice(1)) {
    const { hostname, port } = new URL(url)
    await admins[0]?.call('cluster', 'meet', hostname, port, busPorts.get(url) ?? '')
  }
  for (const admin of admins) {
    while (!/cluster_state:ok.*cluster_known_nodes:3/s.test(String(await admin.call('cluster', 'info')))) await pause(50)
    admin.disconnect()
  }
  cluster = new Cluster(nodes.map(({ url }) => url))
})

after(async () => {
  cluster.disconnect()
  await Promise.all(nodes.map((node) => node.stop()))
})

/** A cluster's nodes talk to each other at a port of their own. */
const busPorts = new Map<string, string>()

async function startNode(): Promise<OwnServer> {
  const port = String(await freePort())
  const node = await startServer(redisServer, ['--cluster-enabled', 'yes', '--cluster-port', port])
  busPorts.set(node.url, port)
  return node
}

const shown = new Set<string>()

for (const { name, run } of storeContract) {
  test(name, () =>
    run(async () => {
      const prefix = newPrefix()
      const store = { ...memory(), ...redis(cluster, { prefix }) }
      await store.fleeting.open()
      shown.add(String(await cluster.cluster('KEYSLOT', `{${prefix}}`)))
      return store
    }),
  )
}

test('installations with different prefixes are spread over the cluster', () => {
  const used = new Set([...shown].map((slot) => Math.floor((Number(slot) * size) / slots)))
  assert.equal(used.size, size)
})
