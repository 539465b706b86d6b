/** Long enough that what is done with each piece does not count, short enough for the processor's cache. */
const pieceLength = 128 * 1024

/** Many short texts as fewer pieces of UTF-8. */
export async function* inPieces(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < pieceLength) continue
    yield encoder.encode(piece)
    piece = ''
  }
  if (piece !== '') yield encoder.encode(piece)
}
