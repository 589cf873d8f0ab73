/** The language: a visitor chooses what this browser is answered in. */
import type { Html } from '../../html/html.ts'
import { invalidFields, text } from '../../http/fields.ts'
import type { Feature, Form } from '../../kernel/feature.ts'
import type { Context } from '../../kernel/flow.ts'
import { type LanguageView, languagePage } from './pages.ts'

/** Options of `language()`. */
export interface LanguageOptions {
  /** The application's own page in place of the shipped one. */
  readonly pages?: { readonly language?: (view: LanguageView) => Html }
}

/** Lets visitors choose among the languages on offer: route `language`. */
export function language(options: LanguageOptions = {}): Feature {
  const page = options.pages?.language ?? languagePage
  return {
    name: 'language',
    routes: [
      {
        name: 'language',
        path: '/language',
        access: 'anyone',
        menu: { at: 'both', label: ({ texts }) => texts['language.link'] },
        title: ({ texts }) => texts['language.title'],
        template: 'language',
        page: (ctx, form) => ctx.show(languageView(ctx, form), page),
        on: { GET: showLanguage, POST: chooseLanguage },
      },
    ],
  }
}

/** `GET language` → `{language,languages}`: what is spoken, and what could be. */
async function showLanguage(ctx: Context): Promise<Response> {
  return ctx.json({ language: ctx.locale.language, languages: ctx.languages })
}

function languageView(ctx: Context, form: Form): LanguageView {
  const languages = ctx.languages.map((tag) => ({
    tag,
    name: new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag, // each in its own words, for whoever reads no other
    current: tag === ctx.locale.language,
  }))
  return { ...form, languages }
}

/** `POST language {language,next?}`: kept in a cookie of this browser. */
async function chooseLanguage(ctx: Context): Promise<Response> {
  const fields = await ctx.fields({ language: text({ max: 64 }) })
  if (!ctx.languages.includes(fields.language)) throw invalidFields({ language: [({ texts }) => texts['language.unknown']] })
  ctx.speak(fields.language)
  return ctx.done({ members: { language: fields.language }, to: ctx.urlFor('language') })
}
