/** Setting an authenticator up: a secret for each attempt, which is kept only after a right code. */
import type { Html } from '../../html/html.ts'
import { qrCode } from '../../html/qr-code.ts'
import { text } from '../../http/fields.ts'
import type { Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { blameField } from '../../kernel/refusal.ts'
import type { Challenged } from '../../kernel/step.ts'
import { AuthError } from '../../model/error.ts'
import type { Authenticator } from '../../model/second-factor.ts'
import type { UserRecord } from '../../model/user.ts'
import { createTotpSecret, fromBase32, groupedSecret, matchTotp, otpauthUri, toBase32 } from '../../protocols/totp.ts'
import { sealSecret } from './code.ts'
import type { SetupView } from './pages.ts'
import type { TotpSettings } from './settings.ts'

const ceremony = 'totp.setup'
/** How long an attempt may take. */
const seconds = 600

interface Attempt {
  readonly setupId: string
  readonly secret: Uint8Array
  readonly uri: string
  readonly qr: Html
}

/** A new secret, sealed to this browser until its code is right. @throws AuthError `limit_reached` */
async function begin(ctx: Context, settings: TotpSettings): Promise<Attempt> {
  const { record } = await ctx.subject()
  if ((await ctx.reads.totp.listOf(record.user.id)).length >= settings.most) throw new AuthError('limit_reached')
  const secret = createTotpSecret(settings.algorithm, ctx.random)
  const setupId = await ctx.challenge(ceremony, toBase32(secret), { seconds, record })
  return describe(ctx, settings, record, { setupId, secret })
}

function describe(ctx: Context, settings: TotpSettings, { user }: UserRecord, attempt: Pick<Attempt, 'setupId' | 'secret'>): Attempt {
  const uri = otpauthUri({ ...settings, account: user.email, secret: attempt.secret })
  return { ...attempt, uri, qr: qrCode(uri, { title: ctx.locale.texts['totp.qr'] }) }
}

/** The attempt of an id, as long as it is this user's. @throws AuthError `challenge_expired` */
async function attemptOf(
  ctx: Context,
  { user }: UserRecord,
  setupId: string,
): Promise<{ readonly challenged: Challenged; readonly secret: Uint8Array }> {
  const challenged = await ctx.challenged(ceremony, setupId)
  const secret = typeof challenged.data === 'string' ? fromBase32(challenged.data) : null
  if (challenged.userId !== user.id || secret === null) throw new AuthError('challenge_expired')
  return { challenged, secret }
}

/** `POST totp/setup` → `{secret,uri,qr,setupId}`: `qr` is an SVG element. */
export async function setUp(ctx: Context, settings: TotpSettings): Promise<Response> {
  if (ctx.wantsPage) return ctx.goTo(ctx.urlFor('totp.setup'))
  const { setupId, secret, uri, qr } = await begin(ctx, settings)
  return ctx.json({ secret: toBase32(secret), uri, qr: String(qr), setupId })
}

/** The secret of an attempt; `null` when it took too long, or there is none yet. */
async function secretOf(ctx: Context, record: UserRecord, setupId: string): Promise<Uint8Array | null> {
  try {
    return (await attemptOf(ctx, record, setupId)).secret
  } catch (error) {
    if (error instanceof AuthError && error.code === 'challenge_expired') return null
    throw error
  }
}

/** What the page to set one up is given: the attempt whose code was refused, or a new one. */
export async function setupView(ctx: Context, form: Form, settings: TotpSettings): Promise<SetupView> {
  const { record } = await ctx.subject()
  const { setupId = '' } = form.values
  const secret = await secretOf(ctx, record, setupId)
  const attempt = secret ? describe(ctx, settings, record, { setupId, secret }) : await begin(ctx, settings)
  const { uri, qr } = attempt
  const isOwed = (await ctx.subject()).by === 'setup'
  return { ...form, action: ctx.urlFor('totp.confirm'), setupId: attempt.setupId, key: groupedSecret(attempt.secret), uri, qr, isOwed }
}

/**
 * `POST totp/confirm {setupId,code,name?}`: a right code keeps the secret, and is spent. The first one of an account ends everything that
 * was opened without it, in the same write, so of two who try at once one succeeds.
 *
 * @throws AuthError `challenge_expired`, `invalid_credentials` for a wrong code, `limit_reached`, `too_many_attempts`
 */
export async function confirm(ctx: Context, settings: TotpSettings): Promise<Response> {
  const given = await ctx.fields({
    setupId: text({ max: 64 }),
    code: text({ max: 32, secret: true }),
    name: text({ max: 100, optional: true }),
  })
  const { record } = await ctx.subject()
  const { user, stamp } = record
  const { challenged, secret } = await attemptOf(ctx, record, given.setupId)
  const { algorithm, digits, period, most } = settings
  const held = await ctx.reads.totp.listOf(user.id)
  if (held.length >= most) throw new AuthError('limit_reached') // before the attempt is spent
  const shape = { algorithm, digits, period }
  const step = await guessStep(ctx, record, () => matchTotp({ secret, code: given.code, now: ctx.now, spentStep: null, ...shape }))
  await challenged.spend() // after a right code: a typing error costs no new picture
  const id = ctx.id()
  const authenticator: Authenticator = {
    ...{ id, userId: user.id, name: given.name.trim() || nextName(ctx, held) },
    ...{ secret: sealSecret(ctx, { id, userId: user.id }, toBase32(secret)), ...shape, step },
    ...{ createdAt: ctx.now, usedAt: ctx.now },
  }
  const isFirst = !(await ctx.holdsSecondFactor(record))
  return ctx.prove(
    { method: 'totp' },
    {
      changes: [
        { kind: 'totp.add', authenticator, most },
        ...(isFirst ? [{ kind: 'users.update', id: user.id, set: { stamp: ctx.id() }, when: { stamp } } as const] : []),
      ],
      events: [{ name: 'totp.added', user, authenticatorId: id }],
    },
    ctx.urlFor('totp'),
  )
}

/** A name that the user's others do not have: `Authenticator`, `Authenticator 2`, … */
function nextName(ctx: Context, held: readonly Authenticator[]): string {
  const plain = ctx.locale.texts['totp.name_default']
  let name = plain
  for (let number = 2; held.some((other) => other.name === name); number++) name = `${plain} ${number}`
  return name
}

async function guessStep(ctx: Context, record: UserRecord, match: () => number | null): Promise<number> {
  try {
    return await ctx.guess({ key: ctx.keyOf(record), record, method: 'totp', cheap: true }, async () => match())
  } catch (error) {
    throw blameField(error, 'code')
  }
}
