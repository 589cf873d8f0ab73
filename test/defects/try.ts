/** Runs the test that must notice a defect, in a copy of the tree that has it: for `defects.test.ts` and `scripts/defects.mjs`. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { type PlantedTree, plant, type Replacement } from './plant.ts'
import type { Defect } from './seeded.ts'

/** What became of a test in a copy. */
export interface Outcome {
  /** How many tests of the name passed, and how many failed by an assertion. */
  readonly passed: number
  readonly failed: number
  readonly output: string
}

/** Runs the named test in a copy with the patch; with an empty one in the tree as it is. */
export async function tryTest({ caughtBy }: Defect, patch: readonly Replacement[]): Promise<Outcome> {
  const tree = plant(patch)
  try {
    return await runTest(tree, caughtBy)
  } finally {
    tree.remove()
  }
}

async function runTest({ folder }: PlantedTree, { file, test }: Defect['caughtBy']): Promise<Outcome> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const pattern = test.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  const args = ['--test', '--test-reporter=tap', '--test-timeout=60000', `--test-name-pattern=${pattern}`, file]
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const output = await text(child.stdout)
  return { passed: countOf(output, 'pass'), failed: output.split("code: 'ERR_ASSERTION'").length - 1, output }
}

function countOf(output: string, what: string): number {
  return Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
}
