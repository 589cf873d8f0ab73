/** The pages' one style sheet: system fonts, light and dark, nothing to download and nothing that moves. */

/** Served as its own file. Colour pairs are tested for contrast beside this file. */
export const styleSheet: string = `:root {
  color-scheme: light dark;
  --page: #f4f6f8;
  --card: #ffffff;
  --text: #1b2430;
  --soft: #55606f;
  --line: #dbe1e8;
  --edge: #7a8594;
  --main: #1f5673;
  --main-hover: #17445c;
  --on-main: #ffffff;
  --wrong: #a3211b;
  --wrong-back: #fdf2f1;
  --done: #1c5f3c;
  --done-back: #eff8f2;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #11161c;
    --card: #1a2129;
    --text: #e7ebf0;
    --soft: #a6b1be;
    --line: #303a46;
    --edge: #7b8899;
    --main: #8cc5e3;
    --main-hover: #a9d5ec;
    --on-main: #0d1b24;
    --wrong: #ffa198;
    --wrong-back: #2d1d1e;
    --done: #8ad6ab;
    --done-back: #17281f;
  }
}
*, ::before, ::after { box-sizing: border-box }
[hidden] { display: none !important }
html { font: 100%/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body {
  margin: 0 auto;
  padding: 2.5rem 1rem;
  max-width: 30rem;
  min-height: 100vh;
  background: var(--page);
  color: var(--text);
  overflow-wrap: anywhere;
}
p, ul, dl, dd { margin: 0; padding: 0 }
h1 { margin: 0 0 1.5rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance }
h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.35; font-weight: 650 }
main { padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; box-shadow: 0 1px 3px #0000000d }
main > p + p, main > form + p, main > * + h2, main > p + .alert, main > p + .lines, main > * + form { margin-top: 1rem }
.site { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; margin-bottom: 1rem; padding: 0 .25rem }
.site-name { font-weight: 650 }
.site b { font-weight: 500; color: var(--text) }
.hint { color: var(--soft); font-size: .875rem; font-weight: 400 }
.field { margin-bottom: 1.25rem }
label { display: block; margin-bottom: .375rem; font-weight: 550 }
.field > .hint, .error, .caps-lock:not(:empty) { margin-top: .375rem; font-size: .875rem }
.error { color: var(--wrong) }
.error, .caps-lock { font-weight: 550 }
input, button { font: inherit; color: inherit; min-height: 2.75rem; border-radius: .5rem }
input {
  display: block;
  width: 100%;
  padding: .5rem .75rem;
  background: var(--card);
  border: 1px solid var(--edge);
}
input[aria-invalid] { border: 2px solid var(--wrong); padding: calc(.5rem - 1px) calc(.75rem - 1px) }
.check { display: flex; align-items: start; gap: .625rem }
.check input { flex: none; width: 1.25rem; min-height: 1.25rem; height: 1.25rem; margin: .75rem 0; accent-color: var(--main) }
.check label { flex: 1; margin: 0; padding: .625rem 0; font-weight: 400 }
.with-button { display: flex; gap: .5rem }
.with-button input { flex: 1; min-width: 0 }
.with-button:has(.reveal:not([hidden])) ::-ms-reveal { display: none }
button { padding: .5rem 1rem; border: 1px solid transparent; font-weight: 600; cursor: pointer }
.main { width: 100%; background: var(--main); color: var(--on-main) }
.main:hover { background: var(--main-hover) }
.quiet { background: transparent; border-color: var(--edge); color: var(--main) }
.quiet:hover { border-color: var(--main); background: var(--page) }
.reveal { flex: none; min-width: 4.5rem }
[aria-busy] button { cursor: progress; opacity: .7 }
a { color: var(--main); text-underline-offset: .2em }
a:hover { text-decoration-thickness: 2px }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
.alert, .notice { margin-bottom: 1.25rem; padding: .75rem 1rem; border: 1px solid; border-inline-start-width: 4px; border-radius: .5rem }
.alert { color: var(--wrong); background: var(--wrong-back) }
.alert ul { padding-inline-start: 1.25rem }
.alert a { color: inherit }
.notice { color: var(--done); background: var(--done-back) }
.links { margin-top: 1.25rem; list-style: none }
.links:last-child { margin-bottom: -.6875rem }
.links a { display: inline-block; padding: .6875rem 0 }
nav .links { display: flex; flex-wrap: wrap; gap: 0 1.125rem; margin-top: .5rem; padding: 0 .25rem; font-size: .9375rem }
.qr-code { display: block; max-width: 100%; height: auto; margin: 1rem auto 1.25rem; border-radius: .5rem }
.key { margin: .25rem 0 .5rem }
.codes { margin: 1rem 0; padding-inline-start: 2rem; font-size: 1.125rem }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-bottom: 1rem }
.choices { list-style: none }
.choices a {
  display: block;
  margin-top: .75rem;
  padding: .75rem 1rem;
  border: 1px solid var(--edge);
  border-radius: .5rem;
  font-weight: 600;
  text-decoration: none;
}
.choices a:hover { border-color: var(--main); background: var(--page) }
.lines { margin-bottom: 1.5rem; list-style: none }
.lines li { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: .75rem; padding: 1rem 0; border-bottom: 1px solid var(--line) }
.lines li:first-child { padding-top: 0 }
.lines li > div { flex: 1 1 14rem }
.badge { margin-inline-start: .25rem; padding: .125rem .5rem; border: 1px solid; border-radius: 1rem; color: var(--done); font-size: .8125rem; white-space: nowrap }
details { margin-top: 1rem; border-top: 1px solid var(--line) }
details[open] summary { margin-bottom: .25rem }
summary { padding: .625rem 0; color: var(--main); font-weight: 600; cursor: pointer }
.visually-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  min-height: 0;
  margin: -1px;
  padding: 0;
  border: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (max-width: 26rem) {
  body { padding: 1rem .5rem }
  main { padding: 1.25rem 1rem }
}
@media (prefers-reduced-motion: no-preference) {
  button, input, .choices a { transition: background-color .12s, border-color .12s }
}
@media (forced-colors: active) {
  .main { border-color: ButtonText }
}
@media print {
  :root { color-scheme: light }
  body { padding: 0; background: none }
  main { padding: 0; border: 0; box-shadow: none }
  button, nav, .actions, .choices, .links { display: none }
}
`
