import { createHash } from 'node:crypto'

/** Replaced by the build: src/opener/page/open.html, before anything was filled in. */
declare const TEMPLATE: string

const parts: Readonly<Record<string, () => string | null | undefined>> = {
  policy: () => document.querySelector('meta[http-equiv]')?.getAttribute('content'),
  style: () => document.querySelector('style')?.textContent,
  script: () => document.querySelector('script:not([type])')?.textContent,
}

/**
 * SHA-256 of this file, 64 hexadecimal digits, as `sha256sum` says it (of `open.html` itself, also where a bundle came with it). It may not
 * read itself from the disk, so the file is put together again from its parts. Good for cards; it proves nothing of this page to anybody.
 */
export function ownHash(): string {
  const text = TEMPLATE.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name]?.() ?? '')
  return createHash('sha256').update(text).digest('hex')
}
