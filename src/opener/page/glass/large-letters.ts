import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { kindOf } from './letters.ts'

/** A secret letter by letter, numbered, for typing it into a console on the other side of the room. */
export function showLarge({ texts }: PageContext, label: string, text: string): void {
  const close = () => {
    dialog.close()
  }
  const dialog = h(
    'dialog',
    { class: 'large', 'aria-label': `${label}, ${texts.largeTitle}` },
    // It has the focus, not the button below: a small screen would begin at the last letter.
    h(
      'ol',
      { class: 'large-letters', tabindex: 0, autofocus: true, 'aria-label': label },
      ...Array.from(text, (letter) => letterItem(letter, texts.capital)),
    ),
    h('button', { type: 'button', onclick: close }, texts.close),
  )
  dialog.addEventListener('close', () => {
    dialog.remove()
  })
  document.body.append(dialog)
  dialog.showModal()
}

function letterItem(letter: string, capital: string): HTMLElement {
  const isCapital = letter !== letter.toLowerCase()
  return h(
    'li',
    { class: kindOf(letter) },
    h(
      'span',
      isCapital ? { 'aria-label': `${capital} ${letter}`, role: 'img' } : {},
      letter === ' ' ? '␣' : letter,
    ),
  )
}
