import { cardOf, type KeyOnCards } from '../../../bundle/shares/cards/card-of.ts'
import { readCard } from '../../../bundle/shares/identify-share.ts'
import { shareHash } from '../../../bundle/shares/share-key.ts'
import { messageOf } from '../../../core/errors.ts'
import { Secret } from '../../../core/secret.ts'
import { ShareError } from '../../../crypto/slip39/fault.ts'
import { sayFault } from '../../../crypto/slip39/say-fault.ts'
import type { PageContext } from '../context.ts'
import { h } from '../element.ts'
import { scanCard } from '../gate/cards/scan-card.ts'
import { WordField } from '../gate/cards/word-field.ts'
import { icon } from '../icons.ts'
import type { Texts } from '../texts/english.ts'
import type { VaultClient } from '../vault-client.ts'
import { drawCard } from './draw-card.ts'
import { type Handed, problem } from './hand-over.ts'

export interface CardToHand {
  readonly key: KeyOnCards
  readonly number: number
  /** SHA-256 of this page. */
  readonly openerSha256: string
}

/** A card, on its way to its guardian. */
export function handCard(
  context: PageContext,
  vault: VaultClient,
  { key, number, openerSha256 }: CardToHand,
): Handed {
  const { texts } = context
  const said = texts.ceremony
  const words = h('ol', { class: 'words to-copy' })
  const guardian = h('input', { id: 'guardian', type: 'text', autocomplete: 'off', maxlength: 100 })
  let sheet: HTMLElement | undefined
  let field: WordField | undefined
  return {
    title: cardTitle(texts, key, number),
    ready: () => [
      h('p', { class: 'hint' }, said.readyCard),
      h('div', { class: 'field' }, h('label', { for: 'guardian' }, said.guardian), guardian),
    ],
    async shown() {
      const text = await vault.call('cardWords', number)
      words.replaceChildren(...text.split(' ').map((word) => h('li', { translate: 'no' }, word)))
      const card = cardOf(
        { number, group: groupOf(key, number) - 1, words: new Secret(text) },
        key,
        guardian.value.trim(),
      )
      sheet?.remove()
      sheet = drawCard({ ...card, openerSha256 }, texts.language)
      document.body.append(sheet)
      const onclick = () => {
        print()
      }
      return [
        h('p', {}, said.shownCard),
        words,
        h('p', { class: 'quiet' }, said.printHint),
        h('div', { class: 'buttons' }, h('button', { type: 'button', onclick }, icon('file'), said.print)),
      ]
    },
    hide() {
      sheet?.remove()
      sheet = undefined
      words.replaceChildren()
      if (field !== undefined) field.text = ''
    },
    entry(proven) {
      const outcome = h('div')
      const compare = async (text: string) => {
        const wrong = refusal(text, key, number, texts)
        if (wrong === undefined && (await vault.call('proveCard', number, text))) proven()
        else outcome.replaceChildren(problem(...(wrong ?? [said.cardIsForeign])))
        outcome.scrollIntoView({ block: 'nearest' })
      }
      const typed = new WordField(
        texts,
        (text) => void compare(text),
        () => {
          outcome.replaceChildren()
        },
      )
      field = typed
      const scan = () => {
        scanCard(context, (text) => {
          void compare(text)
          return true
        })
      }
      const element = h(
        'div',
        { class: 'entry' },
        h('p', {}, said.typeCard),
        typed.element,
        h(
          'div',
          { class: 'buttons' },
          h('button', { type: 'button', onclick: scan }, icon('camera'), texts.scan),
        ),
      )
      const focus = () => {
        typed.focus()
      }
      return { element, outcome, focus }
    },
  }
}

/** `Card 2 of 5`, `Card 2 of 5, of operations`. */
function cardTitle({ ceremony }: Texts, key: KeyOnCards, number: number): string {
  const groups = key.shares?.groups ?? []
  const name = groups.length > 1 ? groups[groupOf(key, number) - 1]?.name : undefined
  return ceremony.cardTitle(number, key.shares?.shares.length ?? 0, name)
}

/** From 1. */
function groupOf({ shares }: KeyOnCards, number: number): number {
  return shares?.shares.find((share) => share.number === number)?.group ?? 1
}

/** What is wrong with a card that was typed back; nothing by what is known of all cards of this ceremony. */
function refusal(text: string, { shares }: KeyOnCards, number: number, texts: Texts): string[] | undefined {
  const { cardIsOther, cardIsForeign, paperDecides } = texts.ceremony
  const list = shares === undefined ? [] : [shares]
  try {
    const sha256 = shareHash(readCard(text, list))
    const known = shares?.shares.find((share) => share.sha256 === sha256)
    if (known?.number === number) return undefined
    return [known === undefined ? cardIsForeign : cardIsOther(known.number)]
  } catch (error) {
    if (!(error instanceof ShareError)) return [messageOf(error)]
    return [sayFault(error.fault, texts.language), paperDecides]
  }
}
