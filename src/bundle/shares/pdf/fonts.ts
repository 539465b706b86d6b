import { toWinAnsi } from './win-ansi.ts'

/** Three of the fourteen fonts that every viewer of PDF has: nothing is embedded, and nothing of a card goes through a font program. */
export type Font = 'Helvetica' | 'Helvetica-Bold' | 'Courier-Bold'

/*
 * How wide each character from 0x20 to 0xFF is, in thousandths of the font's size: from Adobe's metrics of these fonts (Core 14 AFM, which
 * may be used by anyone for anything).
 */
const helvetica = `
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556
278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722
667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222
833 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584 0 556 0 222 556 333 1000 556
556 333 1000 667 333 1000 0 611 0 0 222 222 333 333 350 556 1000 333 1000 500 333 944 0 500 667 278 333
556 556 556 556 260 556 333 737 370 556 584 333 737 333 400 584 333 333 333 556 537 278 333 333 365 556
834 834 834 611 667 667 667 667 667 667 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778
778 778 584 778 722 722 722 722 667 667 611 556 556 556 556 556 556 889 500 556 556 556 556 278 278 278
278 556 556 556 556 556 556 556 584 611 556 556 556 556 500 556 500
`
const helveticaBold = `
278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556
333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667
611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889
611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584 0 556 0 278 556 500 1000 556 556
333 1000 667 333 1000 0 611 0 0 278 278 500 500 350 556 1000 333 1000 556 333 944 0 500 667 278 333 556
556 556 556 280 556 333 737 370 556 584 333 737 333 400 584 333 333 333 611 556 278 333 333 365 556 834
834 834 611 722 722 722 722 722 722 1000 722 667 667 667 667 278 278 278 278 722 722 778 778 778 778
778 584 778 722 722 722 722 667 667 611 556 556 556 556 556 556 889 556 556 556 556 556 278 278 278 278
611 611 611 611 611 611 611 584 611 611 611 611 611 556 611 556
`
const courierWidth = 600

const widths: Readonly<Record<Font, (code: number) => number>> = {
  Helvetica: table(helvetica),
  'Helvetica-Bold': table(helveticaBold),
  'Courier-Bold': () => courierWidth,
}

/** In points. */
export function widthOf(text: string, font: Font, size: number): number {
  return toWinAnsi(text).reduce((sum, code) => sum + widths[font](code), 0) * (size / 1000)
}

/** Lines of at most `width` points. A word that is longer than a line is broken. */
export function wrapText(text: string, font: Font, size: number, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (widthOf(longer, font, size) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (widthOf(line, font, size) > width) {
      const letters = Array.from(line)
      let fitting = letters.length - 1
      while (fitting > 1 && widthOf(letters.slice(0, fitting).join(''), font, size) > width) fitting--
      lines.push(letters.slice(0, fitting).join(''))
      line = letters.slice(fitting).join('')
    }
  }
  return [...lines, line]
}

function table(text: string): (code: number) => number {
  const list = text.trim().split(/\s+/).map(Number)
  return (code) => list[code - 0x20] ?? 0
}
