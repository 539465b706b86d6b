import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { PasswordEntry } from '../gate/password-entry.ts'
import type { VaultClient } from '../vault-client.ts'
import { type Handed, problem } from './hand-over.ts'

/** The master password, on its way to paper. */
export function handPassword({ texts }: PageContext, vault: VaultClient): Handed {
  const said = texts.ceremony
  const shown = h('output', { class: 'password-shown', translate: 'no' })
  const entry = new PasswordEntry()
  return {
    title: said.passwordTitle,
    ready: () => [h('p', { class: 'hint' }, said.readyPassword)],
    async shown() {
      shown.textContent = await vault.call('masterPassword')
      return [shown, h('p', {}, said.shownPassword)]
    },
    hide() {
      shown.textContent = ''
      entry.wipe()
    },
    entry(proven) {
      const outcome = h('div')
      const compare = async () => {
        const slips = await vault.call('provePassword', entry.text)
        if (slips === undefined) {
          proven()
          return
        }
        outcome.replaceChildren(problem(said.slips(slips)))
        entry.focus()
      }
      const element = h(
        'form',
        {
          class: 'entry',
          onsubmit: (event: Event) => {
            event.preventDefault()
            void compare()
          },
        },
        h('p', {}, said.typePassword),
        entry.render(texts),
        h('button', { class: 'primary' }, said.compare),
      )
      const focus = () => {
        entry.focus()
      }
      return { element, outcome, focus }
    },
  }
}
