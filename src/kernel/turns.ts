/** Turns of the event loop, so that a burst of requests that do much stops no other request for long. */

/** Makes a queue whose callers resolve one after the other, each in a turn of the event loop of its own. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(nextTurn)
    return last
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
