/** Contenders and servers are processes of their own, so that none warms up, slows down or fills the memory of another. */
import { type ChildProcess, fork } from 'node:child_process'

/** A child that answers one message at a time. */
export interface Child {
  /** What it said when it was ready. */
  readonly hello: unknown
  ask(message: unknown): Promise<unknown>
  stop(): Promise<void>
}

/** Starts a file of this folder, perhaps with an argument after it, and waits until it says that it is ready. */
export async function startChild(command: string): Promise<Child> {
  const [file = '', ...args] = command.split(' ')
  const child = fork(new URL(`../${file}`, import.meta.url), args, { env: { ...process.env, NODE_ENV: 'production' } })
  const hello = await nextMessage(child, file)
  return {
    hello,
    ask: (message) => {
      const answer = nextMessage(child, file)
      child.send(message as object)
      return answer
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

function nextMessage(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const died = (): void => reject(new Error(`${file} ended before it answered.`))
    child.once('exit', died)
    child.once('message', (message) => {
      child.off('exit', died)
      resolve(message)
    })
  })
}

/** Starts several, does something with them, and stops them however that ends. */
export async function withChildren<N extends string, T>(
  files: Readonly<Record<N, string>>,
  use: (children: Readonly<Record<N, Child>>) => Promise<T>,
): Promise<T> {
  const children = {} as Record<N, Child>
  try {
    for (const name of Object.keys(files) as N[]) children[name] = await startChild(files[name])
    return await use(children)
  } finally {
    await Promise.all(Object.values<Child>(children).map((child) => child.stop()))
  }
}

/** In a child: says that it is ready, and answers what the parent asks. */
export function answerParent(hello: unknown, answer: (message: unknown) => unknown): void {
  process.on('message', async (message) => process.send?.(await answer(message)))
  process.once('disconnect', () => process.exit())
  process.send?.(hello)
}
