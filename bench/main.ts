/** Runs the benches: all of them, or those that are named. `npm run bench`, `npm run bench -- session http`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { install, runCommand } from './kit/install.ts'
import { type Bench, missed, renderSection, type Section } from './kit/results.ts'

const benches: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  session: () => import('./session.ts'),
  http: () => import('./http.ts'),
  login: () => import('./login.ts'),
  size: () => import('./size.ts'),
  storm: () => import('./storm.ts'),
  scale: () => import('./scale.ts'),
  network: () => import('./network.ts'),
}

/** Runs what was asked for; says whether every limit is met. */
async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { date: { type: 'string' } } })
  const unknown = positionals.find((name) => !(name in benches))
  if (unknown !== undefined) throw new Error(`There is no bench "${unknown}": there are ${Object.keys(benches).join(', ')}.`)
  const chosen = positionals.length === 0 ? Object.keys(benches) : positionals

  install()
  runCommand(process.execPath, ['../node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], import.meta.dirname)
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'))
  process.env.BENCH_FOLDER = folder
  const sections: Section[] = []
  try {
    for (const name of chosen) {
      const section = await runBench(name)
      sections.push(section)
      console.log(renderSection(section))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  // Figures of different runs do not belong side by side.
  if (positionals.length === 0) writeResults(sections, values.date)
  const short = sections.flatMap(missed)
  for (const { what, measured, limit } of short) console.error(`MISSED ${what}: ${measured}, limit ${limit}`)
  return short.length === 0
}

async function runBench(name: string): Promise<Section> {
  const bench = await benches[name]?.()
  if (!bench) throw new Error(`There is no bench "${name}".`)
  return bench.run()
}

function writeResults(sections: readonly Section[], date: string | undefined): void {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
  const peers = ['better-auth', 'express', 'express-session', 'hono', 'kysely', 'passport'].map((name) => `${name} ${dependencies[name]}`)
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`
  const text = [
    '# What was measured',
    '',
    'Written by `npm run bench`, all in one run; the documentation quotes from here.',
    '',
    `On ${machine}${date === undefined ? '' : `, ${date}`}, beside ${peers.join(', ')}.`,
    '',
    ...sections.map(renderSection),
  ]
  writeFileSync(new URL('results.md', import.meta.url), text.join('\n'))
}

process.exitCode = (await main()) ? 0 : 1
