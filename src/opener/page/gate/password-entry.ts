import { h } from '../element.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts/english.ts'

/** Where the master password is typed. The field is the page's one and stays when the language changes. */
export class PasswordEntry {
  readonly #field = h('input', {
    id: 'password',
    type: 'password',
    autocomplete: 'off',
    autocapitalize: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    'aria-describedby': 'password-hint',
  })

  get text(): string {
    return this.#field.value
  }

  wipe(): void {
    this.#field.value = ''
    this.#field.type = 'password'
  }

  focus(): void {
    this.#field.focus()
    this.#field.select()
  }

  render(texts: Texts): HTMLElement {
    const capsLock = h('p', { class: 'hint', role: 'status' })
    const toggle = h('button', {
      type: 'button',
      class: 'icon-only',
      onclick: () => {
        this.#field.type = this.#field.type === 'password' ? 'text' : 'password'
        showState()
      },
    })
    const showState = () => {
      const isHidden = this.#field.type === 'password'
      toggle.replaceChildren(icon(isHidden ? 'show' : 'hide'))
      toggle.setAttribute('aria-label', isHidden ? texts.showPassword : texts.hidePassword)
      toggle.setAttribute('aria-pressed', String(!isHidden))
    }
    showState()
    this.#field.onkeyup = (event) => {
      const text = event.getModifierState('CapsLock') ? texts.capsLock : ''
      if (capsLock.textContent !== text) capsLock.textContent = text
    }
    return h(
      'div',
      { class: 'field' },
      h('label', { for: 'password' }, texts.password),
      h('div', { class: 'with-button' }, this.#field, toggle),
      h('p', { class: 'quiet', id: 'password-hint' }, texts.passwordHint),
      capsLock,
    )
  }
}
