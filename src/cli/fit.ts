import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from './printable.ts'

/** Columns of a terminal that `text` takes; colours take none. */
export function widthOf(text: string): number {
  return displayWidth(stripVTControlCharacters(text))
}

/**
 * `text` in at most `columns` of a terminal, with `…` for what was left out: its end, or its middle, of which more of the end stays,
 * as that tells a path or a bundle from others. No letter is cut in two: not a wide one, nor one from its accents. The colour is kept.
 */
export function fit(text: string, columns: number, cut: 'end' | 'middle' = 'end'): string {
  if (widthOf(text) <= columns) return text
  const [, on = '', , off = ''] = coloured.exec(text) ?? []
  const letters = [...new Intl.Segmenter().segment(stripVTControlCharacters(text))].map(
    ({ segment }) => segment,
  )
  const room = Math.max(0, columns - 1)
  const atEnd = cut === 'middle' ? Math.floor((room * 2) / 3) : 0
  const end = fitting(letters.toReversed(), atEnd).toReversed().join('')
  return `${on}${fitting(letters, room - atEnd).join('')}…${end}${off}`
}

function fitting(letters: readonly string[], columns: number): string[] {
  let width = 0
  return letters.slice(
    0,
    letters.findIndex((letter) => (width += displayWidth(letter)) > columns),
  )
}

/** Widths that together are at most `room`: the widest of those that may shrink gives way first, none beyond its least. */
export function shrunk(
  widths: readonly { readonly width: number; readonly least: number }[],
  room: number,
): number[] {
  const result = widths.map(({ width }) => width)
  for (let over = result.reduce((sum, width) => sum + width, 0) - room; over > 0; over--) {
    const widest = widths.reduce(
      (best, { least }, at) =>
        (result[at] ?? 0) > least && (result[at] ?? 0) > (result[best] ?? 0) ? at : best,
      -1,
    )
    if (widest === -1) break
    result[widest] = (result[widest] ?? 0) - 1
  }
  return result
}

// eslint-disable-next-line no-control-regex -- colours are control sequences
const coloured = /^((?:\u001b\[[\d;]*m)*)(.*?)((?:\u001b\[[\d;]*m)*)$/s
