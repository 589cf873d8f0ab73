/** A table of users that the application has made, in every SQL database: names, keys, own columns, and what the start-up says. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { storeContract } from '../../src/testing/store-contract.ts'
import { empty, hostileTables, openFollowing, type Place, places } from './own-tables.ts'

for (const [name, make] of Object.entries(places)) {
  describe(`${name}: the contract on a table of users of the application’s own, under names that trip SQL`, () => {
    const options = { tables: hostileTables }
    let place: Place
    before(async () => {
      place = await make()
      await (await openFollowing(place, options)).durable.close()
    })
    after(() => place.drop())

    for (const { name: property, run } of storeContract) {
      test(property, async () => {
        await empty(place, options)
        await run(async () => {
          const store = place.open({ ...options, migrate: false })
          await store.durable.open()
          return store
        })
      })
    }
  })
}
