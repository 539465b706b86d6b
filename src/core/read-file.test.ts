import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { readFileInTurns } from './read-file.ts'

describe('readFileInTurns', () => {
  test.each([0, 1, 1024 * 1024, 3_400_000])('gives all of a file of %i bytes', async (length) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'file')
    const content = randomBytes(length)
    writeFileSync(path, content)

    const parts: Uint8Array[] = []
    for await (const chunk of readFileInTurns(path)) parts.push(chunk.slice())

    expect(Buffer.concat(parts).equals(content)).toBe(true)
  })

  test('says what cannot be opened or read, and can be stopped halfway', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'file')
    writeFileSync(path, randomBytes(3_400_000))

    await expect(readFileInTurns(join(folder.path, 'none')).next()).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(readFileInTurns(folder.path).next()).rejects.toMatchObject({ code: 'EISDIR' })
    const reading = readFileInTurns(path)
    await reading.next()
    await expect(reading.return(undefined)).resolves.toEqual({ done: true, value: undefined })
  })
})
