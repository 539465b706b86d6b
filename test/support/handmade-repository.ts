import { Secret } from '../../src/core/secret.ts'
import { portableFileCalls, portablePrimitives } from '../../src/crypto/portable.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { bodyOf, type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { encodeConfig, newConfig } from '../../src/repository/config/config.ts'
import { makeEnvelope } from '../../src/repository/envelope/envelope.ts'
import { randomSealingKey } from '../../src/repository/envelope/sealing-key.ts'
import { type BlobId, blobIdFromBytes } from '../../src/repository/ids.ts'
import { encodeIndex, type IndexedPack } from '../../src/repository/index/encode-index.ts'
import { createKey } from '../../src/repository/keys/create-key.ts'
import { makeFence } from '../../src/repository/locks/fence.ts'
import { systemLocking } from '../../src/repository/locks/locking.ts'
import { objectNameOf, writeUnpacked } from '../../src/repository/objects.ts'
import { appendBlob } from '../../src/repository/packs/append-blob.ts'
import { makePackBuilder } from '../../src/repository/packs/pack-builder.ts'
import { decodePackHeader } from '../../src/repository/packs/pack-header.ts'
import type { BlobType } from '../../src/repository/packs/packed-blob.ts'
import { makeScratch } from '../../src/repository/packs/scratch.ts'
import type { Repository, RepositoryPlace } from '../../src/repository/repository.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import type { StoredSnapshot } from '../../src/repository/snapshots/snapshot.ts'
import { encodeNode, joinNodes } from '../../src/repository/trees/encode-tree.ts'
import { goModeOf } from '../../src/repository/trees/file-mode.ts'
import type { TreeNode } from '../../src/repository/trees/node.ts'
import { handTurnedClock } from './clock.ts'

const signal = new AbortController().signal

/** A repository in memory that is written blob by blob, so that a test can also write what no backup would. */
export interface HandmadeRepository {
  readonly repository: Repository
  readonly place: RepositoryPlace
  /** What the destination holds. */
  readonly objects: Map<ObjectName, Uint8Array>
  data(content: string): BlobId
  /** Nodes are not put in order. */
  tree(nodes: readonly TreeNode[]): BlobId
  snapshot(tree: BlobId): Promise<StoredSnapshot>
  /** Writes the packs of all blobs since the last time, and an index of them, altered by `alter`. */
  publish(alter?: (packs: IndexedPack[]) => IndexedPack[]): Promise<void>
}

export async function makeHandmadeRepository(): Promise<HandmadeRepository> {
  const objects = new Map<ObjectName, Uint8Array>()
  const primitives = portablePrimitives()
  const place: RepositoryPlace = {
    destination: memoryDestination(objects),
    prefix: 'system/',
    password: new Secret('pass'),
    clock: handTurnedClock(),
    primitives,
    fileCalls: portableFileCalls(),
  }
  const repository = await initCheaply(place)
  const tools = { envelope: repository.envelope, primitives, scratch: makeScratch() }
  const builders = (['data', 'tree'] as const).map((type) =>
    makePackBuilder(type, repository.envelope, primitives),
  )

  const add = (type: BlobType, content: Uint8Array): BlobId => {
    const hash = new Uint8Array(32)
    primitives.sha256(content, hash)
    const id = blobIdFromBytes(hash)
    const builder = builders.find((candidate) => candidate.type === type)
    if (builder !== undefined) appendBlob(builder, hash, content, 3, tools)
    return id
  }

  return {
    repository,
    place,
    objects,
    data: (content) => add('data', Buffer.from(content)),
    tree: (nodes) => add('tree', joinNodes(nodes.map(encodeNode))),
    snapshot: async (tree) => {
      const snapshot = { timeNs: 1_772_000_000_000_000_000n, tree, paths: ['/'], hostname: 'h' }
      return {
        ...snapshot,
        id: await writeUnpacked(repository, 'snapshots', encodeSnapshot(snapshot), signal),
      }
    },
    publish: async (alter = (packs) => packs) => {
      const packs: IndexedPack[] = []
      for (const builder of builders.filter(({ blobCount }) => blobCount > 0)) {
        const { id, bytes, header } = builder.finish()
        packs.push({ id, blobs: decodePackHeader(header) })
        await repository.destination.put(objectNameOf(repository, 'data', id), bodyOf(bytes), signal)
      }
      await writeUnpacked(repository, 'index', encodeIndex(alter(packs)), signal)
    },
  }
}

/** As `initRepository`, with a key that costs no time. */
export async function initCheaply(place: RepositoryPlace): Promise<Repository> {
  const { primitives, password, destination } = place
  const masterKey = randomSealingKey()
  const envelope = makeEnvelope(masterKey, primitives)
  const config = newConfig()
  const who = { username: 'root', hostname: 'h', created: place.clock.now(), cost: { N: 16, r: 1, p: 1 } }
  const key = await createKey({ masterKey, password, ...who }, primitives)
  await destination.put(objectNameOf(place, 'keys', key.id), bodyOf(key.bytes), signal)
  await destination.put(
    parseObjectName(`${place.prefix}config`),
    bodyOf(envelope.seal(encodeConfig(config))),
    signal,
  )
  const made = { ...place, config, masterKey, keyId: key.id, envelope, fence: makeFence() }
  const locking = { ...systemLocking(), ...place.locking }
  return { ...made, locking, [Symbol.dispose]: () => undefined }
}

export function aFile(name: string, content: readonly BlobId[], size: number): TreeNode {
  return { ...aNode(name), type: 'file', mode: goModeOf(0o100644), content, size }
}

export function aLink(name: string, to: string): TreeNode {
  return {
    ...aNode(name),
    type: 'symlink',
    mode: goModeOf(0o120777),
    linkTarget: Buffer.from(to),
  }
}

export function aFolder(name: string, subtree: BlobId): TreeNode {
  return { ...aNode(name), type: 'dir', mode: goModeOf(0o040755), subtree }
}

function aNode(name: string): Pick<TreeNode, 'name' | 'mtimeNs' | 'atimeNs' | 'ctimeNs' | 'uid' | 'gid'> {
  const timeNs = 1_772_000_000_123_456_789n
  return { name: Buffer.from(name), mtimeNs: timeNs, atimeNs: timeNs, ctimeNs: timeNs, uid: 0, gid: 0 }
}
