/** Whatever is good once is good exactly once, however many redeem it at the same time at however many servers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type StorePlace, stores } from '../flows/stores.ts'
import { artefactsOf } from './artefacts.ts'
import { type Servers, sentOf, startServers } from './servers.ts'
import type { VolleyAnswer } from './volley.ts'

const redemptions = 32
const soak = process.env.PORTCULLIS_SOAK === '1'

for (const { name: store, reach, place } of stores) {
  const count = reach === 'one process' ? 1 : 2
  for (const confirms of [false, true]) {
    describe(confirms ? `${store}, addresses confirmed` : store, () => {
      let at: StorePlace
      let servers: Servers

      before(async () => {
        at = await place()
        servers = await startServers(count, { address: at.address, triesPerSource: 1_000_000, ...(confirms && { confirms }) })
      })

      after(async () => {
        await servers.stop()
        await at.remove()
      })

      for (const { name, mailed = false, begin } of artefactsOf(confirms)) {
        const rounds = soak ? 1000 : reach === 'network' ? 50 : mailed ? 250 : 1000
        test(`THR-82: of ${redemptions} that redeem ${name} at once, exactly one succeeds, ${rounds} times`, async () => {
          const next = await begin(servers.browser)
          const winners = new Set<number>()
          for (let round = 0; round < rounds; round++) {
            const { rival, ...first } = await next(round)
            const all = rival ? [first, rival] : [first]
            const volleys = all.map(({ browser, path, body }) => servers.volley(sentOf(browser, path, body), redemptions / all.length))
            const answers = (await Promise.all(volleys)).flat()
            assert.equal(answers.length, redemptions)
            const won = answers.filter(({ status }) => status === 200)
            assert.equal(won.length, 1, `round ${round}: ${answers.map(({ status }) => status).join()}`)
            assert.ok(answers.every(isWonOrRefused), `round ${round}: ${answers.map(({ said }) => said).join('\n')}`)
            for (const { server } of won) winners.add(server)
          }
          assert.equal(winners.size, count, 'one server has won every round: these were no races')
        })
      }
    })
  }
}

function isWonOrRefused({ status }: VolleyAnswer): boolean {
  return status === 200 || (status >= 400 && status < 500)
}
