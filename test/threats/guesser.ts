/** A server process that guesses at an account on a shared database file: run by `limits.test.ts`, told by messages how often. */
import { sqlite } from '../../src/stores/sqlite.ts'
import { otherPhrase, phrase, serve } from '../flows/application.ts'
import { account, installation } from './setting.ts'

/** How many guesses to have under way at once, and whether the last of them is right. */
export interface Guesses {
  readonly count: number
  readonly right: boolean
}

const open = serve(installation(sqlite(process.argv[2] ?? '')), {}, { address: '203.0.113.7' })

process.on('message', async ({ count, right }: Guesses) => {
  const statuses = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const typed = right && index === count - 1 ? phrase : otherPhrase
      return (await open().post('/auth/login', { ...account, password: typed })).status
    }),
  )
  process.send?.(statuses)
})
process.send?.('ready')
