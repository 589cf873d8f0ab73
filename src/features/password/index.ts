/** Passwords: log in with one, change it, prove yourself again with it. */
import type { Html } from '../../html/html.ts'
import type { Feature, Form, ProofKind } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { changePassword, showChange } from './change.ts'
import { login, showLogin } from './login.ts'
import { type ChangePasswordView, changePasswordPage, type LoginView, loginPage } from './pages.ts'

/** Options of `password()`. How passwords are judged and hashed is the kernel's option `passwords`. */
export interface PasswordFeatureOptions {
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly login?: (view: LoginView) => Html
    readonly changePassword?: (view: ChangePasswordView) => Html
  }
}

const proof: ProofKind = {
  method: 'password',
  channel: 'password',
  as: ['first', 'again'],
  label: ({ texts }) => texts['field.password'],
  field: 'password',
  has: (_reads, record) => record.passwordHash !== null,
  verify: async (ground, record, value) => {
    const right = await ground.verifyPassword({ key: ground.keyOf(record), record }, value)
    return right ? { proven: { method: 'password' } } : null
  },
}

/** Login with an identifier and a password, and the change of it: routes `login` and `password.change`. */
export function password(options: PasswordFeatureOptions = {}): Feature {
  const { login: showLoginPage = loginPage, changePassword: showChangePage = changePasswordPage } = options.pages ?? {}
  return {
    name: 'password',
    proofs: [proof],
    routes: [
      {
        name: 'login',
        path: '/login',
        access: 'anyone',
        login: true,
        menu: { at: 'login', label: ({ texts }) => texts['login.link'] },
        title: ({ texts }) => texts['login.title'],
        template: 'login_user',
        page: (ctx, form) => (ctx.user ? ctx.goTo(ctx.targets.login) : ctx.show(form, showLoginPage)),
        on: { GET: showLogin, POST: login },
      },
      {
        name: 'password.change',
        path: '/change-password',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['change_password.link'] },
        title: ({ texts }) => texts['change_password.title'],
        template: 'change_password',
        page: async (ctx, form) => ctx.show(await changeView(ctx, form), showChangePage),
        on: { GET: showChange, POST: changePassword },
      },
    ],
  }
}

async function changeView(ctx: Context, form: Form): Promise<ChangePasswordView> {
  const { user, passwordHash } = (await ctx.subject()).record
  if (passwordHash === null) await ctx.requireFresh() // the form would be refused
  const { alone, withSecondFactor } = ctx.passwordMinimum
  return {
    ...form,
    email: user.email,
    hasPassword: passwordHash !== null,
    minimum: ctx.requiresSecondFactor(user) ? withSecondFactor : alone,
  }
}
