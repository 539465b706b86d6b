import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'

const longestTailBytes = 1024 * 1024
const pollMs = 250

/**
 * The last lines of a file (of its last mebibyte), and its size.
 *
 * @throws RedomaError `NOT_FOUND`, `FILE_FAILED`
 */
export async function lastLines(path: string, lines: number): Promise<{ text: string; size: number }> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const text = await read(file, Math.max(0, size - longestTailBytes), size)
    const ends = text.endsWith('\n') ? text.slice(0, -1) : text
    const kept = lines === 0 ? [] : ends.split('\n').slice(-lines)
    return { text: kept.length === 0 || ends === '' ? '' : `${kept.join('\n')}\n`, size }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new RedomaError('NOT_FOUND', `there is no log at ${path} yet`, { hint: 'redoma backup create' })
    }
    throw new RedomaError('FILE_FAILED', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** What is added to a file after `offset`, also after it was put aside and another took its place; until the signal. */
export async function* followFile(path: string, offset: number, signal: AbortSignal): AsyncGenerator<string> {
  let at = offset
  let inode: bigint | undefined
  while (await waited(signal)) {
    try {
      await using file = await open(path)
      const { size, ino } = await file.stat({ bigint: true })
      if (inode !== undefined && (ino !== inode || size < at)) at = 0
      inode = ino
      if (size > at) yield await read(file, at, Number(size))
      at = Number(size)
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error
    }
  }
}

async function waited(signal: AbortSignal): Promise<boolean> {
  return setTimeout(pollMs, true, { signal }).catch(() => false)
}

async function read(file: FileHandle, start: number, end: number): Promise<string> {
  const buffer = Buffer.alloc(Math.max(0, end - start))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  return buffer.subarray(0, bytesRead).toString('utf8')
}
