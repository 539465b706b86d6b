import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { z } from 'zod'
import { messageOf, RedomaError } from '../../core/errors.ts'

/** Lines of a report that wait until the summary, which comes first, is known; gone with the scope. No secret is in them. */
export interface LineSpool<Line> extends AsyncDisposable {
  add(line: Line): Promise<void>
  /** All that were added, in that order; as often as wanted. */
  lines(): AsyncIterable<Line>
}

const bufferedLines = 1000

/**
 * The file loses its name when it is made: whatever becomes of this process, nothing of it stays.
 *
 * @throws RedomaError `FILE_FAILED`
 */
export async function openLineSpool<Line>(
  runFolder: string,
  form: z.ZodType<Line>,
): Promise<LineSpool<Line>> {
  const path = join(runFolder, `report-${process.pid}.spool`)
  const file = await makeNameless(runFolder, path)
  let waiting: string[] = []
  const flush = async (): Promise<void> => {
    const text = waiting.join('')
    waiting = []
    if (text !== '') await file.writeFile(text)
  }
  return {
    async add(line) {
      waiting.push(`${JSON.stringify(line)}\n`)
      if (waiting.length >= bufferedLines) await flush()
    },
    async *lines() {
      await flush()
      const input = createReadStream(path, { fd: file, start: 0, autoClose: false })
      for await (const text of createInterface({ input, crlfDelay: Infinity })) {
        yield form.parse(JSON.parse(text))
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

async function makeNameless(folder: string, path: string) {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = await open(path, 'wx+', 0o600)
    await rm(path)
    return file
  } catch (error) {
    throw new RedomaError('FILE_FAILED', `cannot write ${path}: ${messageOf(error)}`, { cause: error })
  }
}
