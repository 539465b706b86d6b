import type { SecretName } from '../../protocol.ts'
import type { PageContext, Session } from '../context.ts'
import { h } from '../element.ts'
import { icon } from '../icons.ts'
import type { Clipboard } from './clipboard.ts'
import { showLarge } from './large-letters.ts'
import { letters } from './letters.ts'

export interface SecretTools {
  readonly context: PageContext
  readonly session: Session
  readonly clipboard: Clipboard
}

const dots = '••••••••••'
/** Longer ones are keys and certificates, which nobody types. */
const largestTyped = 128

/** A secret that is hidden until somebody asks for it, and then only here. */
export function secretValue(tools: SecretTools, at: number, name: SecretName, label: string): HTMLElement {
  const { context, session, clipboard } = tools
  const { texts } = context
  const value = h('div', { class: 'secret-value' })
  const toggle = h('button', { type: 'button', class: 'small' })
  const large = h('button', { type: 'button', class: 'small', hidden: true }, icon('large'), texts.large)
  const read = () => session.client.call('reveal', at, name)
  let isShown = false

  const hide = () => {
    isShown = false
    value.replaceChildren(
      h('span', { class: 'dots', 'aria-hidden': 'true' }, dots),
      h('span', { class: 'unseen' }, texts.hidden),
    )
    large.hidden = true
    setToggle()
  }
  const show = async () => {
    const text = await read()
    isShown = true
    const isLine = text.length <= largestTyped && !text.includes('\n')
    value.replaceChildren(isLine ? letters(text) : h('pre', { tabindex: 0 }, text))
    value.append(h('span', { class: 'print-only' }, texts.notPrinted))
    large.hidden = !isLine
    setToggle()
    if (isLine) context.announce(text)
  }
  const setToggle = () => {
    toggle.replaceChildren(icon(isShown ? 'hide' : 'show'), isShown ? texts.conceal : texts.reveal)
    toggle.setAttribute('aria-label', isShown ? texts.concealWhat(label) : texts.revealWhat(label))
  }
  toggle.addEventListener('click', () => {
    if (isShown) hide()
    else void show()
  })
  large.addEventListener('click', () => {
    void read().then((text) => {
      showLarge(context, label, text)
    })
  })
  const copy = h(
    'button',
    {
      type: 'button',
      class: 'small',
      'aria-label': texts.copyWhat(label),
      onclick: () => void read().then((text) => clipboard.copy(label, text)),
    },
    icon('copy'),
    texts.copy,
  )
  hide()
  return h('div', { class: 'secret' }, value, h('div', { class: 'buttons' }, toggle, large, copy))
}
