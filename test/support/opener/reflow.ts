import type { OpenerPage } from './world.ts'

/** What of the page as it is now sticks out, is cut off, or makes it scroll sideways; nothing may, at any width from 320 pixels on (WCAG 1.4.10). */
export function cutOff({ tab }: OpenerPage): Promise<string[]> {
  return tab.evaluate(() => {
    const found: string[] = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) found.push(`scrolls sideways: ${root.scrollWidth} pixels`)
    const place = document.querySelector('dialog[open]') ?? document.body
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const element = text.parentElement
      const isSeen = element?.checkVisibility({ visibilityProperty: true }) === true
      if (element === null || !isSeen || element.closest('.unseen, .skip') !== null) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      const { left, right, width } = range.getBoundingClientRect()
      if (width === 0) continue
      for (let around: Element | null = element; around !== null; around = around.parentElement) {
        const box = around.getBoundingClientRect()
        const isEdge =
          around === root ||
          around.matches('button, dialog') ||
          getComputedStyle(around).overflowX !== 'visible'
        if (!isEdge || (left >= box.left - 1 && right <= box.right + 1)) continue
        found.push(`cut off: ${text.textContent ?? ''}`)
        break
      }
    }
    const words = document.createTreeWalker(place, NodeFilter.SHOW_TEXT)
    for (let text = words.nextNode(); text !== null; text = words.nextNode()) {
      const element = text.parentElement
      if (element?.closest('.unseen, .skip, code, .file-name, .letters, .plain-value') !== null) continue
      // Apart from names of files, which have no blanks, a word stands on one line.
      for (const { index, 0: word } of (text.textContent ?? '').matchAll(
        /(?<![\w.-])\p{L}{2,20}(?![\w.-])/gu,
      )) {
        const range = document.createRange()
        range.setStart(text, index)
        range.setEnd(text, index + word.length)
        const lines = new Set(Array.from(range.getClientRects(), ({ top }) => Math.round(top)))
        if (lines.size > 1) found.push(`broken: ${word}`)
      }
    }
    const drawing = document.createElement('canvas').getContext('2d')
    for (const select of place.querySelectorAll('select')) {
      const style = getComputedStyle(select)
      if (drawing === null || !select.checkVisibility()) continue
      drawing.font = style.font
      const text = select.selectedOptions[0]?.text ?? ''
      const arrow = 20
      const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow
      if (drawing.measureText(text).width > room) found.push(`cut off: ${text}`)
    }
    for (const control of place.querySelectorAll('button, input, select, textarea, video, img, svg')) {
      const { left, right, width } = control.getBoundingClientRect()
      const isSeen =
        control.checkVisibility({ visibilityProperty: true }) && control.closest('.unseen') === null
      if (isSeen && width > 0 && (left < -1 || right > root.clientWidth + 1))
        found.push(`sticks out: ${control.outerHTML.slice(0, 80)}`)
    }
    return found
  })
}

/** What the tabulator does not come to, from the beginning of the page or of the dialog to its end, or comes to where nobody sees it. */
export async function notReached({ tab }: OpenerPage): Promise<string[]> {
  await tab.evaluate(() => {
    if (document.activeElement instanceof HTMLElement && document.querySelector('dialog[open]') === null)
      document.activeElement.blur()
    for (const one of document.querySelectorAll('[data-reached]')) one.removeAttribute('data-reached')
  })
  const hidden: string[] = []
  for (let steps = 0; steps < 150; steps++) {
    await tab.keyboard.press('Tab')
    const said = await tab.evaluate(() => {
      const at = document.activeElement
      if (!(at instanceof HTMLElement) || at === document.body) return 'outside'
      if (at.dataset['reached'] !== undefined) return 'again'
      at.dataset['reached'] = ''
      const { left, right, top, bottom } = at.getBoundingClientRect()
      const name = at.getAttribute('aria-label') ?? (at.textContent || at.outerHTML.slice(0, 60))
      const [x, y] = [(left + right) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2]
      const over = document.elementFromPoint(x, y)
      // Of what is tall, a part.
      const isTall = bottom - top > innerHeight / 2
      const isInside = isTall ? top < innerHeight && bottom > 0 : top >= -1 && bottom <= innerHeight + 1
      const isCovered = over !== null && !at.contains(over) && !over.contains(at)
      return isInside && !isCovered ? '' : `${isInside ? 'covered' : 'out of sight'}: ${name}`
    })
    if (said === 'again') break
    if (said !== '' && said !== 'outside') hidden.push(said)
  }
  const missed = await tab.evaluate(() => {
    const place = document.querySelector('dialog[open]') ?? document.body
    const all = place.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [tabindex]',
    )
    return (
      Array.from(all)
        .filter(
          (one) =>
            one.tabIndex >= 0 &&
            !one.matches(':disabled') &&
            one.checkVisibility({ visibilityProperty: true }),
        )
        .filter((one) => one.dataset['reached'] === undefined)
        // Of radio buttons the arrow keys reach the others.
        .filter((one) => !(one instanceof HTMLInputElement && one.type === 'radio' && !one.checked))
        .map((one) => `not reached: ${one.outerHTML.slice(0, 80)}`)
    )
  })
  return [...hidden, ...missed]
}
