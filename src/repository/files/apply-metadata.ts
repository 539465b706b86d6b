import { type BigIntStats, chmodSync, fchmodSync, fchownSync, lchownSync } from 'node:fs'
import { messageOf, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'
import { bytesOfRaw, pathArgument, type RawPath } from './raw-path.ts'

/** What a file has beside its content, as it crosses threads. */
export type Metadata = Pick<
  TreeNode,
  'type' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'atimeNs' | 'extendedAttributes'
>

/**
 * Gives an entry its owner, permissions, attributes and times, in the order in which none takes back another: a change of
 * owner clears setuid bits and capabilities, anything changes times. Links are never followed.
 *
 * @param fd of the open file; without one, `path` must be known to be of the node's type
 * @param before of an entry that was there before: only what differs is changed, and attributes that the node does not have
 *   are removed
 * @returns what could not be done, for people
 */
export function applyMetadata(
  path: RawPath,
  fd: number | undefined,
  metadata: Metadata,
  calls: FileCalls,
  before?: BigIntStats,
): string[] {
  const problems: string[] = []
  let hasChanged = before === undefined
  const attempt = (what: string, operation: () => void): void => {
    hasChanged = true
    try {
      operation()
    } catch (error) {
      problems.push(`${what}: ${systemCode(error) ?? messageOf(error)}`)
    }
  }
  const { uid, gid, mode, type } = metadata
  if (before === undefined || Number(before.uid) !== uid || Number(before.gid) !== gid) {
    attempt('owner not set', () => {
      changeOwner(path, fd, uid, gid)
    })
  }
  if (type !== 'symlink' && (hasChanged || (Number(before?.mode) & 0o7777) !== permissionsOf(mode))) {
    attempt('permissions not set', () => {
      if (fd === undefined) chmodSync(pathArgument(path), permissionsOf(mode))
      else fchmodSync(fd, permissionsOf(mode))
    })
  }
  for (const { name, value } of attributeChanges(path, metadata, calls, before)) {
    attempt(`attribute ${name} not set`, () => {
      if (value === undefined) calls.removeExtendedAttribute(bytesOfRaw(path), Buffer.from(name))
      else calls.setExtendedAttribute(bytesOfRaw(path), Buffer.from(name), value)
    })
  }
  if (hasChanged || before?.mtimeNs !== metadata.mtimeNs) {
    attempt('times not set', () => {
      if (fd === undefined) calls.setTimes(bytesOfRaw(path), metadata.atimeNs, metadata.mtimeNs)
      else calls.setTimesOfOpen(fd, metadata.atimeNs, metadata.mtimeNs)
    })
  }
  return problems
}

/** Who is not root owns all that is restored; that is no fault. */
function changeOwner(path: RawPath, fd: number | undefined, uid: number, gid: number): void {
  try {
    if (fd === undefined) lchownSync(pathArgument(path), uid, gid)
    else fchownSync(fd, uid, gid)
  } catch (error) {
    if (process.geteuid?.() === 0 || systemCode(error) !== 'EPERM') throw error
  }
}

interface AttributeChange {
  readonly name: string
  /** `undefined`: it goes. */
  readonly value: Uint8Array | undefined
}

function attributeChanges(
  path: RawPath,
  { extendedAttributes = [] }: Metadata,
  calls: FileCalls,
  before: BigIntStats | undefined,
): AttributeChange[] {
  const wanted = extendedAttributes.map(({ name, value }) => ({ name, value: value ?? new Uint8Array(0) }))
  if (before === undefined || !calls.extendedAttributes) return wanted
  const bytes = bytesOfRaw(path)
  const there = new Map(
    calls
      .listExtendedAttributes(bytes)
      .map((name) => [Buffer.from(name).toString(), calls.getExtendedAttribute(bytes, name)] as const),
  )
  const changed = wanted.filter(({ name, value }) => {
    const old = there.get(name)
    return old === undefined || Buffer.compare(old, value) !== 0
  })
  // The label is the system's own: it puts it on whatever is made.
  const gone = [...there.keys()].filter(
    (name) => name !== 'security.selinux' && wanted.every((attribute) => attribute.name !== name),
  )
  return [...changed, ...gone.map((name) => ({ name, value: undefined }))]
}
