import { type Font, widthOf, wrapText } from './fonts.ts'
import { toWinAnsi } from './win-ansi.ts'

export interface TextStyle {
  readonly font: Font
  /** In points. */
  readonly size: number
  /** 0 is black, 1 is white. */
  readonly grey?: number | undefined
}

/** One page in the making. Lengths are points (1/72 inch) from the upper left corner; the y of a text is that of its baseline. */
export interface Page {
  text(x: number, y: number, text: string, style: TextStyle): void
  /** Ends at `x`. */
  textBefore(x: number, y: number, text: string, style: TextStyle): void
  /** As many lines as it takes; gives the baseline that would come next. */
  paragraph(x: number, y: number, wide: number, text: string, style: TextStyle): number
  rectangle(x: number, y: number, wide: number, high: number, look: RectangleLook): void
  line(x: number, y: number, wide: number, thickness: number): void
  /** What a viewer has to draw, as a content stream of PDF; at `scale`, its upper edge where it was, in the middle. */
  content(scale: number): string
}

export type RectangleLook =
  | { readonly fill: number }
  | { readonly stroke: number; readonly thickness: number }

export const leading = 1.32

/** Of a size in points. */
export function newPage(width: number, height: number): Page {
  const operators: string[] = []
  const at = (x: number, y: number): string => `${number(x)} ${number(height - y)}`
  const page: Page = {
    text(x, y, text, { font, size, grey = 0 }) {
      const set = `${number(grey)} g /${font} ${number(size)} Tf 1 0 0 1 ${at(x, y)} Tm`
      operators.push(`BT ${set} <${hex(toWinAnsi(text))}> Tj ET`)
    },
    textBefore(x, y, text, style) {
      page.text(x - widthOf(text, style.font, style.size), y, text, style)
    },
    paragraph(x, y, wide, text, style) {
      const lines = wrapText(text, style.font, style.size, wide)
      for (const [index, line] of lines.entries()) page.text(x, y + index * style.size * leading, line, style)
      return y + lines.length * style.size * leading
    },
    rectangle(x, y, wide, high, look) {
      const shape = `${at(x, y + high)} ${number(wide)} ${number(high)} re`
      operators.push(
        'fill' in look
          ? `${number(look.fill)} g ${shape} f`
          : `${number(look.stroke)} G ${number(look.thickness)} w ${shape} S`,
      )
    },
    line(x, y, wide, thickness) {
      operators.push(`0 G ${number(thickness)} w ${at(x, y)} m ${at(x + wide, y)} l S`)
    },
    content(scale) {
      const [x, y] = [(width * (1 - scale)) / 2, height * (1 - scale)]
      return [`${number(scale)} 0 0 ${number(scale)} ${number(x)} ${number(y)} cm`, ...operators].join('\n')
    },
  }
  return page
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
