import { h } from './element.ts'
import { icon } from './icons.ts'
import type { Texts } from './texts/english.ts'

export function topBar(
  texts: Texts,
  languages: readonly Texts[],
  choose: (language: Texts) => void,
): HTMLElement[] {
  return [
    h('a', { class: 'skip', href: '#main' }, texts.skip),
    h('span', { class: 'brand' }, icon('dome'), h('span', {}, 'Redoma')),
    h(
      'div',
      { class: 'languages', role: 'group', 'aria-label': texts.language_ },
      ...languages.map((language) =>
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            lang: language.language,
            'aria-pressed': language === texts,
            onclick: () => {
              choose(language)
            },
          },
          language.name,
        ),
      ),
    ),
    appearance(texts),
  ]
}

/** The system's own, until somebody says otherwise; nothing is stored. */
function appearance(texts: Texts): HTMLElement {
  const root = document.documentElement
  const isDark = () =>
    root.dataset['appearance'] === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset['appearance'] === 'dark'
  const button = h('button', {
    type: 'button',
    class: 'icon-only',
    onclick: () => {
      root.dataset['appearance'] = isDark() ? 'light' : 'dark'
      show()
    },
  })
  const show = () => {
    button.replaceChildren(icon(isDark() ? 'sun' : 'moon'))
    button.setAttribute('aria-label', `${texts.appearance}: ${isDark() ? texts.toLight : texts.toDark}`)
  }
  show()
  return button
}
