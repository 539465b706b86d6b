import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { loadFileCalls } from '../../src/crypto/native.ts'
import { seededBytes } from './seeded-bytes.ts'

export interface DifficultTreeOptions {
  /** restic before 0.16 keeps no link target that is not UTF-8. */
  readonly withRawLinks?: boolean
}

export interface DifficultTree {
  /** What no test can have as an ordinary user is left out then. */
  readonly isRoot: boolean
}

/** One of everything that a file system can hold and a backup program can get wrong. */
export async function makeDifficultTree(
  root: string,
  { withRawLinks = true }: DifficultTreeOptions = {},
): Promise<DifficultTree> {
  const isRoot = process.geteuid?.() === 0
  const calls = loadFileCalls()
  const at = (name: string | Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.isBuffer(name) ? name : Buffer.from(name)])
  mkdirSync(root, { recursive: true })

  writeFileSync(at('empty'), '')
  writeFileSync(at('small'), 'a few bytes')
  writeFileSync(at('exactly-the-least-chunk'), seededBytes(1, 512 * 1024))
  writeFileSync(at('one-byte-more'), seededBytes(2, 512 * 1024 + 1))
  writeFileSync(at('large'), seededBytes(3, 20 * 1024 * 1024))
  writeFileSync(at('repeats'), Buffer.alloc(6 * 1024 * 1024, 'the same again, '))
  writeFileSync(at('zeros'), new Uint8Array(3 * 1024 * 1024))
  makeSparse(at('sparse'))

  for (const name of [
    'new\nline',
    ' space ',
    '"quotes" \\ and <html> & more',
    'é ü 漢字',
    'nbsp\u00a0zwsp\u200b',
  ]) {
    writeFileSync(at(name), name)
  }
  for (const bytes of [
    [0xff, 0xfe, 0x61],
    [0x61, 0xed, 0xa0, 0x80],
    [0x01, 0x7f, 0x07],
  ]) {
    writeFileSync(at(Buffer.from(bytes)), 'not UTF-8')
  }
  // In the order of bytes U+FF5E comes before U+1F600, in that of UTF-16 after.
  for (const name of ['\uff5e', '\u{1f600}', 'B', 'a', 'a.b', 'a-b']) mkdirSync(at(`order-${name}`))

  mkdirSync(at('deep/er/and/deeper'), { recursive: true })
  writeFileSync(at('deep/er/and/deeper/file'), 'x')
  mkdirSync(at('empty folder'))
  symlinkSync('small', at('link'))
  symlinkSync('nowhere/at/all', at('broken link'))
  if (withRawLinks) symlinkSync(Buffer.from([0x2f, 0xff, 0x2f, 0x0a]), at('link that is not UTF-8'))
  symlinkSync('deep', at('link to folder'))
  linkSync(at('small'), at('deep/hard link'))
  linkSync(at('large'), at('second large'))
  execFileSync('mkfifo', [join(root, 'fifo')])
  await leaveSocket(join(root, 'socket'))

  chmodSync(at('one-byte-more'), 0o000)
  writeFileSync(at('setuid'), '#!')
  if (isRoot) {
    chownSync(at('setuid'), 12345, 54321)
    lchownSync(at('broken link'), 1, 1)
    calls.makeNode(at('null device'), 0o020666, 0x103n)
    calls.makeNode(at('block device'), 0o060640, 0x700n)
  }
  chmodSync(at('setuid'), 0o6755)
  mkdirSync(at('sticky'))
  chmodSync(at('sticky'), 0o1777)
  if (calls.extendedAttributes) {
    calls.setExtendedAttribute(at('small'), Buffer.from('user.note'), Buffer.from('an attribute'))
    calls.setExtendedAttribute(at('small'), Buffer.from('user.binary'), new Uint8Array([0, 255, 10]))
    calls.setExtendedAttribute(at('deep'), Buffer.from('user.of a folder'), new Uint8Array(0))
    if (isRoot) {
      // cap_net_bind_service=ep, and an ACL that lets uid 1234 read.
      calls.setExtendedAttribute(at('setuid'), Buffer.from('security.capability'), capability)
      calls.setExtendedAttribute(at('repeats'), Buffer.from('system.posix_acl_access'), accessList)
    }
  }
  calls.setTimes(at('small'), 1_700_000_000_123_456_789n, 1_600_000_000_987_654_321n)
  calls.setTimes(at('link'), 1n, 1_500_000_000_000_000_001n)
  calls.setTimes(at('empty'), 0n, -1_500_000_000n)
  calls.setTimes(at('zeros'), 0n, 4_102_444_800_000_000_001n)
  calls.setTimes(at('deep/er'), 0n, 1_000_000_000_000_000_000n)
  return { isRoot }
}

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex')
const accessList = Buffer.from(
  '02000000' +
    '01000600ffffffff' +
    '02000400d2040000' +
    '04000400ffffffff' +
    '10000400ffffffff' +
    '20000400ffffffff',
  'hex',
)

/** Data at both ends and in the middle, holes between. */
function makeSparse(path: Buffer): void {
  const fd = openSync(path, 'w')
  try {
    writeSync(fd, seededBytes(4, 5000), 0, 5000, 0)
    writeSync(fd, seededBytes(5, 5000), 0, 5000, 9_000_000)
    ftruncateSync(fd, 12_000_001)
  } finally {
    closeSync(fd)
  }
}

/** A socket stays when the program that made it was killed. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(`${path}.live`, resolve)
  })
  linkSync(`${path}.live`, path)
  await new Promise((resolve) => server.close(resolve))
}
