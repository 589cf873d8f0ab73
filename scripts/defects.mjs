// Seeds each known defect in a copy of the tree, runs the test that must notice it, and prints what came of it.
// Exits with 1 when one is not caught, or when its test fails without it.
import { defects } from '../test/defects/seeded.ts'
import { tryTest } from '../test/defects/try.ts'
import { findDatabases } from './services.mjs'

const databases = await findDatabases()
Object.assign(process.env, databases.env)

let missed = 0
console.log('| Defect | Test | Without it | With it |\n|---|---|---|---|')
for (const defect of defects) {
  const sound = await tryTest(defect, [])
  const defective = await tryTest(defect, defect.patch)
  const quiet = sound.passed > 0 && sound.failed === 0
  const caught = defective.failed > 0
  if (!quiet || !caught) missed += 1
  const { file, test } = defect.caughtBy
  console.log(`| ${defect.name} | \`${file}\`: "${test}" | ${quiet ? 'passes' : 'FAILS'} | ${caught ? 'caught' : 'MISSED'} |`)
}
console.log(missed === 0 ? `\nAll ${defects.length} are caught.` : `\n${missed} of ${defects.length} are not caught.`)
process.exitCode = missed === 0 ? 0 : 1
await databases.stop()
