import { expect, test } from 'vitest'
import { destinationReadme } from './destination-readme.ts'

test('in both languages the page is trusted by the card alone, and by nothing that lies beside it', () => {
  const paragraphs = destinationReadme.split('\n\n').filter((text) => text.includes('sha256sum open.html'))
  expect(paragraphs).toHaveLength(2)
  for (const paragraph of paragraphs) expect(paragraph).not.toContain('ledger.jsonl')
})
