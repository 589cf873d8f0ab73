/** Registration: a visitor makes an account and is logged in. */
import type { Html } from '../../html/html.ts'
import type { Feature, Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { type ExtraField, type RegisterView, registerPage } from './pages.ts'
import { register } from './register.ts'
import type { StandardSchema } from './standard-schema.ts'

/** Options of `registration()`. */
export interface RegistrationOptions {
  /** Whether the page asks for the password twice. Default false: it can be shown instead. */
  readonly confirmPassword?: boolean
  /** The application's own fields: validated by any Standard Schema, kept in `user.extra`, or in columns of their own where the store has them. */
  readonly extra?: {
    readonly schema: StandardSchema
    /** How the page asks for them. */
    readonly fields: readonly ExtraField[]
  }
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly register?: (view: RegisterView) => Html }
}

/** Lets visitors make accounts: route `register`. */
export function registration(options: RegistrationOptions = {}): Feature {
  const { confirmPassword = false, extra } = options
  const page = options.pages?.register ?? registerPage

  function registerView(ctx: Context, form: Form): RegisterView {
    const asked = (extra?.fields ?? []).map((field) => ({ ...field, label: ctx.locale.say(field.label) }))
    const identifiers = ctx.identifiers.flatMap(({ name, enrol }) =>
      enrol ? [{ name, label: ctx.locale.say(enrol.label), required: enrol.required }] : [],
    )
    return { ...form, confirm: confirmPassword, minimum: ctx.passwordMinimum.alone, identifiers, extra: asked }
  }

  return {
    name: 'registration',
    routes: [
      {
        name: 'register',
        path: '/register',
        access: 'anonymous',
        login: true,
        menu: { at: 'login', label: ({ texts }) => texts['register.link'] },
        title: ({ texts }) => texts['register.title'],
        template: 'register_user',
        page: (ctx, form) => ctx.show(registerView(ctx, form), page),
        on: {
          GET: async (ctx) => ctx.json({}),
          POST: (ctx) => register(ctx, { confirm: confirmPassword, schema: extra?.schema ?? null }),
        },
      },
    ],
  }
}
