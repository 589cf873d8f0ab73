/** Maps whose changes can be undone, holding values that nobody can change. */

/** Remembers how to undo what was done since it began. */
export class Journal {
  /** Steps that undo, while an attempt is under way. */
  #undo: (() => void)[] | null = null

  /** Runs `work`; unless it gives true, everything it did to the tables of this journal is undone. */
  attempt<T>(work: () => T, keeps: (result: T) => boolean): T {
    const undo: (() => void)[] = []
    this.#undo = undo
    let kept = false
    try {
      const result = work()
      kept = keeps(result)
      return result
    } finally {
      this.#undo = null
      if (!kept) for (const step of undo.reverse()) step()
    }
  }

  /** Adds a step that undoes what is about to be done; outside an attempt nothing is remembered. */
  note(step: () => void): void {
    this.#undo?.push(step)
  }
}

/** Rows by a key. What goes in is copied and frozen, so what comes out can be shared. */
export class Table<K, V> {
  readonly #rows: Map<K, V> = new Map()
  readonly #journal: Journal

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get(key: K): V | undefined {
    return this.#rows.get(key)
  }

  has(key: K): boolean {
    return this.#rows.has(key)
  }

  /** All rows, as a list that later changes do not touch. */
  rows(): readonly V[] {
    return [...this.#rows.values()]
  }

  set(key: K, value: V): void {
    this.#noteOld(key)
    this.#rows.set(key, freeze(structuredClone(value)))
  }

  /** False when there was nothing under this key. */
  delete(key: K): boolean {
    this.#noteOld(key)
    return this.#rows.delete(key)
  }

  /** Removes up to `limit` rows that fit; how many. */
  deleteWhere(fits: (value: V) => boolean, limit: number = Number.POSITIVE_INFINITY): number {
    let removed = 0
    for (const [key, value] of this.#rows) {
      if (removed >= limit) break
      if (fits(value) && this.delete(key)) removed++
    }
    return removed
  }

  #noteOld(key: K): void {
    const old = this.#rows.get(key)
    this.#journal.note(() => (old === undefined ? this.#rows.delete(key) : this.#rows.set(key, old)))
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}
