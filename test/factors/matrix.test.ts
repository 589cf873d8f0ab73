/** No way to log in goes around a second factor: each way × each policy ends as its cell says, and no way has no cells. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { type Feature, type Proven, text } from '../../src/index.ts'
import { memory } from '../../src/stores/memory.ts'
import { onEveryStore } from '../flows/stores.ts'
import { drivers, oneFactor } from './drivers.ts'
import { type Cells, complaintsOf, type Driver, drivenCells, policiesOf, type Standing, standings } from './matrix.ts'
import { type Accounts, createSite, everyFeature } from './site.ts'

const sites: readonly Accounts[] = ['at once', 'confirmed', 'confirmed and logged in']

for (const standing of standings) {
  onEveryStore(`${standing.name}: every way to log in ends as its cells say, and what is owed lets in when it is given`, async (store) => {
    const expected: Record<string, unknown> = {}
    const found: Record<string, unknown> = {}
    for (const accounts of sites) {
      const site = createSite(store, { accounts })
      for (const driver of drivers.filter((each) => (each.accounts ?? 'at once') === accounts)) {
        expected[driver.name] = cellsOf(driver, standing)
        found[driver.name] = await drivenCells(site, driver, standing, `user${drivers.indexOf(driver)}@example.com`)
      }
      await site.auth.settled() // its mails are sent before its store is closed
    }
    assert.equal(Object.keys(found).length, drivers.length)
    assert.deepEqual(found, expected)
  })
}

function cellsOf({ cells }: Driver, standing: Standing): Cells {
  const names = policiesOf(standing)
  return Object.fromEntries(Object.entries(cells).filter(([name]) => names.includes(name)))
}

test('every feature there is takes part, and each of its ways to log in has a driver and cells for every policy', () => {
  const features = everyFeature('confirmed')
  assert.deepEqual(features.map(({ name }) => name).sort(), readdirSync('src/features').sort())
  assert.deepEqual(complaintsOf(features, drivers), [])
})

/** Somebody else's feature: whoever knocks is let in as whom they say. */
function knocking(proven: Proven = { method: 'knock' }): Feature {
  return {
    name: 'knocking',
    proofs: [{ method: 'knock', channel: 'knock', as: ['first'], has: () => true }],
    routes: [
      {
        name: 'knock',
        path: '/knock',
        access: 'anyone',
        login: true,
        on: {
          POST: async (ctx) => {
            const { record } = await ctx.identify((await ctx.fields({ email: text() })).email)
            return record ? ctx.login(record, proven) : ctx.json({})
          },
        },
      },
    ],
  }
}

/** A driver of it, with these cells. */
function knocker(cells: Cells): Driver {
  return { name: 'knocking', route: 'knock', proves: 'knock', cells, drive: ({ browser, email }) => browser.post('/auth/knock', { email }) }
}

test('a way to log in without a driver fails the matrix, whatever it is made of: a route, a proof, a token that resumes, a scheme', () => {
  const others: readonly Feature[] = [
    knocking(),
    {
      name: 'resuming',
      resume: { route: 'resuming', carried: () => false },
      routes: [{ name: 'resuming', path: '/r', access: 'anyone', on: {} }],
    },
    { name: 'naming', schemes: [{ name: 'named', ambient: false, recognise: async () => 'absent', challenges: () => [] }] },
  ]
  assert.deepEqual(complaintsOf([...everyFeature('confirmed'), ...others], drivers), [
    'No driver ends at "knock".',
    'No driver ends at "resuming".',
    'No driver is recognised by the scheme "named".',
    'No driver gives a proof by "knock".',
  ])
  assert.deepEqual(
    complaintsOf(everyFeature('at once'), drivers),
    ['confirmation with loginAfter', 'confirmation'].map((name) => `"${name}" ends at "email.confirm", which no feature has.`),
  )
  const without = drivers.filter(({ route }) => route !== 'auth.login' && route !== 'totp.verify')
  assert.deepEqual(complaintsOf(everyFeature('confirmed'), without), [
    'No driver ends at "totp.verify".',
    'No driver ends at "auth.login".',
  ])
})

test('a driver without cells fails the matrix, and so does one that lacks a cell', () => {
  const features = [...everyFeature('confirmed'), knocking()]
  assert.deepEqual(
    complaintsOf(features, [...drivers, knocker({})]),
    standings.flatMap(policiesOf).map((name) => `"knocking" has no cell for "${name}".`),
  )
  const { 'a factor': _, ...others } = oneFactor
  assert.deepEqual(complaintsOf(features, [...drivers, knocker(others)]), ['"knocking" has no cell for "a factor".'])
  assert.deepEqual(complaintsOf(features, [...drivers, knocker(oneFactor)]), [])
})

test('cells that are not what happens fail the matrix: a way that counts for two factors is not what cells of one say', async () => {
  const allIn = Object.fromEntries(standings.flatMap(policiesOf).map((name) => [name, 'session']))
  for (const [proven, cells] of [
    [{ method: 'knock' }, oneFactor],
    [{ method: 'knock', factors: 2 }, allIn],
  ] as const) {
    const site = createSite(memory(), { others: [knocking(proven)] })
    const found: Record<string, unknown> = {}
    for (const [number, standing] of standings.entries())
      Object.assign(found, await drivenCells(site, knocker(oneFactor), standing, `user${number}@example.com`))
    assert.deepEqual(found, cells)
  }
})
