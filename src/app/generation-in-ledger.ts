import { createReadStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'

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
  const object = `secrets/${basename(bundlePath)}`
  const text = createReadStream(join(dirname(bundlePath), '..', 'ledger.jsonl'), 'utf8')
  let generation: number | undefined
  try {
    for await (const line of createInterface({ input: text })) {
      if (!line.includes(object)) continue
      const parsed = bundleLine.safeParse(JSON.parse(line))
      if (parsed.success && parsed.data.object === object) generation = parsed.data.detail.generation
    }
    return generation
  } catch {
    return generation
  }
}
