/** What the pages do beyond HTML: show a password, warn of Caps Lock, send once, copy, print, find the first mistake. They work without it. */

/** Plain JavaScript, served as its own file and loaded with `defer`. */
export const pageScript: string = `'use strict'

function reveal(button, input, shown) {
  input.type = shown ? 'text' : 'password'
  button.firstElementChild.textContent = shown ? button.dataset.hide : button.dataset.show
}

function warnOfCapsLock(hint, on) {
  const text = on ? hint.dataset.text : ''
  if (hint.textContent !== text) hint.textContent = text
}

for (const button of document.querySelectorAll('button.reveal')) {
  const input = document.getElementById(button.getAttribute('aria-controls'))
  const hint = input.closest('.field').querySelector('.caps-lock')
  button.hidden = false
  button.addEventListener('click', () => reveal(button, input, input.type === 'password'))
  // Masked again before it is sent, so that no browser remembers it as ordinary text.
  input.form.addEventListener('submit', () => reveal(button, input, false))
  for (const type of ['keydown', 'keyup']) {
    // Filling in by a password manager sends key events that know no modifiers.
    input.addEventListener(type, (event) => warnOfCapsLock(hint, event.getModifierState?.('CapsLock') === true))
  }
  input.addEventListener('blur', () => warnOfCapsLock(hint, false))
}

function release(form) {
  form.removeAttribute('aria-busy')
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    if (form.hasAttribute('aria-busy')) return event.preventDefault()
    form.setAttribute('aria-busy', 'true')
    // Whoever stopped the page from loading may try again.
    setTimeout(release, 8000, form)
  })
}

for (const button of document.querySelectorAll('button.print')) {
  button.hidden = false
  button.addEventListener('click', () => print())
}

for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = !navigator.clipboard // there is none on pages without TLS
  button.addEventListener('click', async () => {
    const list = document.getElementById(button.dataset.copies)
    try {
      await navigator.clipboard.writeText([...list.children].map((line) => line.textContent).join('\\n'))
      document.getElementById('copied').textContent = button.dataset.done
    } catch {
      getSelection().selectAllChildren(list) // the browser does not allow it: the user may
    }
  })
}

addEventListener('pageshow', () => document.querySelectorAll('form[aria-busy]').forEach(release))

if (!document.querySelector('[autofocus]')) document.querySelector('[aria-invalid="true"]')?.focus()
`
