/** Whatever is done in whatever order, no cookie lives that the model says is dead, and none dies that lives. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Store } from '../../src/model/store.ts'
import { memory } from '../../src/stores/memory.ts'
import { sqlite } from '../../src/stores/sqlite.ts'
import { createDice, type Dice, seed } from '../attacks/random.ts'
import { day, hour } from './model.ts'
import { World } from './world.ts'

const soak = process.env.PORTCULLIS_SOAK === '1'
/** After so many the world begins anew, so that it does not only hold what is over. */
const worldSteps = 500
const jumps = [60_000, 600_000, 30 * 60_000, 59 * 60_000, hour, 5 * hour, 3 * day, 15 * day, 31 * day]

interface Step {
  readonly name: string
  /** How often it is chosen, compared to the others. */
  readonly weight: number
  take(world: World, dice: Dice): Promise<unknown>
}

const pickBrowser = (world: World, dice: Dice) => dice.pick(world.browsers)
const pickUser = (world: World, dice: Dice) => dice.pick(world.users)

const steps: readonly Step[] = [
  {
    name: 'make an account',
    weight: 1,
    take: async (world) => {
      if (world.users.filter(({ exists }) => exists).length < 4) await world.makeUser(`user${world.users.length}@example.com`)
    },
  },
  {
    name: 'open a browser, or steal one',
    weight: 3,
    take: async (world, dice) => {
      const next = dice.percent(50) ? world.open() : pickBrowser(world, dice).copy()
      if (!world.browsers.includes(next)) world.browsers.push(next)
      if (world.browsers.length > 8) world.browsers.splice(dice.below(8), 1)
    },
  },
  { name: 'close a browser', weight: 4, take: async (world, dice) => pickBrowser(world, dice).cookies.delete('portcullis-session-3000') },
  {
    name: 'log in by password',
    weight: 8,
    take: (world, dice) => world.login(pickBrowser(world, dice), pickUser(world, dice), 'password', dice.percent(50)),
  },
  {
    name: 'log in by mail',
    weight: 3,
    take: (world, dice) => world.login(pickBrowser(world, dice), pickUser(world, dice), 'mail', dice.percent(50)),
  },
  {
    name: 'copy the token of a remembered browser',
    weight: 4,
    take: async (world, dice) => {
      const copy = pickBrowser(world, dice).copy()
      copy.cookies.delete('portcullis-session-3000')
      world.browsers.push(copy)
      if (world.browsers.length > 8) world.browsers.splice(dice.below(8), 1)
    },
  },
  {
    name: 'use a copied token',
    weight: 3,
    take: async (world, dice) => {
      const browser = pickBrowser(world, dice)
      const copy = browser.copy()
      for (const each of dice.percent(50) ? [browser, copy] : [copy, browser]) {
        each.cookies.delete('portcullis-session-3000')
        await (dice.percent(80) ? world.resume(each) : world.logout(each))
      }
      world.browsers.splice(dice.below(world.browsers.length), 1, copy)
    },
  },
  { name: 'forget a device', weight: 2, take: (world, dice) => world.revokeDevice(pickBrowser(world, dice), dice) },
  { name: 'resume', weight: 10, take: (world, dice) => world.resume(pickBrowser(world, dice)) },
  { name: 'log out', weight: 2, take: (world, dice) => world.logout(pickBrowser(world, dice)) },
  { name: 'verify', weight: 3, take: (world, dice) => world.verify(pickBrowser(world, dice)) },
  { name: 'change the password', weight: 2, take: (world, dice) => world.changePassword(pickBrowser(world, dice), dice) },
  { name: 'reset the password', weight: 1, take: (world, dice) => world.resetPassword(pickUser(world, dice), dice) },
  { name: 'end all others', weight: 1, take: (world, dice) => world.revokeOthers(pickBrowser(world, dice)) },
  { name: 'end another', weight: 3, take: (world, dice) => world.revokeOne(pickBrowser(world, dice), dice) },
  { name: 'ask for a deletion', weight: 1, take: (world, dice) => world.requestDeletion(pickBrowser(world, dice)) },
  { name: 'call a deletion off', weight: 2, take: (world, dice) => world.restore(pickUser(world, dice)) },
  { name: 'deactivate', weight: 1, take: (world, dice) => world.operate(pickUser(world, dice), 'deactivate') },
  { name: 'activate', weight: 3, take: (world, dice) => world.operate(pickUser(world, dice), 'activate') },
  { name: 'end sessions', weight: 1, take: (world, dice) => world.operate(pickUser(world, dice), 'end') },
  { name: 'reset access', weight: 1, take: (world, dice) => world.operate(pickUser(world, dice), 'reset') },
  {
    name: 'delete',
    weight: 1,
    take: (world, dice) => (dice.percent(30) ? world.operate(pickUser(world, dice), 'delete') : Promise.resolve()),
  },
  { name: 'purge', weight: 2, take: (world) => world.purge() },
  {
    name: 'let time pass',
    weight: 12,
    take: async (world, dice) => {
      await world.auth.settled() // a mail of before is sent in its time
      world.clock.advance(dice.pick(jumps.slice(0, dice.percent(85) ? 5 : jumps.length)))
    },
  },
]

const bag = steps.flatMap((step) => Array.from({ length: step.weight }, () => step))

/** Takes steps until there were so many; how often each was taken. */
async function walk(makeStore: () => Store, count: number): Promise<ReadonlyMap<string, number>> {
  const taken = new Map<string, number>()
  let copies = 0
  for (let begin = 0; begin < count; begin += worldSteps) {
    const world = new World(makeStore())
    for (const name of ['ada', 'bob', 'cyd']) await world.makeUser(`${name}@example.com`)
    for (let browsers = 0; browsers < 4; browsers++) world.open()
    const path: string[] = []
    for (let number = begin; number < Math.min(count, begin + worldSteps); number++) {
      const dice = createDice(seed, number)
      const step = dice.pick(bag)
      path.push(step.name)
      try {
        await step.take(world, dice)
        await world.check()
      } catch (error) {
        throw new Error(`PORTCULLIS_SEED=${seed}, step ${number}: ${path.slice(-12).join(', ')}`, { cause: error })
      }
      taken.set(step.name, (taken.get(step.name) ?? 0) + 1)
    }
    copies += world.copies
    await world.auth.settled()
    await world.auth.close()
  }
  taken.set('a copy was noticed', copies)
  return taken
}

for (const [name, count] of [
  ['memory', soak ? 100_000 : 5_000],
  ['sqlite', soak ? 10_000 : 500],
] as const) {
  test(`${count} random steps leave alive what the model says lives, and nothing else (${name})`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'portcullis-model-'))
    let files = 0
    const makeStore = (): Store => (name === 'memory' ? memory() : sqlite(join(folder, `${files++}.db`)))
    try {
      const taken = await walk(makeStore, count)
      // Of few steps the dice may leave one out.
      for (const step of count < 5_000 ? [] : [...steps.map(({ name: tried }) => tried), 'a copy was noticed'])
        assert.ok(taken.get(step), `${step} was never tried`)
      t.diagnostic(`PORTCULLIS_SEED=${seed}: ${[...taken].map(([step, times]) => `${step} ${times}`).join(', ')}`)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}
