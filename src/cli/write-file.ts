import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/**
 * A file (0600) that has another name until it is whole: half a tar, or half a table, opens without complaint in many programs. Nobody can
 * know that name before, and put a link there that leads elsewhere.
 */
export async function writeFile(
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.unfinished`
  const file = await open(unfinished, 'wx', 0o600)
  try {
    for await (const part of content) {
      signal.throwIfAborted()
      await file.writeFile(part)
    }
    await file.sync()
    await file.close()
    await rename(unfinished, path)
  } catch (error) {
    await file.close().catch(() => undefined)
    await rm(unfinished, { force: true })
    throw error
  }
}
