import type { Code } from '../../protocol.ts'
import { h, svg } from '../element.ts'
import { icon } from '../icons.ts'
import type { SecretTools } from './secret-value.ts'

/** Of the ring: its length on a grid of 24 with a radius of 9. */
const ringLength = 2 * Math.PI * 9
const usualPeriod = 30

/** The code of this moment, with what is left of its time. It ends with the element. */
export function oneTimeCode({ context, session, clipboard }: SecretTools, at: number): HTMLElement {
  const { texts } = context
  const code = h('output', { class: 'code' })
  const left = h('span', { class: 'unseen' })
  const rest = svg('circle', {
    cx: '12',
    cy: '12',
    r: '9',
    class: 'ring-rest',
    'stroke-dasharray': String(ringLength),
  })
  const ring = svg(
    'svg',
    { class: 'ring', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg('circle', { cx: '12', cy: '12', r: '9', class: 'ring-whole' }),
    rest,
  )
  const ask = () => session.client.call('code', at, context.now())
  const show = ({ code: digits, secondsLeft }: Code) => {
    const text = digits.replace(/^(\d{3})(?=\d{3}$)/, '$1 ')
    if (code.textContent !== text) code.textContent = text
    left.textContent = texts.codeSeconds(secondsLeft)
    const share = Math.min(1, secondsLeft / usualPeriod)
    rest.setAttribute('stroke-dashoffset', String(ringLength * (1 - share)))
    ring.classList.toggle('ending', secondsLeft <= 5)
  }
  const copy = h(
    'button',
    {
      type: 'button',
      class: 'small',
      'aria-label': texts.copyWhat(texts.code),
      onclick: () => void ask().then((now) => clipboard.copy(texts.code, now.code)),
    },
    icon('copy'),
    texts.copy,
  )
  const element = h(
    'div',
    { class: 'secret' },
    h('div', { class: 'code-line' }, ring, code, left),
    h('div', { class: 'buttons' }, copy),
  )
  const tick = () => {
    ask().then(show, () => {
      clearInterval(timer)
      element.replaceChildren(h('p', { class: 'hint' }, texts.codeBad))
    })
  }
  const timer = setInterval(() => {
    if (element.isConnected) tick()
    else clearInterval(timer)
  }, 1000)
  tick()
  return element
}
