import type { PageContext, Session } from '../context.ts'
import { h } from '../element.ts'
import { type IconName, icon } from '../icons.ts'
import { type Health, integrityLine, type Line, ledgerLine, otherKeyLine, type Verdict } from './health.ts'

const oldMs = 7 * 24 * 3600 * 1000

const icons: Record<Verdict, IconName> = { good: 'good', bad: 'bad', unknown: 'unknown' }

/** Whose bundle this is, how old, and what is known of it: always in sight. */
export function bundleHead(
  context: PageContext,
  { opened }: Session,
  health: Health,
  actions: { readonly about: () => void; readonly save: () => void; readonly lock: () => void },
): HTMLElement {
  const { texts, now } = context
  const ageMs = now() - new Date(opened.time).getTime()
  const lines = [integrityLine(context, health), ledgerLine(context, health, opened.sequence)]
  const otherKey = otherKeyLine(context, opened, health)
  const warnings = [
    ...(otherKey?.verdict === 'bad' ? [otherKey.text] : []),
    ...(opened.isKeyPlain ? [texts.keyPlain] : []),
    ...(ageMs > oldMs ? [texts.old] : []),
    ...opened.doubts.map((doubt) => texts.doubted(doubt)),
    ...lines.flatMap(({ verdict, more }, index) =>
      verdict === 'bad' || (index === 1 && typeof health.ledger === 'object') ? more : [],
    ),
  ]
  return h(
    'div',
    { class: 'bundle-head' },
    h(
      'div',
      { class: 'bundle-name' },
      h('h1', { tabindex: -1 }, opened.instance.name),
      h(
        'p',
        { class: 'quiet' },
        `${texts.bundleOf(opened.sequence, opened.scope)}, ${texts.made(ago(context, ageMs))} · ${texts.day(opened.time)} · ${texts.generation(opened.generation)}`,
      ),
    ),
    h('div', { class: 'badges' }, ...lines.map((line) => badge(line, actions.about))),
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', onclick: actions.save }, icon('download'), texts.save),
      h('button', { type: 'button', class: 'primary', onclick: actions.lock }, icon('lock'), texts.lock),
    ),
    otherKey?.verdict === 'unknown' ? h('p', { class: 'quiet' }, otherKey.text) : undefined,
    toCompare(context, opened.fingerprint, health),
    ...warnings.map((text) => h('p', { class: 'warning' }, icon('bad'), h('span', {}, text))),
  )
}

/** What somebody who made up a copy cannot make equal to what is on paper. */
function toCompare({ texts }: PageContext, fingerprint: string, { ledger }: Health): HTMLElement {
  const readable = fingerprint.replaceAll(/.{4}(?=.)/g, '$& ')
  return h(
    'div',
    { class: 'papers' },
    h('p', {}, texts.toCompare),
    h(
      'dl',
      {},
      h('dt', {}, texts.keyToCompare),
      h('dd', {}, h('code', {}, readable)),
      ...(typeof ledger === 'object'
        ? [h('dt', {}, texts.signerToCompare), h('dd', {}, h('code', {}, ledger.signer))]
        : []),
    ),
  )
}

function badge({ verdict, text }: Line, about: () => void): HTMLElement {
  return h(
    'button',
    { type: 'button', class: `badge ${verdict}`, onclick: about },
    icon(icons[verdict]),
    text,
  )
}

export function ago({ texts }: PageContext, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 60) return texts.ago(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return texts.ago(hours, 'hour')
  return texts.ago(Math.floor(hours / 24), 'day')
}
