/** Refuses misspelt options: one that nobody reads would silently leave a door open or a limit off. */

/**
 * Checks that an object has no other keys than these.
 *
 * @throws Error with a sentence that names the first unknown one
 */
export function refuseUnknownKeys(where: string, given: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(known, key))
  if (unknown !== undefined) throw new Error(`${where} has no option "${unknown}": it may have ${Object.keys(known).join(', ')}.`)
}
