/** Imports the module named by the argument and prints, as JSON, the URL of every module that was loaded for it. */
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load(url, context, nextLoad) {
    loaded.push(url)
    return nextLoad(url, context)
  },
})
await import(process.argv[2] ?? '')
process.stdout.write(JSON.stringify(loaded))
