import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const sampleVaultPath = fileURLToPath(new URL('../../demo-data/sample-vault.json', import.meta.url))

/** The token in each secret of the sample vault: `FAKE` and twelve letters, so that each is easy to look for. */
export function sampleTokens(): string[] {
  const text = readFileSync(sampleVaultPath, 'utf8')
  const attached = [...text.matchAll(/"content":"([^"]+)"/g)]
    .map(([, base64 = '']) => Buffer.from(base64, 'base64').toString('latin1'))
    .join('\n')
  return [...new Set(`${text}\n${attached}`.match(/FAKE[A-Z2-7]{12}/g))]
}
