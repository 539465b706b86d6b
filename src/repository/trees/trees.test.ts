import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BlobId } from '../ids.ts'
import { decodeTree } from './decode-tree.ts'
import { encodeTree } from './encode-tree.ts'
import { goModeOf, nodeTypeOf, permissionsOf, unixTypeBitsOf } from './file-mode.ts'
import { compareNames } from './name-order.ts'
import { nodeTypes, type TreeNode } from './node.ts'
import { isSafeName } from './safe-name.ts'

const runs = process.env['SLOW'] === undefined ? 200 : 20_000
const anyBytes = fc.uint8Array({ maxLength: 40 })
const anyText = fc.string({ unit: 'grapheme', maxLength: 20 })
const any64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })
const any32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const anyBlobId = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as BlobId)
/** Years 1 to 9998. */
const anyTime = fc.bigInt({ min: -62_100_000_000_000_000_000n, max: 253_300_000_000_000_000_000n })
const filled = <T extends { length: number }>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  arbitrary.filter((value) => value.length > 0)

const anyNode: fc.Arbitrary<TreeNode> = fc.record(
  {
    name: anyBytes.filter(isSafeName),
    type: fc.constantFrom(...nodeTypes),
    mode: any32,
    mtimeNs: anyTime,
    atimeNs: anyTime,
    ctimeNs: anyTime,
    uid: any32,
    gid: any32,
    user: filled(anyText),
    group: filled(anyText),
    inode: any64,
    deviceId: any64,
    size: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    links: fc.integer({ min: 1 }),
    linkTarget: filled(anyBytes),
    extendedAttributes: filled(
      fc.array(fc.record({ name: anyText, value: fc.oneof(anyBytes, fc.constant(null)) }), { maxLength: 3 }),
    ),
    genericAttributes: fc.constant({ 'windows.creation_time': 'ABC=', 'windows.file_attributes': 2 ** 60 }),
    device: any64,
    content: fc.array(anyBlobId, { maxLength: 3 }),
    subtree: anyBlobId,
    error: filled(anyText),
  },
  { requiredKeys: ['name', 'type', 'mode', 'mtimeNs', 'atimeNs', 'ctimeNs', 'uid', 'gid'] },
)
const anyTree = fc
  .uniqueArray(anyNode, { maxLength: 5, selector: ({ name }) => Buffer.from(name).toString('hex') })
  .map((nodes) => nodes.toSorted((a, b) => compareNames(a.name, b.name)))

const plainNode: TreeNode = {
  name: Buffer.from('a'),
  type: 'file',
  mode: 0o644,
  mtimeNs: 1_732_305_621_785_372_010n,
  atimeNs: 1_732_305_621_785_372_010n,
  ctimeNs: -500_000_000n,
  uid: 0,
  gid: 0,
  content: [],
}

function textOf(nodes: readonly TreeNode[]): string {
  return Buffer.from(encodeTree(nodes)).toString()
}

describe('tree', () => {
  test('of nothing is what restic writes', () => {
    expect(textOf([])).toBe('{"nodes":[]}\n')
  })

  test('of one file is what restic writes', () => {
    expect(textOf([plainNode])).toBe(
      '{"nodes":[{"name":"a","type":"file","mode":420,"mtime":"2024-11-22T20:00:21.78537201Z",' +
        '"atime":"2024-11-22T20:00:21.78537201Z","ctime":"1969-12-31T23:59:59.5Z","uid":0,"gid":0,"content":[]}]}\n',
    )
  })

  test('comes back as it was, and is encoded the same again', () => {
    fc.assert(
      fc.property(anyTree, (nodes) => {
        const bytes = encodeTree(nodes)
        const again = decodeTree(bytes)
        expect(again.map((node) => ({ ...node, genericAttributes: undefined }))).toEqual(
          nodes.map((node) => ({ ...node, genericAttributes: undefined })),
        )
        expect(encodeTree(again)).toEqual(bytes)
      }),
      { numRuns: runs },
    )
  })

  test('keeps inodes of 64 bits', () => {
    const [node] = decodeTree(encodeTree([{ ...plainNode, inode: 2n ** 64n - 1n }]))

    expect(node?.inode).toBe(18_446_744_073_709_551_615n)
  })

  test('keeps a target that is not UTF-8 whole, and a readable form of it', () => {
    const link: TreeNode = {
      ...plainNode,
      type: 'symlink',
      linkTarget: Buffer.from([0x61, 0xff, 0xfe]),
      content: undefined,
    }

    expect(textOf([link])).toContain('"linktarget":"a\\ufffd\\ufffd","linktarget_raw":"Yf/+"')
    expect(decodeTree(encodeTree([link]))[0]?.linkTarget).toEqual(new Uint8Array([0x61, 0xff, 0xfe]))
  })

  test('names are in the order of their bytes, not of their text', () => {
    const names = ['\uff21', '\u{10000}', 'a', '\n'].map((name) => Buffer.from(name))
    const sorted = names.toSorted(compareNames).map((name) => name.toString())

    expect(sorted).toEqual(['\n', 'a', '\uff21', '\u{10000}'])
  })

  test('refuses to be written out of order, or with one name twice', () => {
    const b = { ...plainNode, name: Buffer.from('b') }

    expect(() => encodeTree([b, plainNode])).toThrow(/order/)
    expect(() => encodeTree([b, b])).toThrow(/order/)
  })

  test.each(['', '.', '..', 'a/b', '/etc/passwd', '../x', 'nul\\x00'])(
    'with the name %j is refused',
    (name) => {
      const bytes = Buffer.from(
        textOf([plainNode]).replace('"name":"a"', `"name":"${name.replaceAll('\\', '\\\\')}"`),
      )

      expect(() => decodeTree(bytes)).toThrow(expect.objectContaining({ code: 'PATH_UNSAFE' }))
    },
  )

  test.each([
    ['"uid":0', '"uid":-1'],
    ['"uid":0', '"uid":4294967296'],
    ['"uid":0', '"uid":"0"'],
    ['"mode":420', '"mode":0.5'],
    ['"type":"file"', '"type":"door"'],
    ['"content":[]', '"content":["x"]'],
    ['"content":[]', '"content":{}'],
    ['"content":[]', '"inode":18446744073709551616'],
    ['"content":[]', '"inode":-1'],
    ['"content":[]', '"size":9007199254740993'],
    ['"content":[]', '"subtree":"0"'],
    ['"name":"a"', '"name":"\\\\"'],
    ['"name":"a"', '"name":"a\\""'],
    ['"name":"a"', '"nome":"a"'],
    ['Z","atime', '","atime'],
    ['2024-11', '2024-13'],
    [']}]}', ']}'],
  ])('in which %s became %s is refused', (before, after) => {
    const text = textOf([plainNode])
    expect(text).toContain(before)

    expect(() => decodeTree(Buffer.from(text.replace(before, after)))).toThrow(
      expect.objectContaining({ code: 'DATA_DAMAGED' }),
    )
  })

  test('passes over fields that it does not know', () => {
    const text = textOf([plainNode])
      .replace('{"name"', '{"new":{"a":[1]},"name"')
      .replace('{"nodes"', '{"more":1,"nodes"')

    expect(decodeTree(Buffer.from(text))).toHaveLength(1)
  })
})

describe('mode', () => {
  test.each([
    [0o100644, 'file', 0o644],
    [0o040755, 'dir', 2 ** 31 + 0o755],
    [0o041777, 'dir', 2 ** 31 + 2 ** 20 + 0o777],
    [0o120777, 'symlink', 2 ** 27 + 0o777],
    [0o104755, 'file', 2 ** 23 + 0o755],
    [0o102755, 'file', 2 ** 22 + 0o755],
    [0o060660, 'dev', 2 ** 26 + 0o660],
    [0o020666, 'chardev', 2 ** 26 + 2 ** 21 + 0o666],
    [0o010600, 'fifo', 2 ** 25 + 0o600],
    [0o140755, 'socket', 2 ** 24 + 0o755],
  ] as const)('%o of Unix is a %s in Go, and back', (unixMode, type, goMode) => {
    expect(nodeTypeOf(unixMode)).toBe(type)
    expect(goModeOf(unixMode)).toBe(goMode)
    expect(unixTypeBitsOf(type) | permissionsOf(goMode)).toBe(unixMode)
  })
})
