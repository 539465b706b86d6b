import { execFile, spawn } from 'node:child_process'
import { readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import { programMissing } from '../support/programs.ts'
import { namesAt, putText, rsyncWorld, textAt } from '../support/rsync-world.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { sshServerMissing } from '../support/ssh-server.ts'

const { signal } = new AbortController()
const execFileAsync = promisify(execFile)
const mebibyte = 1024 * 1024
const putForever = fileURLToPath(new URL('../support/put-by-rsync.ts', import.meta.url))

describe.skipIf(sshServerMissing())('a spool', () => {
  test('holds no more than it may, however fast objects come, and each of them arrives', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach({}, { spoolBytes: 8 * mebibyte })
    let most = 0
    const numbers = Array.from({ length: 40 }, (_, n) => n)

    await Promise.all(
      numbers.map(async (n) => {
        await destination.put(parseObjectName(`known/${n}`), bodyOf(seededBytes(n, mebibyte)), signal)
        most = Math.max(most, await bytesIn(join(world.root, 'spool')))
      }),
    )
    await destination.flush(signal)

    expect(most).toBeGreaterThan(mebibyte)
    expect(most).toBeLessThan(10 * mebibyte)
    expect(await namesAt(destination)).toHaveLength(40)
  })

  test('lets an object through that is larger than all of it', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach({}, { spoolBytes: mebibyte, cacheBytes: mebibyte })
    const bytes = seededBytes(1, 5 * mebibyte)
    const body = bodyOf(bytes)
    const ofUnknownLength = { open: () => body.open() }

    await putText(destination, 'small', 'x')
    await destination.put(parseObjectName('large'), body, signal)
    await destination.put(parseObjectName('unknown'), ofUnknownLength, signal)
    await destination.flush(signal)

    const out = new Uint8Array(100)
    for (const name of ['large', 'unknown']) {
      await destination.readInto(parseObjectName(name), 5 * mebibyte - 100, out, signal)
      expect(Buffer.compare(out, bytes.subarray(-100))).toBe(0)
    }
  })

  test('what was fetched for parts is kept in bounded room, and what was replaced is not given as it was', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach({}, { cacheBytes: 3 * mebibyte })
    const partOf = async (name: string): Promise<Uint8Array> => {
      const out = new Uint8Array(10)
      await destination.readInto(parseObjectName(name), mebibyte - 10, out, signal)
      return out
    }
    for (let n = 0; n < 8; n++) {
      await destination.put(parseObjectName(`pack-${n}`), bodyOf(seededBytes(n, mebibyte)), signal)
    }
    await destination.flush(signal)

    for (let n = 0; n < 8; n++) {
      expect(Buffer.compare(await partOf(`pack-${n}`), seededBytes(n, mebibyte).subarray(-10))).toBe(0)
      // What is given up for it goes while it is read.
      await expect.poll(() => bytesIn(join(world.root, 'spool'))).toBeLessThan(3.5 * mebibyte)
    }
    const { receivedObjects } = destination.figures()
    await partOf('pack-7')
    expect(destination.figures().receivedObjects).toBe(receivedObjects)

    await destination.put(parseObjectName('pack-7'), bodyOf(seededBytes(70, mebibyte)), signal)
    await destination.flush(signal)
    expect(Buffer.compare(await partOf('pack-7'), seededBytes(70, mebibyte).subarray(-10))).toBe(0)
  })

  test('puts and removals of one name keep their order, in the spool and beyond it', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    const name = parseObjectName('locks/one')

    await putText(destination, name, '1')
    await destination.remove(name, signal)
    await expect(textAt(destination, name)).rejects.toThrow('there is no')
    expect(await namesAt(destination)).toEqual([])

    await putText(destination, name, '2')
    await destination.flush(signal)
    await destination.remove(name, signal)
    await putText(destination, name, '3')
    await destination.flush(signal)
    expect(await readFile(join(world.server.folder, name), 'utf8')).toBe('3')

    await putText(destination, name, '4')
    await destination.remove(name, signal)
    await destination.flush(signal)
    expect(await readdir(join(world.server.folder, 'locks'))).toEqual([])
  })

  test('what nobody flushes goes within moments, and what is left goes when the destination is disposed of', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    await putText(destination, 'lock', 'x')
    await until(async () => (await readdir(world.server.folder)).includes('lock'))

    await destination.remove(parseObjectName('lock'), signal)
    await destination[Symbol.asyncDispose]()

    expect(await readdir(world.server.folder)).toEqual(['{redoma}'])
    expect(await readdir(join(world.root, 'spool'))).toEqual([])
  })

  test('goes with its process, which ends by itself when it has nothing else to do than to let go', async () => {
    await using world = await rsyncWorld()
    const { server, root } = world
    const words = [putForever, JSON.stringify(server.spec()), join(root, 'spool'), server.keyPath, '3']

    const { stdout } = await execFileAsync(process.execPath, words)

    expect(stdout).toBe('.!')
    expect(await readdir(join(root, 'spool'))).toEqual([])
  })

  test('is not left behind by a destination that cannot be', async () => {
    await using world = await rsyncWorld()

    await expect(world.reach({ hostKeys: ['ssh-ed25519 garbage'] })).rejects.toThrow('is not a public key')

    expect(await readdir(join(world.root, 'spool'))).toEqual([])
  })

  test('of a process that was killed goes at the next start, with its connection; that of one that lives stays', async () => {
    await using world = await rsyncWorld()
    const { server, root } = world
    await using living = await world.reach()
    await putText(living, 'living', 'x')
    const mine = await readdir(join(root, 'spool'))
    const words = [putForever, JSON.stringify(server.spec()), join(root, 'spool'), server.keyPath]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await new Promise<void>((resolve) => {
      let flushes = ''
      child.stdout.on('data', (text: Buffer) => {
        flushes += text.toString()
        if (flushes.length >= 3) resolve()
      })
    })
    child.kill('SIGKILL')
    await ended
    expect(await readdir(join(root, 'spool'))).toHaveLength(2)
    const [left = 'none'] = (await readdir(join(root, 'spool'))).filter((name) => !mine.includes(name))
    await until(async () => !(await foldersOfProcesses()).some((folder) => folder.includes(left)))

    await using next = await world.reach()

    const names = await readdir(join(root, 'spool'))
    expect(names).toHaveLength(2)
    expect(names).toEqual(expect.arrayContaining(mine))
    // Nine were flushed; of those after them, whatever arrived is whole.
    expect((await namesAt(next)).length).toBeGreaterThanOrEqual(9)
    for (const name of await readdir(join(server.folder, 'folder'))) {
      if (name.startsWith('.')) continue
      expect((await stat(join(server.folder, 'folder', name))).size).toBe(200_000)
    }
  })

  test('no process gets the private key or anything of our environment, and no file but its own has it', async () => {
    await using world = await rsyncWorld()
    const [, secret = 'none'] = (await readFile(world.server.keyPath, 'utf8')).split('\n')
    process.env['REDOMA_TEST_MARKER'] = 'a-value-that-nobody-else-has'
    await using destination = await world.reach({ uploadLimit: 500 * 1024 })
    await destination.put(parseObjectName('large'), bodyOf(seededBytes(1, mebibyte)), signal)

    const seen: string[] = []
    const done = new AbortController()
    const flushing = destination.flush(signal).finally(() => {
      done.abort()
    })
    while (!done.signal.aborted) seen.push(...(await ofOurChildren()))
    await flushing
    delete process.env['REDOMA_TEST_MARKER']

    expect(seen.some((text) => text.startsWith('rsync'))).toBe(true)
    expect(seen.some((text) => text.startsWith('ssh'))).toBe(true)
    expect(
      seen.filter((text) => text.includes('a-value-that-nobody-else-has') || text.includes(secret)),
    ).toEqual([])
    for (const path of await filesIn(join(world.root, 'spool'))) {
      if (!path.endsWith('/ssh/key')) expect(await readFile(path, 'latin1')).not.toContain(secret)
    }
  })
})

describe.skipIf(sshServerMissing() || programMissing('strace'))('durability', () => {
  test('each file is synced before it gets its name, and the mark is synced after the last got its own', async () => {
    await using world = await rsyncWorld()
    const trace = join(world.root, 'trace')
    const wrapper = join(world.root, 'traced-rrsync')
    await writeFile(
      wrapper,
      `#!/bin/sh\nexec strace -f -qq -y -e trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,exit_group -o ${trace}.$$ /usr/bin/rrsync -munge -no-lock ${world.server.folder}\n`,
      { mode: 0o755 },
    )
    await world.server.allow(wrapper)
    await using destination = await world.reach({ folder: 'copies/of-one' })
    for (const name of ['data/aa/x', 'zzz/last', 'ZZ+/y', 'top']) await putText(destination, name, name)
    await destination.flush(signal)

    const calls = (await traceOf(world.root, 'synced')).split('\n').filter((line) => line.includes(' = 0'))
    const named = calls.findIndex((line) => /rename\w*\(.*synced/.test(line))
    const synced = calls.findIndex((line) => /fd?a?t?a?sync\(.*synced/.test(line))
    const renames = calls.flatMap((line, at) => (/rename\w*\(/.test(line) ? [at] : []))
    expect(renames).toHaveLength(5)
    expect(named).toBe(renames.at(-1))
    // All other names are there when the mark is synced.
    expect(synced).toBeGreaterThan(renames.at(-2) ?? Infinity)
    for (const name of ['.x.', '.last.', '.y.', '.top.']) {
      const isOf = (pattern: RegExp) => (line: string) => pattern.test(line) && line.includes(name)
      const sync = calls.findIndex(isOf(/sync\(/))
      expect(sync).toBeGreaterThanOrEqual(0)
      expect(sync).toBeLessThan(calls.findIndex(isOf(/rename\w*\(/)))
    }
  })
})

/** Of the one run that did something with files of this name: others begin ahead of what they are for. */
async function traceOf(folder: string, name: string): Promise<string> {
  const traces = (await readdir(folder)).filter((file) => file.startsWith('trace.'))
  const texts = await Promise.all(traces.map((file) => readFile(join(folder, file), 'utf8')))
  return texts.find((text) => text.includes(name)) ?? ''
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await filesIn(folder)).map((path) =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

/** Folders come and go meanwhile. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return entry.isFile() ? [path] : []
  })
  return (await Promise.all(found)).flat()
}

/** That each process works in. */
function foldersOfProcesses(): Promise<string[]> {
  const of = async (pid: string): Promise<string> => readlink(join('/proc', pid, 'cwd')).catch(() => '')
  return readdir('/proc').then((names) => Promise.all(names.filter((name) => /^\d+$/.test(name)).map(of)))
}

/** Words and environment of each process that runs here but the test's own. */
function ofOurChildren(): Promise<string[]> {
  return aboutProcesses(['cmdline', 'environ'])
}

async function aboutProcesses(files: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const parts = files.map((file) => readFile(join('/proc', pid, file), 'latin1').catch(() => ''))
    const text = (await Promise.all(parts)).join('\0')
    if (/^(?:ssh|rsync)\0/.test(text)) found.push(text)
  }
  return found
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
