import { type BigIntStats, chmodSync, chownSync, fchmodSync, fchownSync } from 'node:fs'
import { messageOf, systemCode } from '../../core/errors.ts'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { permissionsOf } from '../trees/file-mode.ts'
import type { TreeNode } from '../trees/node.ts'

/** What a file has beside its content, as it crosses threads. */
export type Metadata = Pick<
  TreeNode,
  'type' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'atimeNs' | 'extendedAttributes'
>

/**
 * Gives an entry its owner, permissions, attributes and times, in the order in which none takes back another: a change of
 * owner clears setuid bits and capabilities, anything changes times. No name is looked up: in a folder that others may write
 * to, it could mean another file by now.
 *
 * @param fd of a file that is open; all else, a link too, is opened with `O_PATH`
 * @param before of an entry that was there before: only what differs is changed, and attributes that the node does not have
 *   are removed
 * @returns what could not be done, for people
 */
export function applyMetadata(
  fd: number,
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
      changeOwner(fd, metadata)
    })
  }
  if (type !== 'symlink' && (hasChanged || (Number(before?.mode) & 0o7777) !== permissionsOf(mode))) {
    attempt('permissions not set', () => {
      if (type === 'file') fchmodSync(fd, permissionsOf(mode))
      else chmodSync(pathOfOpen(fd), permissionsOf(mode))
    })
  }
  for (const { name, value } of attributeChanges(fd, metadata, calls, before)) {
    attempt(`attribute ${name} not set`, () => {
      if (value === undefined) calls.removeExtendedAttribute(fd, Buffer.from(name))
      else calls.setExtendedAttribute(fd, Buffer.from(name), value)
    })
  }
  if (hasChanged || before?.mtimeNs !== metadata.mtimeNs) {
    attempt('times not set', () => {
      calls.setTimes(fd, metadata.atimeNs, metadata.mtimeNs)
    })
  }
  return problems
}

/** Who is not root owns all that is restored; that is no fault. */
function changeOwner(fd: number, { type, uid, gid }: Metadata): void {
  try {
    if (type === 'file') fchownSync(fd, uid, gid)
    else chownSync(pathOfOpen(fd), uid, gid)
  } catch (error) {
    if (process.geteuid?.() === 0 || systemCode(error) !== 'EPERM') throw error
  }
}

/** Leads to just what is open, be it a link, and to nothing further (proc(5)). */
function pathOfOpen(fd: number): string {
  return `/proc/self/fd/${fd}`
}

interface AttributeChange {
  readonly name: string
  /** `undefined`: it goes. */
  readonly value: Uint8Array | undefined
}

function attributeChanges(
  fd: number,
  { extendedAttributes = [] }: Metadata,
  calls: FileCalls,
  before: BigIntStats | undefined,
): AttributeChange[] {
  const wanted = extendedAttributes.map(({ name, value }) => ({ name, value: value ?? new Uint8Array(0) }))
  if (before === undefined || !calls.extendedAttributes) return wanted
  const there = new Map(
    calls
      .listExtendedAttributes(fd)
      .map((name) => [Buffer.from(name).toString(), calls.getExtendedAttribute(fd, name)] as const),
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
