import { h } from './element.ts'

/** Time enough for the browser to take the bytes; after it the address leads nowhere. */
const keptMs = 60_000

export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = h('a', { href: url, download: name })
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, keptMs)
}
