/** What languages a client reads, by its `Accept-Language` (RFC 9110 section 12.5.4), and which of those on offer suits it (RFC 4647). */

/** More than any browser sends: what comes after them is not looked at. */
const mostRanges = 50
/** Longer than any tag that names a language (RFC 5646 section 4.4.1 asks for 35). */
const longestRange = 64

const weighted = /^([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i

/** The ranges of a header that are wanted, the most wanted first; those of one weight in their order. What is malformed is left out. */
export function readAcceptLanguage(header: string): readonly string[] {
  const ranges = header.split(',', mostRanges).flatMap((text) => {
    const range = text.trim()
    const [, name = '', weight = '1'] = (range.length <= longestRange && weighted.exec(range)) || []
    return name === '' || name === '*' || Number(weight) === 0 ? [] : [{ name, weight: Number(weight) }]
  })
  return ranges.sort((a, b) => b.weight - a.weight).map(({ name }) => name)
}

/**
 * What is on offer for a range: under the range itself, or under the longest beginning of it that there is (RFC 4647 section 3.4; single
 * letters need no rule, since no tag ends in one).
 *
 * @param offered by tags in lower case
 */
export function lookUpLanguage<T>(range: string, offered: ReadonlyMap<string, T>): T | null {
  let rest = range.length <= longestRange ? range.toLowerCase() : ''
  while (rest !== '') {
    const found = offered.get(rest)
    if (found !== undefined) return found
    rest = rest.slice(0, Math.max(0, rest.lastIndexOf('-')))
  }
  return null
}
