/** Schemes with their parameters, as challenges and credentials list them (RFC 9110 sections 11.3 and 11.4). */
import { type FieldReader, readField } from './field-text.ts'

/** One scheme of a field. */
export interface SchemeParameters {
  /** In lower case. */
  readonly scheme: string
  /** By their names in lower case; values without quotes, one character for each byte. */
  readonly parameters: ReadonlyMap<string, string>
}

interface OpenScheme extends SchemeParameters {
  readonly parameters: Map<string, string>
  /** Whether a token68 stands in place of parameters. */
  readonly hasToken: boolean
}

/**
 * Reads a list of schemes. `null` when it breaks the grammar, or a scheme names one parameter twice: two readers could take different ones.
 *
 * Commas separate schemes as well as parameters; only the `=` tells which one a word begins.
 */
export function readSchemes(text: string): readonly SchemeParameters[] | null {
  const reader = readField(text)
  const schemes: OpenScheme[] = []
  for (;;) {
    skipSeparators(reader)
    if (reader.isAtEnd()) return schemes
    const word = reader.token()?.toLowerCase()
    if (word === undefined) return null
    const hasSpace = reader.skipSpace()
    if (reader.take('=')) {
      if (!addParameter(reader, word, schemes.at(-1))) return null
    } else {
      const token = hasSpace ? reader.token68() : null
      const scheme = { scheme: word, parameters: new Map<string, string>(), hasToken: token !== null }
      schemes.push(scheme)
      // The first parameter follows its scheme after a space; everything else follows a comma.
      if (hasSpace && token === null && !addFirstParameter(reader, scheme)) return null
    }
    if (!isElementAtEnd(reader)) return null
  }
}

/** The parameters of a field that has no scheme, such as `Authentication-Info` (RFC 9110 section 11.6.3); `null` when it breaks the grammar. */
export function readParameters(text: string): ReadonlyMap<string, string> | null {
  const [only, ...others] = readSchemes(`none ${text}`) ?? []
  return only === undefined || others.length > 0 ? null : only.parameters
}

/** Empty elements count for nothing (RFC 9110 section 5.6.1.2). */
function skipSeparators(reader: FieldReader): void {
  do reader.skipSpace()
  while (reader.take(','))
}

function isElementAtEnd(reader: FieldReader): boolean {
  reader.skipSpace()
  return reader.isAtEnd() || reader.take(',')
}

/** Adds the parameter that comes next, if one does. */
function addFirstParameter(reader: FieldReader, scheme: OpenScheme): boolean {
  const name = reader.token()?.toLowerCase()
  if (name === undefined) return true
  reader.skipSpace()
  return reader.take('=') && addParameter(reader, name, scheme)
}

function addParameter(reader: FieldReader, name: string, scheme: OpenScheme | undefined): boolean {
  reader.skipSpace()
  const value = (name === 'uri' ? reader.quotedUri() : reader.quoted()) ?? reader.token()
  if (value === null || scheme === undefined || scheme.hasToken) return false
  const { size } = scheme.parameters
  return scheme.parameters.set(name, value).size > size
}
