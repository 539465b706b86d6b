import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import { systemCode } from '../../src/core/errors.ts'
import { blockDisk } from './block-disk.ts'
import { callMount } from './mounting.ts'
import type { ProtectedTree } from './protected-tree.ts'

export interface SpoiltPack extends AsyncDisposable {
  /** As a check names it. */
  readonly name: string
}

/**
 * Puts the largest pack on a disk of its own that has lost all but its first sectors: whoever reads the pack gets a part of it, and EIO.
 * A pack of half a mebibyte is never whole on what is left.
 */
export async function spoilPack({ nas }: ProtectedTree): Promise<SpoiltPack> {
  const path = largestPack(join(nas, 'system', 'data'))
  const disk = await blockDisk(32)
  const spoilt = join(disk.path, 'pack')
  copyFileSync(path, spoilt)
  await disk.losePart(2.5)
  callMount('mount', '--bind', spoilt, path)
  expect(codeOfReading(path)).toBe('EIO')
  return {
    name: `data/${basename(path)}`,
    async [Symbol.asyncDispose]() {
      callMount('umount', path)
      await disk[Symbol.asyncDispose]()
    },
  }
}

function largestPack(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const packs = paths.filter((path) => statSync(path).isFile())
  const [largest] = packs.toSorted((a, b) => statSync(b).size - statSync(a).size)
  if (largest === undefined) throw new Error('there is no pack')
  return largest
}

function codeOfReading(path: string): string | undefined {
  try {
    readFileSync(path)
    return undefined
  } catch (error) {
    return systemCode(error)
  }
}
