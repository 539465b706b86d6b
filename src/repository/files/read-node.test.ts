import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FileTime } from '../../crypto/file-status.ts'
import { portableFileCalls } from '../../crypto/portable.ts'
import { encodeBeginning } from '../trees/encode-tree.ts'
import type { RawPath } from './raw-path.ts'
import { makeReadNode } from './read-node.ts'

const any32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyCount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const anyFileTime: fc.Arbitrary<FileTime> = fc.record({
  // Years 1 to 9998.
  seconds: fc.integer({ min: -62_100_000_000, max: 253_300_000_000 }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
})
const anyStatus = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }).map((permissions) => 0o100000 + permissions),
  uid: any32,
  gid: any32,
  links: any32,
  size: anyCount,
  blocks: anyCount,
  inode: fc.oneof(anyCount, fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n })),
  device: anyCount,
  specialDevice: anyCount,
  accessed: anyFileTime,
  changed: anyFileTime,
  modified: anyFileTime,
})
const anyName = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('latin1') as RawPath)

test('the encoded status of a file is what its node is encoded to, where it has no attributes', () => {
  const accounts = { userName: (uid: number) => ['root', 'a"b'][uid], groupName: () => undefined }
  fc.assert(
    fc.property(anyName, anyStatus, fc.boolean(), (name, status, withAccessTimes) => {
      const readNode = makeReadNode({ fileCalls: portableFileCalls(), accounts, withAccessTimes })

      const node = { ...readNode(name, name, status), size: status.size }

      expect(readNode.encodeStatus(name, status)).toBe(encodeBeginning(node))
    }),
    { numRuns: process.env['SLOW'] === undefined ? 500 : 50_000 },
  )
})
