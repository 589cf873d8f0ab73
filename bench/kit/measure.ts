/** Medians of alternating rounds: whatever else the machine does then falls on every contender alike. */

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('There is no median of nothing.')
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** The number that a share (0 to 1) of the numbers does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const found = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new Error('There is no percentile of nothing.')
  return found
}

/** Numbers of each contender, one per round. */
export type Rounds<N extends string> = Readonly<Record<N, readonly number[]>>

/** Lets each contender measure once per round, in turns; every second round goes the other way. */
export async function alternate<N extends string>(
  contenders: Readonly<Record<N, () => Promise<number>>>,
  rounds: number,
): Promise<Rounds<N>> {
  const names = Object.keys(contenders) as N[]
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) measured[name].push(await contenders[name]())
  }
  return measured
}

/** The median, over the rounds, of one contender's number divided by another's of the same round. */
export function medianRatio(of: readonly number[], by: readonly number[]): number {
  return median(of.map((number, round) => number / (by[round] ?? Number.NaN)))
}
