import { constants } from 'node:os'
import type { FileCalls } from '../file-calls.ts'
import { systemError } from '../system-error.ts'
import { cStrings } from './c-string.ts'
import type { CFunction, CValue, Door } from './door.ts'
import { onOpen, pathOf } from './on-open.ts'

const { ENAMETOOLONG, ENOTSUP, ERANGE } = constants.errno

/** The kernel's limit on a value and on a list of names (XATTR_SIZE_MAX, XATTR_LIST_MAX). */
const longestBytes = 64 * 1024
/** Nearly always enough. The kernel allocates and clears as much as it is offered: 64 KiB would cost 0.7 µs a file. */
const usualBytes = 1024

type AttributeCalls = Pick<
  FileCalls,
  'listExtendedAttributes' | 'getExtendedAttribute' | 'setExtendedAttribute' | 'removeExtendedAttribute'
>

/** @throws whatever the door throws where this libc lacks one of the calls (they are Linux' own) */
export function extendedAttributeCalls(door: Door): AttributeCalls {
  const list = inAllForms(door, 'listxattr', (name, file) =>
    door.long(name, 'intptr_t', file, 'void *', 'intptr_t'),
  )
  const get = inAllForms(door, 'getxattr', (name, file) =>
    door.long(name, 'intptr_t', file, 'void *', 'void *', 'intptr_t'),
  )
  const set = inAllForms(door, 'setxattr', (name, file) =>
    door.integer(name, file, 'void *', 'void *', 'intptr_t', 'int'),
  )
  const remove = inAllForms(door, 'removexattr', (name, file) => door.integer(name, file, 'void *'))
  const read = attributeReader(door)
  const nameInC = cStrings(255, ERANGE)
  return {
    listExtendedAttributes(file) {
      const names = read((buffer) => list(file, buffer, buffer.length))
      if (names instanceof Uint8Array) return split(names)
      if (names === ENOTSUP) return []
      throw systemError(names, 'listxattr', pathOf(file))
    },
    getExtendedAttribute(file, name) {
      const cName = nameInC(name, 'getxattr', pathOf(file))
      const value = read((buffer) => get(file, cName, buffer, buffer.length))
      if (value instanceof Uint8Array) return value.slice()
      throw systemError(value, 'getxattr', pathOf(file))
    },
    setExtendedAttribute(file, name, value) {
      const cName = nameInC(name, 'setxattr', pathOf(file))
      if (set(file, cName, value, value.length, 0) === 0) return
      throw systemError(door.lastErrno(), 'setxattr', pathOf(file))
    },
    removeExtendedAttribute(file, name) {
      if (remove(file, nameInC(name, 'removexattr', pathOf(file))) === 0) return
      throw systemError(door.lastErrno(), 'removexattr', pathOf(file))
    },
  }
}

type AttributeCall = (file: Uint8Array | number, ...values: readonly CValue[]) => number

/** Each call is there for a path that is not followed, for an open file, and for a path that is. */
function inAllForms(
  door: Door,
  syscall: string,
  find: (name: string, file: 'void *' | 'int') => CFunction<number>,
): AttributeCall {
  const ofPath = find(`l${syscall}`, 'void *')
  const ofOpen = find(`f${syscall}`, 'int')
  const followed = find(syscall, 'void *')
  const inC = cStrings(4096, ENAMETOOLONG)
  return (file, ...values) =>
    typeof file === 'number'
      ? onOpen(
          door,
          file,
          (fd) => ofOpen(fd, ...values),
          (path) => followed(inC(path, syscall, path), ...values),
        )
      : ofPath(inC(file, syscall, file), ...values)
}

/** Lets a call fill a buffer; gives what was filled, good until the next read, or the `errno`. */
function attributeReader(door: Door): (call: (buffer: Uint8Array) => number) => Uint8Array | number {
  const usual = new Uint8Array(usualBytes)
  return (call) => {
    const length = call(usual)
    if (length >= 0) return usual.subarray(0, length)
    const errno = door.lastErrno()
    if (errno !== ERANGE) return errno
    const longest = new Uint8Array(longestBytes)
    const fullLength = call(longest)
    return fullLength >= 0 ? longest.subarray(0, fullLength) : door.lastErrno()
  }
}

/** A list of names, each with a zero at its end. */
function split(list: Uint8Array): Uint8Array[] {
  if (list.length === 0) return []
  const names: Uint8Array[] = []
  let start = 0
  for (let end = list.indexOf(0); end >= 0; end = list.indexOf(0, start)) {
    names.push(list.slice(start, end))
    start = end + 1
  }
  return names
}
