/** A process of its own under hostile requests: `node --expose-gc siege.ts <store> <requests> <seed>`; says how it went as JSON, or why it fell. */
import assert from 'node:assert/strict'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { attack, type Tally } from './attack.ts'
import { createSite } from './site.ts'

/** What it prints. */
export interface Report extends Tally {
  /** Bytes of the heap in use after collection, at 10 % and at 100 % of the requests. */
  readonly heap: { readonly early: number; readonly late: number }
  /** Warnings of the process. */
  readonly warnings: readonly string[]
}

const stores: Readonly<Record<string, () => Store>> = { memory: () => memory(), sqlite: () => sqlite(':memory:') }

async function withstand(name: string, count: number, seed: number): Promise<Report> {
  const warnings: string[] = []
  process.on('warning', ({ name: kind, message }) => {
    if (kind !== 'ExperimentalWarning') warnings.push(`${kind}: ${message}`)
  })
  const store = stores[name]
  assert.ok(store)
  const site = await createSite(store())
  const heap = { early: 0, late: 0 }
  const tally = await attack(site, seed, count, async (hundredths) => {
    await site.auth.purge()
    if (hundredths === 10) heap.early = heapInUse()
    if (hundredths >= 100) heap.late = heapInUse()
  })
  await site.auth.settled()
  await site.auth.close()
  return { ...tally, heap, warnings }
}

function heapInUse(): number {
  assert.ok(gc, 'run with --expose-gc')
  gc()
  gc()
  return process.memoryUsage().heapUsed
}

const [, , name = '', count = '', seed = ''] = process.argv
process.stdout.write(JSON.stringify(await withstand(name, Number(count), Number(seed))))
