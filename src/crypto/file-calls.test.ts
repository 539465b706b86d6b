import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { nanosecondsOf, statusOf } from './file-status.ts'
import { nativeFileCalls } from './native.ts'
import { portableFileCalls } from './portable.ts'

const isRoot = process.getuid?.() === 0
const native = nativeFileCalls()
const portable = portableFileCalls()

const timesBefore1970 = -1_500_000_001n
const timesNow = 1_732_305_621_785_372_010n

describe.each([native ?? portable, portable])('the $name file calls', (calls) => {
  test('set the times of a file, and of a symbolic link itself', async () => {
    await using folder = await temporaryFolder()
    const [file, link] = [join(folder.path, 'file'), join(folder.path, 'link')]
    writeFileSync(file, '')
    symlinkSync('nowhere', link)

    for (const path of [file, link]) {
      for (const [accessed, modified] of [
        [timesNow, timesBefore1970],
        [timesBefore1970, 0n],
      ] as const) {
        calls.setTimes(Buffer.from(path), accessed, modified)

        const { atimeNs, mtimeNs } = lstatSync(path, { bigint: true })
        expect([roundedFor(calls.name, atimeNs), roundedFor(calls.name, mtimeNs)]).toEqual([
          roundedFor(calls.name, accessed),
          roundedFor(calls.name, modified),
        ])
      }
    }
  })

  test('tell the status of files of all kinds as Node does, and that of a link itself', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, 'x'.repeat(100_000))
    calls.setTimes(Buffer.from(file), timesNow, timesBefore1970)
    const odd = Buffer.concat([Buffer.from(join(folder.path, 'odd ')), Buffer.of(0xff, 0xfe)])
    symlinkSync('nowhere', odd)

    const others = ['/dev/null', '/proc/self/status', '/', folder.path].map((path) => Buffer.from(path))
    for (const path of [Buffer.from(file), odd, ...others]) {
      const expected = statusOf(lstatSync(path, { bigint: true }))
      expect(calls.status(path.toString('latin1'))).toEqual(expected)
    }
    const fd = openSync(file, 'r')
    expect(calls.statusOfOpen(fd)).toEqual(statusOf(fstatSync(fd, { bigint: true })))
    closeSync(fd)
    const modified = nanosecondsOf(calls.status(file).modified)
    expect(roundedFor(calls.name, modified)).toBe(roundedFor(calls.name, timesBefore1970))
  })

  test('refuse a path with a zero in it, and one that is too long', () => {
    for (const [path, code] of [
      ['/tmp\0/x', calls.name === 'native' ? 'EINVAL' : 'ERR_INVALID_ARG_VALUE'],
      ['/'.repeat(5000), 'ENAMETOOLONG'],
      ['/nonexistent', 'ENOENT'],
    ] as const) {
      expect(() => calls.status(path)).toThrow(expect.objectContaining({ code }) as Error)
    }
  })

  test('make a fifo whose name is not text', async () => {
    await using folder = await temporaryFolder()
    const path = Buffer.concat([Buffer.from(join(folder.path, 'a\nb {} ')), Buffer.of(0xff, 0xfe)])

    calls.makeNode(path, constants.S_IFIFO | 0o600, 0n)

    expect(lstatSync(path).isFIFO()).toBe(true)
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(() => {
      calls.makeNode(path, constants.S_IFIFO | 0o600, 0n)
    }).toThrow(expect.objectContaining({ code: 'EEXIST', syscall: 'mknod' }) as Error)
  })

  test.skipIf(!isRoot)('make devices with large numbers', async () => {
    await using folder = await temporaryFolder()
    const path = Buffer.from(join(folder.path, 'null'))
    const numbers = { major: 300n, minor: 70_000n }

    calls.makeNode(path, constants.S_IFCHR | 0o600, deviceOf(numbers.major, numbers.minor))

    expect(lstatSync(path).isCharacterDevice()).toBe(true)
    expect(lstatSync(path, { bigint: true }).rdev).toBe(deviceOf(numbers.major, numbers.minor))
  })

  test('tell what is missing as Node does', () => {
    const missing = Buffer.from('/nonexistent/file')
    const notFound = expect.objectContaining({ code: 'ENOENT' }) as Error

    expect(() => {
      calls.setTimes(missing, 0n, 0n)
    }).toThrow(notFound)
    expect(() => {
      calls.makeNode(missing, constants.S_IFIFO | 0o600, 0n)
    }).toThrow()
  })

  test('find all data of a sparse file, and end', async () => {
    await using folder = await temporaryFolder()
    const size = 8 * 1024 * 1024
    const fd = openSync(join(folder.path, 'sparse'), 'w+')
    writeSync(fd, Buffer.from('start'), 0, 5, 0)
    writeSync(fd, Buffer.from('middle'), 0, 6, 4 * 1024 * 1024)
    ftruncateSync(fd, size)

    const regions: { start: number; end: number }[] = []
    for (
      let region = calls.nextData(fd, 0, size);
      region !== undefined;
      region = calls.nextData(fd, region.end, size)
    ) {
      regions.push(region)
    }
    closeSync(fd)

    const holds = (offset: number) => regions.some(({ start, end }) => start <= offset && offset < end)
    expect(holds(0) && holds(4) && holds(4 * 1024 * 1024 + 5)).toBe(true)
    expect(regions.every(({ start, end }) => start < end && end <= size)).toBe(true)
    expect(calls.nextData(fd, size, size)).toBeUndefined()
  })
})

describe.skipIf(native === undefined)('the native file calls', () => {
  const calls = native ?? portable
  const text = (bytes: readonly Uint8Array[]) => bytes.map((name) => Buffer.from(name).toString('latin1'))

  test('list, get, set and remove extended attributes', async () => {
    await using folder = await temporaryFolder()
    const path = Buffer.from(join(folder.path, 'file'))
    writeFileSync(path, '')
    const [note, odd, empty] = [
      Buffer.from('user.note'),
      Buffer.from('user.\xff', 'latin1'),
      Buffer.from('user.empty'),
    ]

    calls.setExtendedAttribute(path, note, Buffer.from('first'))
    calls.setExtendedAttribute(path, note, Buffer.of(0, 255, 0))
    calls.setExtendedAttribute(path, odd, Buffer.from('x'))
    calls.setExtendedAttribute(path, empty, Buffer.alloc(0))

    expect(text(calls.listExtendedAttributes(path)).toSorted()).toEqual([
      'user.empty',
      'user.note',
      'user.\xff',
    ])
    expect(calls.getExtendedAttribute(path, note)).toEqual(Uint8Array.of(0, 255, 0))
    expect(calls.getExtendedAttribute(path, empty)).toEqual(new Uint8Array(0))
    calls.removeExtendedAttribute(path, odd)
    expect(text(calls.listExtendedAttributes(path))).not.toContain('user.\xff')
  })

  test('read values and lists of attributes beyond the usual length', async () => {
    await using folder = await temporaryFolder()
    const [many, long] = [Buffer.from(join(folder.path, 'many')), Buffer.from(join(folder.path, 'long'))]
    writeFileSync(many, '')
    writeFileSync(long, '')
    const names = Array.from({ length: 12 }, (_, index) => `user.${'n'.repeat(100)}${index}`)
    const value = Uint8Array.from({ length: 1300 }, (_, index) => index)

    for (const name of names) calls.setExtendedAttribute(many, Buffer.from(name), Buffer.alloc(0))
    calls.setExtendedAttribute(long, Buffer.from('user.long'), value)

    expect(text(calls.listExtendedAttributes(many)).toSorted()).toEqual(names.toSorted())
    expect(calls.getExtendedAttribute(long, Buffer.from('user.long'))).toEqual(value)
  })

  test('never follow a symbolic link', async () => {
    await using folder = await temporaryFolder()
    const [file, link] = [join(folder.path, 'file'), Buffer.from(join(folder.path, 'link'))]
    writeFileSync(file, '')
    symlinkSync(file, link)
    calls.setExtendedAttribute(Buffer.from(file), Buffer.from('user.note'), Buffer.from('x'))

    expect(calls.listExtendedAttributes(link)).toEqual([])
    expect(() => calls.getExtendedAttribute(link, Buffer.from('user.note'))).toThrow()
  })

  test('refuse a name that C would read as another', () => {
    const path = Buffer.from('/etc/passwd\0.copy')
    const invalid = expect.objectContaining({ code: 'EINVAL' }) as Error
    const tooLong = expect.objectContaining({ code: 'ENAMETOOLONG' }) as Error

    expect(() => calls.listExtendedAttributes(path)).toThrow(invalid)
    expect(() => {
      calls.setTimes(path, 0n, 0n)
    }).toThrow(invalid)
    expect(() => calls.listExtendedAttributes(Buffer.alloc(5000, '/'))).toThrow(tooLong)
  })

  test('tell apart a missing attribute and a missing file', async () => {
    await using folder = await temporaryFolder()
    const path = Buffer.from(join(folder.path, 'file'))
    writeFileSync(path, '')
    const missing = expect.objectContaining({
      code: 'ENODATA',
      syscall: 'getxattr',
      path: path.toString(),
    }) as Error

    expect(() => calls.getExtendedAttribute(path, Buffer.from('user.none'))).toThrow(missing)
    expect(() => calls.listExtendedAttributes(Buffer.from('/nonexistent'))).toThrow(
      expect.objectContaining({ code: 'ENOENT', errno: -2 }) as Error,
    )
  })
})

function roundedFor(name: string, nanoseconds: bigint): bigint {
  return name === 'native' ? nanoseconds : (nanoseconds + 500n) / 1000n
}

/** As gnu_dev_makedev of glibc. */
function deviceOf(major: bigint, minor: bigint): bigint {
  return ((major & 0xfffn) << 8n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n) | ((major & ~0xfffn) << 32n)
}
