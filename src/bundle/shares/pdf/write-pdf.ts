import type { Font } from './fonts.ts'

export interface PdfPage {
  /** In points. */
  readonly width: number
  readonly height: number
  readonly content: string
}

const fonts: readonly Font[] = ['Helvetica', 'Helvetica-Bold', 'Courier-Bold']

/** A PDF (1.4) of one page. No times and no random ids: the same card is the same bytes. */
export function writePdf(page: PdfPage, title: string, language: string): Uint8Array {
  const fontNames = fonts.map((font, at) => `/${font} ${fontsFrom + at} 0 R`).join(' ')
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /Lang (${language}) /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None >> >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents 4 0 R /Resources << /Font << ${fontNames} >> >> >>`,
    `<< /Length ${page.content.length} >>\nstream\n${page.content}\nendstream`,
    `<< /Title <${utf16Hex(title)}> /Producer (Redoma) >>`,
    ...fonts.map((font) => `<< /Type /Font /Subtype /Type1 /BaseFont /${font} /Encoding /WinAnsiEncoding >>`),
  ]
  let file = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'
  const offsets = objects.map((object, at) => {
    const offset = file.length
    file += `${at + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>`
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`
  return latin1(`${file}${table}trailer\n${trailer}\nstartxref\n${file.length}\n%%EOF\n`)
}

/** The number of the first font among the objects. */
const fontsFrom = 6

/** One byte a character: offsets and lengths are those of the text. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function utf16Hex(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  return ['feff', ...units.map((unit) => unit.toString(16).padStart(4, '0'))].join('')
}
