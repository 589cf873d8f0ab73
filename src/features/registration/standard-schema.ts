/** The part of the Standard Schema interface (version 1) that registration needs: Zod, Valibot, ArkType and others have it. */
import type { Maybe } from '../../model/json.ts'

/** What a validator of any library looks like. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Maybe<SchemaResult>
  }
}

/** A value, or what is wrong with it. */
export type SchemaResult = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
