/** Authentication over the application's own table of people. */
import { type Auth, createAuth, password, registration, type Store, session, type User } from 'portcullis'
import type { Tables, UserColumns } from 'portcullis/stores/sqlite'
import { z } from 'zod'

/** A person who is logged in, as the application sees one: what every user has, and its own columns. */
export interface Member extends User {
  readonly fullName: string | null
  readonly plan: string
  readonly newsletter: boolean
}

/** Where Portcullis finds what it needs, in the words of the table. It does without usernames and without `extra`. */
export const tables: Tables = {
  prefix: 'auth_',
  users: {
    name: 'people',
    id: 'integer',
    columns: {
      id: 'person_id',
      email: 'mail',
      emailKey: 'mail_key',
      active: 'is_active',
      createdAt: 'joined_at',
      username: null,
      usernameKey: null,
      extra: null,
    },
  },
}

/** Columns that are members of the user. */
export const userColumns: UserColumns<Member> = {
  fullName: { column: 'Full name', kind: 'text' },
  plan: { column: 'plan', kind: 'text', default: 'free' },
  newsletter: { column: 'newsletter', kind: 'boolean', default: false },
}

/** What the registration form asks for besides; `plan` is not among it, so nobody chooses their own. */
const asked = z.object({
  fullName: z.string().trim().min(1).max(100),
  newsletter: z
    .enum(['true', 'on'])
    .optional()
    .transform((checked) => checked !== undefined),
})

/** Makes the installation on a store with these tables. */
export function createMemberAuth(
  store: Store<Member>,
  { origin, secret }: { readonly origin: string; readonly secret: string },
): Auth<Member> {
  return createAuth({
    origin,
    secret,
    store,
    features: [
      session(),
      password(),
      registration({
        extra: {
          schema: asked,
          fields: [
            { name: 'fullName', label: 'Your name', autocomplete: 'name', required: true },
            { name: 'newsletter', label: 'Send me the newsletter', type: 'checkbox' },
          ],
        },
      }),
    ],
    siteName: 'Notes',
  })
}
