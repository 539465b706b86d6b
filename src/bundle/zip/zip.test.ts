import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { paddedSize } from './padding.ts'
import { openZip, type ZipReader } from './read-zip.ts'
import { writeZip } from './write-zip.ts'

const runs = process.env['SLOW'] === '1' ? 2000 : 100

async function* contentsOf(files: Readonly<Record<string, Uint8Array>>) {
  for (const [name, bytes] of Object.entries(files)) {
    yield {
      name,
      async *open() {
        yield bytes
      },
    }
  }
}

async function zipOf(files: Readonly<Record<string, Uint8Array>>, padding = false): Promise<Uint8Array> {
  const zip = writeZip(contentsOf(files), padding ? { name: 'padding', sizeFor: paddedSize } : undefined)
  return new Uint8Array(Buffer.concat(await Array.fromAsync(zip)))
}

function openBytes(bytes: Uint8Array): Promise<ZipReader> {
  return openZip({ size: bytes.length, read: async (start, end) => bytes.slice(start, end) })
}

async function filesIn(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const zip = await openBytes(bytes)
  const files: Record<string, Uint8Array> = {}
  for (const entry of zip.entries) {
    files[entry.name] = new Uint8Array(Buffer.concat(await Array.fromAsync(zip.read(entry))))
  }
  return files
}

const name = fc
  .array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }), { minLength: 1, maxLength: 3 })
  .map((parts) => `file/${parts.join('/')}.x`)
  .filter((text) => !/[\p{Cc}\p{Cs}\\:]|\/\.{0,2}\//u.test(text) && !text.includes('/.x'))

describe('a ZIP file', () => {
  test('gives back what was put in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.uint8Array({ maxLength: 2000 })), async (files) => {
        expect(await filesIn(await zipOf(files))).toEqual({ ...files })
      }),
      { numRuns: runs },
    )
  })

  test('that is padded has a size that tells little', async () => {
    for (const size of [0, 1, 65_000, 65_536, 100_000, 1_000_000, 3_333_333]) {
      const { length } = await zipOf({ a: new Uint8Array(size) }, true)

      expect(length).toBe(paddedSize(length))
      expect(length).toBeLessThanOrEqual(Math.max(65_536, 1.125 * (size + 1000)))
    }
  })

  test.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', './a', 'C:x', 'a\\b', 'a\nb'])(
    'takes no entry by the name of %j',
    async (unsafe) => {
      await expect(zipOf({ [unsafe]: new Uint8Array(1) })).rejects.toMatchObject({ code: 'PATH_UNSAFE' })
    },
  )

  test('with an unsafe name, a name twice, or a file as a folder is refused', async () => {
    const bytes = Buffer.from(await zipOf({ 'aa/bb': new Uint8Array(3), cc_dd: new Uint8Array(3) }))
    const renamed = (from: string, to: string) =>
      filesIn(new Uint8Array(Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')))

    await expect(renamed('aa/bb', '../bb')).rejects.toMatchObject({ code: 'PATH_UNSAFE' })
    await expect(renamed('aa/bb', 'cc_dd')).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
    const nested = Buffer.from(await zipOf({ 'aa/bb': new Uint8Array(3), cc: new Uint8Array(3) }))
    const asFile = Buffer.from(nested.toString('latin1').replaceAll('cc', 'aa'), 'latin1')
    await expect(filesIn(new Uint8Array(asFile))).rejects.toMatchObject({ code: 'DATA_DAMAGED' })
  })

  test('with any byte altered is refused, or gives the same files', async () => {
    const files = { 'a.txt': Buffer.from('content of a'), 'b/c.txt': Buffer.from('and of c') }
    const bytes = await zipOf(files)

    for (let at = 0; at < bytes.length; at += 1) {
      const altered = bytes.slice()
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8))
      const result = await filesIn(altered).catch((error: unknown) => error)
      if (isRedomaError(result)) continue
      expect(result, `byte ${at}`).toEqual(await filesIn(bytes))
    }
  })

  test('that is cut, or made of anything, is refused and breaks nothing', async () => {
    const bytes = await zipOf({ 'a.txt': new Uint8Array(50) }, true)
    const refused = async (foreign: Uint8Array) => {
      const result: unknown = await filesIn(foreign).catch((error: unknown) => error)
      expect(isRedomaError(result)).toBe(true)
    }

    for (let length = 0; length < bytes.length; length += 997) await refused(bytes.slice(0, length))
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (tail) =>
        refused(Buffer.concat([bytes.subarray(0, 200), tail])),
      ),
      { numRuns: runs },
    )
  })

  test('holds entries beyond 4 GiB by ZIP64', async () => {
    const half = 2 ** 31
    const chunk = new Uint8Array(2 ** 22)
    const large = (text: string) => ({
      name: text,
      size: 3 * half,
      async *open() {
        for (let left = 3 * half; left > 0; left -= chunk.length) yield chunk
      },
    })
    const kept: { at: number; bytes: Uint8Array }[] = []
    let size = 0
    if (process.env['SLOW'] !== '1') return
    for await (const bytes of writeZip(
      (async function* () {
        yield large('one')
        yield large('two')
      })(),
    )) {
      if (bytes.length !== chunk.length) kept.push({ at: size, bytes })
      size += bytes.length
    }

    const zip = await openZip({
      size,
      read: async (start, end) => {
        const part = kept.find(({ at, bytes }) => at <= start && start < at + bytes.length)
        return part === undefined
          ? chunk.slice(0, end - start)
          : part.bytes.slice(start - part.at, end - part.at)
      },
    })

    expect(zip.entries.map((entry) => [entry.name, entry.size])).toEqual([
      ['one', 3 * half],
      ['two', 3 * half],
    ])
  }, 120_000)
})
