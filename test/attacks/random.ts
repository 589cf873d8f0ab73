/** Chance that can be had again: every hostile request is made of a seed and its number alone, so that one can be repeated by itself. */

/** Where one request gets its chance from. */
export interface Dice {
  /** A whole number from 0 to `below - 1`. */
  below(below: number): number
  /** One of these. */
  pick<T>(choices: readonly T[]): T
  /** True so many times of a hundred. */
  percent(chance: number): boolean
}

/** The seed of this run: printed by the runner, and by every failure. */
export const seed: number = Number(process.env.PORTCULLIS_SEED ?? 1)

/** Dice that fall alike for the same seed and number (mulberry32). */
export function createDice(from: number, number: number): Dice {
  let state = Math.imul(from ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    pick(choices) {
      const chosen = choices[below(choices.length)]
      if (chosen === undefined) throw new Error('There is nothing to pick from.')
      return chosen
    },
    percent: (chance) => below(100) < chance,
  }
}
