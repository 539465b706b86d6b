import type { Secret } from '../../core/secret.ts'

const rows = 5

/** The words of a share as they are shown and copied: numbered, five below each other. Each line is a secret. */
export function numberedWords(words: Secret): string[] {
  const all = words.reveal().split(' ')
  const cells = all.map((word, at) => `${String(at + 1).padStart(2)} ${word.padEnd(10)}`)
  return Array.from({ length: Math.min(rows, all.length) }, (_, row) =>
    cells
      .filter((__, at) => at % rows === row)
      .join('  ')
      .trimEnd(),
  )
}
