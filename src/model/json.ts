/** Values that may or may not need waiting for, and values that survive JSON. */

/** A value now, or later. In-process stores answer at once; a caller awaits either way. */
export type Maybe<T> = T | Promise<T>

/** What `JSON.stringify` writes and `JSON.parse` gives back unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Named JSON values. */
export type Members = Readonly<Record<string, Json>>
