/* Stands for `node:zlib` in the page: CRC-32 (ISO 3309), eight bytes a step. */

const tables = makeTables()

export function crc32(data: Uint8Array, value = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  let crc = ~value
  let at = 0
  for (const end = data.length - 7; at < end; at += 8) {
    const low =
      crc ^
      (byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24))
    crc =
      entry(t7, low & 0xff) ^
      entry(t6, (low >>> 8) & 0xff) ^
      entry(t5, (low >>> 16) & 0xff) ^
      entry(t4, low >>> 24) ^
      entry(t3, byte(data, at + 4)) ^
      entry(t2, byte(data, at + 5)) ^
      entry(t1, byte(data, at + 6)) ^
      entry(t0, byte(data, at + 7))
  }
  for (; at < data.length; at++) crc = (crc >>> 8) ^ entry(t0, (crc ^ byte(data, at)) & 0xff)
  return ~crc >>> 0
}

type Table = Int32Array

function makeTables(): readonly [Table, Table, Table, Table, Table, Table, Table, Table] {
  const first = new Int32Array(256).map((_, index) => {
    let crc = index
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    return crc
  })
  const after = (table: Table): Table => table.map((crc) => (crc >>> 8) ^ entry(first, crc & 0xff))
  const t1 = after(first)
  const t2 = after(t1)
  const t3 = after(t2)
  const t4 = after(t3)
  const t5 = after(t4)
  const t6 = after(t5)
  return [first, t1, t2, t3, t4, t5, t6, after(t6)]
}

function entry(table: Table, index: number): number {
  return table[index] ?? 0
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0
}
