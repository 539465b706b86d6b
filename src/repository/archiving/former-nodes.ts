import type { RawPath } from '../files/raw-path.ts'
import { decodeTree } from '../trees/decode-tree.ts'
import {
  encodeBeginning,
  encodeContent,
  encodeLatin1Name,
  encodeName,
  joinNodes,
  withContent,
} from '../trees/encode-tree.ts'
import type { TreeNode } from '../trees/node.ts'
import { type ScannedNode, scanTree } from '../trees/scan-tree.ts'

/** What a folder held in the parent snapshot. */
export interface FormerNodes {
  get(name: RawPath): FormerNode | undefined
}

export interface FormerNode extends ScannedNode {
  readonly isFile: boolean
  /**
   * Whether it was the same in all that `stat` tells, given as `encodeBeginning` writes that. Then its extended attributes are
   * the same too: the kernel sets the change time when one is set or removed, and there is no other way to set that.
   */
  isAsBefore(status: string): boolean
  /** All of it, decoded: only of files that may have changed is more asked than their text. */
  decode(): TreeNode | undefined
}

export const noFormerNodes: FormerNodes = { get: () => undefined }

/** A node that is none is as if it was not there. */
const leaveOut = (): void => undefined

/** @throws RedomaError `DATA_DAMAGED`, here or in `decode` */
export function formerNodes(tree: Uint8Array): FormerNodes {
  const nodes = scanTree(tree) ?? decodeAndScan(tree)
  return {
    get(name) {
      const node = nodes.get(encodeLatin1Name(name))
      return node === undefined ? undefined : describe(node)
    },
  }
}

function describe(node: ScannedNode): FormerNode {
  return {
    ...node,
    isFile: node.beginning.includes('","type":"file",'),
    isAsBefore: (status) =>
      node.beginning === status || node.beginning.startsWith(`${status},"extended_attributes":`),
    decode: () => decodeTree(joinNodes([withContent(node.beginning, node.content)]), leaveOut)[0],
  }
}

/** For a tree in a layout that cannot be scanned. */
function decodeAndScan(tree: Uint8Array): Map<string, ScannedNode> {
  return new Map(
    decodeTree(tree, leaveOut).map((node) => [
      encodeName(node.name),
      { beginning: encodeBeginning(node), content: encodeContent(node.content), subtree: node.subtree },
    ]),
  )
}
