import type { PageContext } from '../context.ts'
import { h } from '../element.ts'

/** What is shown while so many keys are derived, one after the other; `progress` is told how much of each is done, 0 to 1. */
export function makingStep(
  { texts }: PageContext,
  keys: number,
): { readonly element: () => HTMLElement; readonly progress: (done: number) => void } {
  const said = texts.ceremony
  const bar = h('progress', { max: keys, value: 0, 'aria-label': said.makingShort })
  const element = h(
    'section',
    { class: 'step', 'aria-labelledby': 'making' },
    h('h2', { id: 'making', tabindex: -1 }, said.making),
    h('p', {}, said.makingLead),
    bar,
  )
  let whole = 0
  return {
    element: () => element,
    progress(done) {
      bar.value = whole + done
      if (done >= 1) whole += 1
    },
  }
}
