/** A whole number of bytes in so many digits. */
const stepDigits = 4 * 64 * 1024

/** The files that the page came with (src/bundle/all-in-one.ts). What is taken is gone from the page. */
export function takeEmbeddedFiles(): File[] {
  const blocks = document.querySelectorAll<HTMLElement>('script[type="application/octet-stream"]')
  return Array.from(blocks, (block) => {
    const file = new File(decoded(block.textContent), block.dataset['name'] ?? '')
    block.remove()
    return file
  })
}

function decoded(base64: string): BlobPart[] {
  const parts: BlobPart[] = []
  for (let at = 0; at < base64.length; at += stepDigits) {
    const binary = atob(base64.slice(at, at + stepDigits))
    parts.push(Uint8Array.from(binary, (digit) => digit.charCodeAt(0)))
  }
  return parts
}
