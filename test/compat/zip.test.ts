import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import { paddedSize } from '../../src/bundle/zip/padding.ts'
import { writeZip, type ZipContent } from '../../src/bundle/zip/write-zip.ts'
import { programMissing } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const files = new Map([
  ['README.txt', 'hello'],
  ['attachments/0001/clé privée 🔑.pem', 'key'],
  ['empty', ''],
  ['large', 'x'.repeat(3_000_000)],
])

async function* contents(): AsyncGenerator<ZipContent> {
  for (const [name, text] of files) {
    yield {
      name,
      async *open() {
        yield new TextEncoder().encode(text)
      },
    }
  }
}

/** 70,000 entries need ZIP64 by their number alone. */
async function* many(): AsyncGenerator<ZipContent> {
  for (let index = 0; index < 70_000; index += 1) {
    yield {
      name: `many/${index}`,
      async *open() {
        yield new Uint8Array([index & 0xff])
      },
    }
  }
}

async function writeTo(path: string, source: AsyncIterable<ZipContent>): Promise<void> {
  await pipeline(writeZip(source, { name: 'padding', sizeFor: paddedSize }), createWriteStream(path))
}

describe('foreign programs', () => {
  test.skipIf(programMissing('unzip'))('unzip accepts and unpacks what is written', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.zip')
    await writeTo(path, contents())

    execFileSync('unzip', ['-t', path])
    execFileSync('unzip', ['-q', path, '-d', join(folder.path, 'out')], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })

    for (const [name, text] of files) {
      expect(await readFile(join(folder.path, 'out', name), 'utf8')).toBe(text)
    }
  })

  test.skipIf(programMissing('unzip'))('unzip accepts 70,000 entries', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'many.zip')
    await writeTo(path, many())

    expect(execFileSync('unzip', ['-tq', path]).toString()).toContain('No errors')
  })

  test.skipIf(programMissing('python3'))('Python accepts what is written', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.zip')
    await writeTo(path, contents())

    expect(execFileSync('python3', ['-m', 'zipfile', '-t', path]).toString()).toContain('Done')
  })
})
