/** A PIN as second factor, as somebody else would write it: nothing but the public exports of `portcullis`. */
import {
  type Change,
  type Context,
  type Entry,
  type Feature,
  type Form,
  type Html,
  invalidFields,
  type ProofKind,
  passwordField,
  postForm,
  submitButton,
  text,
  type UserRecord,
} from 'portcullis'

/** What may be set of `pin()`. */
export interface PinOptions {
  /** How many digits; 6 unless said otherwise. */
  readonly digits?: number
}

const name = 'pin'

interface PinTexts {
  readonly label: string
  readonly choose: string
  readonly yours: string
  readonly save: string
  readonly goOn: string
  readonly digits: (count: number) => string
}

const english: PinTexts = {
  label: 'PIN',
  choose: 'Choose a PIN',
  yours: 'Your PIN',
  save: 'Save',
  goOn: 'Go on',
  digits: (count) => `Choose ${count} digits.`,
}

const german: PinTexts = {
  label: 'PIN-Code',
  choose: 'Einen PIN-Code wählen',
  yours: 'Ihr PIN-Code',
  save: 'Speichern',
  goOn: 'Weiter',
  digits: (count) => `Wählen Sie ${count} Ziffern.`,
}

const texts: Readonly<Record<string, PinTexts>> = { en: english, de: german }

/** A PIN: set up at `/pin/setup`, asked for at `/pin` after the password, and good for re-authentication. */
export function pin(options: PinOptions = {}): Feature {
  const { digits = 6 } = options
  const shape = new RegExp(`^\\d{${digits}}$`)

  async function setUp(ctx: Context): Promise<Response> {
    const { pin: chosen } = await ctx.fields({ pin: text({ secret: true, max: 32 }) })
    if (!shape.test(chosen)) throw invalidFields({ pin: [(locale) => locale.choose(texts).digits(digits)] })
    const { record } = await ctx.subject()
    const entry = await ctx.reads.records.get(name, record.user.id, ctx.now)
    return ctx.prove({ method: name }, { changes: [...keep(ctx, record, chosen, entry), ...(entry ? [] : rotate(ctx, record))] })
  }

  return {
    name,
    proofs: [proof],
    routes: [
      {
        name: 'pin.setup',
        path: '/pin/setup',
        access: ['fresh', 'setup'],
        login: true,
        menu: { at: 'account', label: (locale) => locale.choose(texts).label },
        title: (locale) => locale.choose(texts).choose,
        page: (_ctx, form) => pinPage(form, 'save'),
        on: { GET: async (ctx) => ctx.json({ digits }), POST: setUp },
      },
      {
        name: 'pin.verify',
        path: '/pin',
        access: 'owed',
        login: true,
        title: (locale) => locale.choose(texts).yours,
        page: (_ctx, form) => pinPage(form, 'goOn'),
        on: {
          GET: async (ctx) => ctx.json({ digits }),
          POST: async (ctx) => ctx.proveBy(name, (await ctx.fields({ pin: text({ secret: true, max: 32 }) })).pin),
        },
      },
    ],
    record: (event) => (event.name === 'access.reset' && event.user ? [{ kind: 'records.drop', feature: name, key: event.user.id }] : []),
  }
}

function pinPage(form: Form, action: 'save' | 'goOn'): Html {
  const said = form.locale.choose(texts)
  return postForm(form, [passwordField({ name: 'pin', label: said.label, autocomplete: 'one-time-code' }), submitButton(said[action])])
}

const proof: ProofKind = {
  method: name,
  channel: name,
  as: ['second'],
  label: (locale) => locale.choose(texts).label,
  field: name,
  route: 'pin.verify',
  setup: 'pin.setup',
  cheap: true,
  has: async (reads, { user }, _as, now) => (await reads.records.get(name, user.id, now)) !== null,
  verify: async (ground, { user }, value) => {
    const entry = await ground.reads.records.get(name, user.id, ground.now)
    const kept = entry?.secret ? ground.unseal(name, user.id, entry.secret) : null
    return typeof kept === 'string' && ground.verifyKeyed(name, `${user.id} ${value}`, kept) ? { proven: { method: name } } : null
  },
}

/** What keeps a PIN: a keyed hash, sealed to the user, so that neither the database nor another row gives it away. */
function keep(ctx: Context, { user }: UserRecord, chosen: string, entry: Entry | null): readonly Change[] {
  const secret = ctx.seal(name, user.id, ctx.keyed(name, `${user.id} ${chosen}`))
  const row = { feature: name, key: user.id, userId: user.id, value: { since: ctx.now }, secret, expiresAt: null }
  return [{ kind: 'records.put', ...row, expect: entry?.version ?? 0, now: ctx.now }]
}

/** The first second factor ends everything that a password alone had opened. */
function rotate(ctx: Context, { user, stamp }: UserRecord): readonly Change[] {
  return [{ kind: 'users.update', id: user.id, set: { stamp: ctx.id() }, when: { stamp } }]
}
