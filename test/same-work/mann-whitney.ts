/** Whether two samples come from one distribution, without assuming what it looks like. */

/** What a comparison of two samples says. */
export interface Comparison {
  /** Two-sided, by the normal approximation. */
  readonly p: number
  /** The chance that a value of the second is larger than one of the first: 0.5 when they are alike. */
  readonly auc: number
}

/** The Mann–Whitney U test. Ties get their mean rank. */
export function mannWhitney(first: readonly number[], second: readonly number[]): Comparison {
  const all = [...first.map((value) => ({ value, mine: false })), ...second.map((value) => ({ value, mine: true }))]
  all.sort((a, b) => a.value - b.value)
  let rankSum = 0
  let tied = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end++
    const size = end - start
    rankSum += ((start + 1 + end) / 2) * all.slice(start, end).filter(({ mine }) => mine).length
    tied += size ** 3 - size
    start = end
  }
  const [n, m] = [first.length, second.length]
  const u = rankSum - (m * (m + 1)) / 2
  const variance = ((n * m) / 12) * (n + m + 1 - tied / ((n + m) * (n + m - 1)))
  const z = (Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt(variance)
  return { p: Math.min(1, erfc(z / Math.SQRT2)), auc: u / (n * m) }
}

/** Whether it counts: improbable by chance, and large enough to be of use to anybody. */
export function isDifferent({ p, auc }: Comparison): boolean {
  return p < 1e-4 && Math.abs(auc - 0.5) > 0.05
}

/** The complementary error function, with a relative error under 1.2e-7 (Numerical Recipes, section 6.2). */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x)
  const t = 1 / (1 + x / 2)
  const terms = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277]
  return t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term, 0))
}
