import type { NodeType } from './node.ts'

/** Bits of Go's `os.FileMode`, which restic stores in place of Unix's. */
const goBit = {
  dir: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  charDevice: 2 ** 21,
  sticky: 2 ** 20,
  irregular: 2 ** 19,
}

const goTypeBits: Readonly<Record<NodeType, number>> = {
  file: 0,
  dir: goBit.dir,
  symlink: goBit.symlink,
  dev: goBit.device,
  chardev: goBit.device + goBit.charDevice,
  fifo: goBit.fifo,
  socket: goBit.socket,
  irregular: goBit.irregular,
}

const unixTypes: ReadonlyMap<number, NodeType> = new Map([
  [0o100000, 'file'],
  [0o040000, 'dir'],
  [0o120000, 'symlink'],
  [0o060000, 'dev'],
  [0o020000, 'chardev'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
])
const unixTypeBits: ReadonlyMap<NodeType, number> = new Map(
  [...unixTypes].map(([bits, type]) => [type, bits]),
)

/** The type of a file by its `st_mode`. */
export function nodeTypeOf(unixMode: number): NodeType {
  return unixTypes.get(unixMode & 0o170000) ?? 'irregular'
}

/** Go's mode for a `st_mode`. */
export function goModeOf(unixMode: number): number {
  const special =
    ((unixMode & 0o4000) !== 0 ? goBit.setuid : 0) +
    ((unixMode & 0o2000) !== 0 ? goBit.setgid : 0) +
    ((unixMode & 0o1000) !== 0 ? goBit.sticky : 0)
  return goTypeBits[nodeTypeOf(unixMode)] + special + (unixMode & 0o777)
}

/** Permissions for `chmod` (the lower twelve bits of a `st_mode`) out of Go's mode. */
export function permissionsOf(goMode: number): number {
  return (
    (goMode & 0o777) |
    ((goMode & goBit.setuid) !== 0 ? 0o4000 : 0) |
    ((goMode & goBit.setgid) !== 0 ? 0o2000 : 0) |
    ((goMode & goBit.sticky) !== 0 ? 0o1000 : 0)
  )
}

/** The type bits of a `st_mode` (`S_IFIFO` …), as `mknod` wants them; 0 for what has no Unix type. */
export function unixTypeBitsOf(type: NodeType): number {
  return unixTypeBits.get(type) ?? 0
}
