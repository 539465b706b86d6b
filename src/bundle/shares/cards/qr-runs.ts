import encodeQR from 'qr'

/** A QR code as dark runs of modules, row by row; `size` modules high and wide, without the quiet zone of four that it needs around it. */
export interface QrCode {
  readonly size: number
  readonly runs: readonly { readonly x: number; readonly y: number; readonly length: number }[]
}

/** 15 % of it may be unreadable. */
export function qrCodeOf(text: string): QrCode {
  const border = 1
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border })
    .slice(border, -border)
    .map((row) => row.slice(border, -border))
  const runs = rows.flatMap((row, y) =>
    row.flatMap((isDark, x) => {
      if (!isDark || row[x - 1] === true) return []
      const end = row.indexOf(false, x)
      return [{ x, y, length: (end === -1 ? row.length : end) - x }]
    }),
  )
  return { size: rows.length, runs }
}
