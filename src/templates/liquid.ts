/** `portcullis/templates/liquid`: pages and mails from Liquid files of the application, read and checked once, at the start. */
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { Drop, Liquid, RenderTag, type Template } from 'liquidjs'
import { Html, html } from '../html/html.ts'
import type { Templates } from '../html/templates.ts'
import type { Locale } from '../model/locale.ts'

/** What templates may do: choose, repeat, name, and use parts. Nothing reads files, and nothing writes without being escaped. */
const tags = ['#', 'assign', 'break', 'capture', 'case', 'comment', 'continue', 'echo', 'for', 'if', 'liquid', 'raw', 'render', 'unless']

/**
 * Reads the files in `<folder>/security`: `login_user.html` takes the place of the page of that name, `email/reset_instructions.txt` and
 * `.html` together that of a mail, `_name.html` is a part that others `render`. Needs the package `liquidjs`.
 *
 * In HTML everything is escaped but what is markup already (`body`, `shipped`); the filter `raw` does not exist. The text of a mail begins
 * with the line `Subject: …`.
 *
 * @param folder from where the process was started
 * @throws Error that names file and line when one cannot be read or is no template, and the file that a mail lacks
 */
export function liquid(folder = 'templates'): Templates {
  const sources = readSources(folder)
  const [ofHtml, ofText] = [createEngine(sources, escapeValue), createEngine(sources, textOf)]
  const parsed = new Map<string, readonly Template[]>()
  const pages = new Map<string, string>()
  const mails = new Map<string, string>()
  for (const [name, source] of sources) {
    const path = join(folder, name)
    const isText = name.endsWith('.txt')
    parsed.set(name, parse(isText ? ofText : ofHtml, source, path))
    const page = /^security\/([^_/][^/]*)\.html$/.exec(name)?.[1]
    if (page !== undefined) pages.set(page, path)
    const mail = /^security\/email\/([^_/][^/]*)\.(?:html|txt)$/.exec(name)?.[1]
    if (mail === undefined) continue
    const other = `security/email/${mail}.${isText ? 'html' : 'txt'}`
    if (!sources.has(other)) throw new Error(`liquid: the file ${join(folder, other)} is missing beside ${path}: a mail has both forms.`)
    if (isText && !source.startsWith('Subject: ')) throw new Error(`liquid: the file ${path} must begin with the line "Subject: …".`)
    if (isText) mails.set(mail, path)
  }

  function render(engine: Liquid, name: string, scope: object, locale: Locale): string {
    return String(engine.renderSync([...(parsed.get(`security/${name}`) ?? [])], scope, { globals: { locale } }))
  }

  return {
    pages,
    mails,
    page(name, view) {
      const { locale, values = {}, errors = {} } = view
      const scope = { ...view, values: new ByField(values, ''), errors: new ByField(errors, []) }
      return Html.of(render(ofHtml, `${name}.html`, scope, locale))
    },
    mail(name, view) {
      const [head = '', ...lines] = render(ofText, `email/${name}.txt`, view, view.locale).split('\n')
      const text = lines.join('\n').replace(/^\n+/, '')
      return { subject: head.replace(/^Subject: /, ''), text, html: Html.of(render(ofHtml, `email/${name}.html`, view, view.locale)) }
    },
  }
}

/** What belongs to a field, and what to take of a field of which nothing is known. */
class ByField extends Drop {
  readonly #known: ReadonlyMap<string, unknown>
  readonly #otherwise: unknown

  constructor(known: object, otherwise: unknown) {
    super()
    this.#known = new Map(Object.entries(known))
    this.#otherwise = otherwise
  }

  override liquidMethodMissing(field: string | number): unknown {
    return this.#known.get(String(field)) ?? this.#otherwise
  }
}

/** Every file below `security/` by its name in the folder, with slashes. */
function readSources(folder: string): ReadonlyMap<string, string> {
  const root = join(folder, 'security')
  let names: readonly string[]
  try {
    names = readdirSync(root, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    throw new Error(`liquid: the folder ${root} cannot be read.`, { cause })
  }
  const files = names.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.html') || /^email\/.*\.txt$/.test(name))
  return new Map(files.sort().map((name) => [`security/${name}`, readSource(root, name)]))
}

function readSource(root: string, name: string): string {
  const path = join(root, name)
  let text: string
  let isInside: boolean
  try {
    isInside = realpathSync(path).startsWith(realpathSync(root) + sep)
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (cause) {
    throw new Error(`liquid: the file ${path} cannot be read as UTF-8.`, { cause })
  }
  if (!isInside) throw new Error(`liquid: the file ${path} is a link that leads out of ${root}.`)
  return text
}

/** An engine that knows these files and no file system. */
function createEngine(sources: ReadonlyMap<string, string>, outputEscape: (value: unknown) => string): Liquid {
  const engine = new Liquid({
    templates: Object.fromEntries(sources),
    cache: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true, // what is not there may be asked for: {% if errors.email %}
    ownPropertyOnly: true,
    outputEscape,
  })
  for (const name of Object.keys(engine.tags)) if (!tags.includes(name)) delete engine.tags[name]
  engine.unregisterFilter('raw')
  engine.registerFilter('text', function (code: unknown, ...values: readonly unknown[]) {
    return sayText(this.context.globals.locale, code, values)
  })
  engine.registerFilter('time', function (at: unknown) {
    const { time }: Locale = this.context.globals.locale
    return time(Number(at))
  })
  engine.registerTag('render', partTag(sources))
  return engine
}

/** Parts are named by their names, so that one that is missing is found at the start. */
function partTag(sources: ReadonlyMap<string, string>): typeof RenderTag {
  return class extends RenderTag {
    constructor(...given: ConstructorParameters<typeof RenderTag>) {
      super(...given)
      const name = this.partialScope()?.name
      if (name === undefined) throw new Error('a part is rendered by a computed name: write the name itself, in quotes')
      if (!sources.has(name)) throw new Error(`the part "${name}" is missing`)
    }
  }
}

function parse(engine: Liquid, source: string, path: string): readonly Template[] {
  try {
    return engine.parse(source, path)
  } catch (cause) {
    throw new Error(`liquid: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

/** Text for elements and quoted attributes; markup as it is. */
function escapeValue(value: unknown): string {
  if (value instanceof Html || typeof value === 'string' || typeof value === 'number') return html`${value}`.toString()
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.map(escapeValue).join('')
  throw new Error('an object is no text: name one of its members')
}

/** Values of a mail's text; none holds a line break of its own, so that none passes for a line of the mail. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replace(/[\p{C}\p{Z}]+/gu, ' ')
  if (Array.isArray(value)) return value.map(textOf).join('')
  return value instanceof Html ? '' : escapeValue(value)
}

/** `{{ 'password.hint' | text: least: minimum }}`: a text of the catalogue, in the reader's language. */
function sayText(locale: Locale, code: unknown, values: readonly unknown[]): string {
  const text = Object.entries(locale.texts).find(([name]) => name === code)?.[1]
  if (text === undefined) throw new Error(`there is no text "${code}"`)
  return typeof text === 'string' ? text : text(new Proxy(Object.fromEntries(values.filter(Array.isArray)), strict))
}

const strict: ProxyHandler<Record<string, never>> = {
  get(values, name) {
    if (typeof name === 'string' && !Object.hasOwn(values, name)) throw new Error(`the text wants the value "${name}"`)
    return Reflect.get(values, name)
  },
}
