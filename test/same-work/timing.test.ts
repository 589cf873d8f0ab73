/** By its time, a refused login tells nothing of the account, nor does asking for a mail; the same measurement finds it when the decoy is switched off. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { type PlantedTree, plant } from '../defects/plant.ts'
import { isDifferent, mannWhitney } from './mann-whitney.ts'
import type { Timings } from './timings.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
const rounds = soak ? 20_000 : 300
/** Argon2id at a cost that is small and far from nothing: about a millisecond. */
const memoryKiB = 2048
const here = resolve(import.meta.dirname, '../..')
const kinds = ['unknown', 'deactivated', 'empty'] as const

const withoutDecoy = [
  {
    file: 'src/kernel/passwords.ts',
    search: 'const given = stored === null || !usable ? null : takeApart(stored)\n',
    replace: 'const given = stored === null || !usable ? null : takeApart(stored)\n      if (given === null) return false\n',
  },
]

let planted: PlantedTree
before(() => {
  planted = plant(withoutDecoy)
})
after(() => planted.remove())

async function measure(folder: string, count: number, flow: string): Promise<Timings> {
  const script = join(folder, 'test/same-work/timings.ts')
  const args = [script, String(count), String(memoryKiB), flow]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout)
}

/** The kinds of account that one measurement tells from a known one. */
async function told(t: TestContext, folder: string, count: number, flow = 'login'): Promise<readonly string[]> {
  const timings = await measure(folder, count, flow)
  const compared = kinds.map((kind) => ({ kind, ...mannWhitney(timings.known, timings[kind]) }))
  for (const { kind, p, auc } of compared) t.diagnostic(`${kind}: AUC ${auc.toFixed(4)}, p ${p.toPrecision(2)}`)
  return compared.filter(isDifferent).map(({ kind }) => kind)
}

/** Those that send mails are measured only where there is time. */
const flows = ['login', ...(soak ? ['forgot-password', 'magic-link', 'confirm-email/resend', 'register'] : [])]

for (const flow of flows)
  test(`of ${rounds} interleaved requests to ${flow}, times tell no unknown, deactivated or empty account from a known one`, async (t) => {
    const first = await told(t, here, rounds, flow)
    const second = first.length > 0 ? await told(t, here, rounds, flow) : []
    assert.deepEqual(
      first.filter((kind) => second.includes(kind)),
      [],
    )
  })

test('the same measurement finds unknown and empty accounts when no decoy is hashed', async (t) => {
  for (let time = 0; time < 2; time++) assert.deepEqual(await told(t, planted.folder, soak ? rounds : 100), ['unknown', 'empty'])
})

test('the statistics tell a shift of a fifth of the spread and are quiet without one', () => {
  const noise = (shift: number) =>
    Array.from({ length: 5000 }, (_, index) => ((Math.sin(index * 12.9898 + shift) * 43_758.5453) % 1) + shift)
  assert.ok(!isDifferent(mannWhitney(noise(0), noise(1e-9))))
  assert.ok(isDifferent(mannWhitney(noise(0), noise(0.2))))
  assert.deepEqual(mannWhitney([1, 2, 3], [1, 2, 3]).auc, 0.5)
  assert.deepEqual(mannWhitney([1, 2], [3, 4]).auc, 1)
})
