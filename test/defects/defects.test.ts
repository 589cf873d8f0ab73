/** Each seeded defect is noticed by the test that is named for it; that the test is quiet without it, the suite shows. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { postgresUrl } from '../stores/databases.ts'
import { plant } from './plant.ts'
import { defects } from './seeded.ts'
import { tryTest } from './try.ts'

describe('seeded defects', { concurrency: 2 }, () => {
  // The core suite has no servers.
  for (const defect of defects.filter(({ caughtBy }) => !caughtBy.needsServers || postgresUrl !== undefined)) {
    test(`"${defect.name}" is caught by "${defect.caughtBy.test}"`, async () => {
      const { failed, output } = await tryTest(defect, defect.patch)
      assert.ok(failed > 0, output)
    })
  }
})

test('a defect whose place in the sources is gone is an error, and so is one whose place is doubtful', () => {
  const file = 'src/kernel/throttle.ts'
  assert.throws(() => plant([{ file, search: 'what nobody writes', replace: '' }]), /0 times, not once/)
  assert.throws(() => plant([{ file, search: 'await', replace: '' }]), /times, not once/)
})
