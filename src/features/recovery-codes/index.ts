/** Recovery codes: for whoever has lost the second factor. */
import type { Html } from '../../html/html.ts'
import type { MailTemplate } from '../../html/mail.ts'
import { text } from '../../http/fields.ts'
import type { Feature, ProofKind } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Work } from '../../kernel/step.ts'
import type { AuthEvent, EventName } from '../../model/event.ts'
import { verifyRecoveryCode } from './code.ts'
import { recoveryCodesMail } from './mails.ts'
import { type RecoveryCodesView, recoveryCodesPage, type UseRecoveryCodeView, useRecoveryCodePage } from './pages.ts'
import { codesView, countCodes, joinFactor, regenerateCodes } from './show.ts'

/** Options of `recoveryCodes()`. */
export interface RecoveryCodesOptions {
  /** The application's own pages in place of the shipped ones. */
  readonly pages?: {
    readonly codes?: (view: RecoveryCodesView) => Html
    readonly use?: (view: UseRecoveryCodeView) => Html
  }
  /** The application's own mail in place of the shipped one. */
  readonly mails?: { readonly changed?: MailTemplate }
}

/** The events of a new second factor, and the one at which the browser forgets codes that it was to show. */
const joinedEvents: readonly EventName[] = ['totp.added', 'user.logged_out']

/** Answers a debt and never makes one: codes alone are no second factor. */
const proof: ProofKind = {
  method: 'recovery_code',
  channel: 'recovery-codes',
  as: ['backup', 'again'],
  label: ({ texts }) => texts['recovery_codes.label'],
  field: 'recoveryCode',
  route: 'recovery-codes.use',
  cheap: true,
  has: async (reads, { user }) => (await reads.recoveryCodes.listOf(user.id)).length > 0,
  verify: verifyRecoveryCode,
}

/** Ten codes, each good once, for whoever has lost the second factor: routes `recovery-codes` and `recovery-codes.use`. */
export function recoveryCodes({ pages = {}, mails = {} }: RecoveryCodesOptions = {}): Feature {
  return {
    name: 'recovery-codes',
    proofs: [proof],
    join: { at: joinedEvents, run: joinFactor },
    record: answer,
    routes: [
      {
        name: 'recovery-codes',
        path: '/recovery-codes',
        access: 'session',
        menu: { at: 'account', label: ({ texts }) => texts['recovery_codes.label'] },
        title: ({ texts }) => texts['recovery_codes.title'],
        template: 'mf_recovery_codes',
        page: async (ctx, form) => ctx.show(await codesView(ctx, form), pages.codes ?? recoveryCodesPage),
        on: { GET: countCodes, POST: regenerateCodes },
      },
      {
        name: 'recovery-codes.use',
        path: '/recovery-codes/use',
        access: 'owed',
        login: true,
        title: ({ texts }) => texts['recovery_codes.use_title'],
        template: 'mf_recovery',
        page: (ctx, form) => ctx.show(form, pages.use ?? useRecoveryCodePage),
        on: { GET: async (ctx) => ctx.json({}), POST: useCode },
      },
    ],
    mails: { 'recovery_codes.changed': mails.changed ?? recoveryCodesMail },
    mailFiles: { 'recovery_codes.changed': 'recovery_codes_notice' },
  }
}

/** `POST recovery-codes/use {code}`: answers the debt of the login that this browser holds. */
async function useCode(ctx: Context): Promise<Response> {
  const { code } = await ctx.fields({ code: text({ max: 64, secret: true }) })
  try {
    return await ctx.proveBy('recovery_code', code)
  } catch (error) {
    throw blameField(error, 'code')
  }
}

/** Codes that a stranger may have seen go; and whoever has others, or one less, is told. */
function answer(event: AuthEvent): Work {
  const { name, user, ip, userAgent } = event
  if (user === null) return []
  if (name === 'access.reset' || name === 'user.login_disowned' || name === 'email.change_undone')
    return [{ kind: 'recoveryCodes.replace', userId: user.id, hashes: [] }]
  if (name !== 'recovery_code.used' && name !== 'recovery_codes.made') return []
  const data = { left: name === 'recovery_code.used' ? event.left : null, ip, userAgent }
  return [{ kind: 'mail', mail: 'recovery_codes.changed', user, to: user.email, send: true, data }]
}
