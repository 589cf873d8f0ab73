/** What a contender of the bench `session` does: repeats one operation as often as it can, when told to. */
import { answerParent } from './child.ts'

/** Answers a time in milliseconds with the microseconds that the operation took in it, on average. */
export function contend(operation: () => unknown): void {
  answerParent('ready', async (milliseconds) => {
    const begin = performance.now()
    let done = 0
    let spent = 0
    while (spent < Number(milliseconds)) {
      for (let i = 0; i < 100; i++) {
        const result = operation()
        if (result instanceof Promise) await result
      }
      done += 100
      spent = performance.now() - begin
    }
    return (spent * 1000) / done
  })
}

/** The folder in which this run keeps its databases. */
export function databaseFile(name: string): string {
  return `${process.env.BENCH_FOLDER}/${name}-${process.pid}.db`
}
