import { basename } from 'node:path'
import { z } from 'zod'
import { linesOf } from '../bundle/ledger/read-ledger.ts'
import { ledgerBeside } from './ledger-beside.ts'

const bundleLine = z.object({
  event: z.literal('put'),
  object: z.string(),
  detail: z.object({ generation: z.int().positive() }),
})

/**
 * Of which generation a bundle is, as the ledger beside it says, whose signatures nobody looks at here: which identity file is
 * tried first, and no more. `undefined` where there is no ledger, or it does not say.
 */
export async function generationInLedger(bundlePath: string): Promise<number | undefined> {
  const object = `/${basename(bundlePath)}`
  let generation: number | undefined
  try {
    for (const { text } of linesOf((await ledgerBeside(bundlePath)) ?? new Uint8Array())) {
      if (!text.includes(object)) continue
      const parsed = bundleLine.safeParse(JSON.parse(text))
      if (parsed.success && parsed.data.object.endsWith(object)) generation = parsed.data.detail.generation
    }
    return generation
  } catch {
    return generation
  }
}
