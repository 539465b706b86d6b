import { expect, test } from 'vitest'
import { type BlobId, parseBlobId } from '../ids.ts'
import { encodeBeginning, encodeContent, encodeName, encodeTree } from './encode-tree.ts'
import type { TreeNode } from './node.ts'
import { everyId, scanTree } from './scan-tree.ts'

const [first, second] = ['a', 'b'].map((digit) => parseBlobId(digit.repeat(64))) as [BlobId, BlobId]
const node = (name: string, more: Partial<TreeNode>): TreeNode => ({
  name: Buffer.from(name),
  type: 'file',
  mode: 0o644,
  mtimeNs: 1n,
  atimeNs: 1n,
  ctimeNs: 2n,
  uid: 0,
  gid: 0,
  ...more,
})
const nodes = [
  node('a","type":"file","content":["', { content: [first, second], size: 7 }),
  node('b\n]}', { type: 'dir', subtree: second }),
  node('empty', { content: [] }),
  node('link', { type: 'symlink', linkTarget: Buffer.from(',"content":null}]}\n') }),
  node('\u00e9', {
    content: [first],
    extendedAttributes: [{ name: 'user.{"name":"x","type":"dir"', value: Buffer.of(1) }],
  }),
]

test('a scanned tree has the text of each node, whatever names, targets and attributes say', () => {
  const scanned = scanTree(encodeTree(nodes))

  expect(scanned).toEqual(
    new Map(
      nodes.map((whole) => [
        encodeName(whole.name),
        {
          beginning: encodeBeginning(whole),
          content: encodeContent(whole.content),
          subtree: whole.subtree,
        },
      ]),
    ),
  )
})

test('a tree in another layout, or cut off anywhere, is not scanned', () => {
  const tree = Buffer.from(encodeTree(nodes))
  for (let length = 0; length < tree.length; length++) {
    expect(scanTree(tree.subarray(0, length))).toBeUndefined()
  }
  const others = [
    '{"nodes":[]}\n',
    `${tree.toString().trimEnd()} \n`,
    tree.toString().replace(',"type"', ', "type"'),
    encodeTree([node('x', { error: 'not read' })]),
    encodeTree([node('x', { genericAttributes: { y: 1 } })]),
    Buffer.concat([Buffer.from('{"nodes":[{"name":"'), Buffer.of(0xff), tree.subarray(12)]),
  ]
  for (const other of others) expect(scanTree(Buffer.from(other))).toBeUndefined()
})

test('only a list of ids is one', () => {
  const seen: string[] = []
  const collect = (id: Uint8Array): boolean => seen.push(Buffer.from(id).toString('hex')) > 0

  expect(everyId(`["${first}","${second}"]`, collect)).toBe(true)
  expect(seen).toEqual([first, second])
  expect(everyId('[]', () => false)).toBe(true)
  expect(everyId(`["${first}"]`, () => false)).toBe(false)
  const wrong = [
    'null',
    '',
    '["',
    `["${first}"`,
    `["${first}";"${second}"]`,
    `["${first.toUpperCase()}"]`,
    `["${first}x]`,
  ]
  for (const content of wrong) expect(everyId(content, () => true)).toBe(false)
})
