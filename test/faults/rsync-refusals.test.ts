import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, isRedomaError, RedomaError } from '../../src/core/errors.ts'
import { findHostKey, findHostKeyOfJump } from '../../src/destinations/rsync/find-host-key.ts'
import { fingerprintOf } from '../../src/destinations/rsync/host-key.ts'
import { ownSshKey } from '../../src/destinations/rsync/own-key.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { programMissing } from '../support/programs.ts'
import { namesAt, putText, rsyncWorld, textAt } from '../support/rsync-world.ts'
import { sshServerMissing, startSshServer } from '../support/ssh-server.ts'

const { signal } = new AbortController()
const isRoot = process.geteuid?.() === 0
const code = (expected: ErrorCode) => (error: unknown) => isRedomaError(error, expected)

async function failureOf(work: Promise<unknown>): Promise<RedomaError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (error instanceof RedomaError) return error
  throw error
}

describe.skipIf(sshServerMissing())('a server that refuses', () => {
  test('another host key than the pinned one stops all, before anything is sent', async () => {
    await using world = await rsyncWorld()
    const { publicKey } = await ownSshKey(join(world.root, 'server'))
    await using destination = await world.reach({ hostKeys: [publicKey] })

    await putText(destination, 'secret', 'do not hand it out')
    const error = await failureOf(destination.flush(signal))

    expect(error.code).toBe('HOST_KEY_CHANGED')
    expect(error.hint).toContain('somebody is in between')
    expect(error.message).toContain(fingerprintOf(world.server.hostKey))
    expect(await readdir(world.server.folder)).toEqual([])
    expect(world.server.log()).not.toContain('Accepted publickey')
  })

  test('the key of the server is found as it is, and one that was replaced is not taken for it', async () => {
    await using world = await rsyncWorld()
    const found = await findHostKey(
      world.server.spec(),
      { folder: world.root, keyPath: world.server.keyPath },
      signal,
    )

    expect(found.key).toBe(world.server.hostKey)
    await using destination = await world.reach({ hostKeys: [found.key] })
    expect(await namesAt(destination)).toEqual([])
    expect(world.server.log().match(/Accepted publickey/g)).toHaveLength(1)
  })

  test('a key that the server does not know is told from a server that is not there', async () => {
    await using world = await rsyncWorld()
    const { path } = await ownSshKey(join(world.root, 'server'))
    await using stranger = await world.reach({}, { keyPath: path })
    await using nobody = await world.reach({ port: 1 })
    await using unknown = await world.reach({ host: 'no-such-host.invalid' })

    const refused = await failureOf(namesAt(stranger))

    expect([refused.code, refused.hint]).toEqual([
      'DESTINATION_FORBIDDEN',
      expect.stringContaining('redoma key show'),
    ])
    await expect(namesAt(nobody)).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    await expect(namesAt(unknown)).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
  })

  test('the account of the instance runs rsync and nothing else', async () => {
    await using world = await rsyncWorld()
    const { server } = world
    await writeFile(join(world.root, 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`)
    const words = ['-F', 'none', '-i', server.keyPath, '-p', String(server.port), '-o', 'BatchMode=yes']
    const known = ['-o', `UserKnownHostsFile=${join(world.root, 'known_hosts')}`]
    const { user } = server.spec()

    const run = () =>
      execFileSync('ssh', [...words, ...known, `${user}@127.0.0.1`, 'id'], {
        encoding: 'utf8',
        stdio: 'pipe',
      })

    expect(run).toThrow('does not run rsync')
  })

  test('a write-only account takes what is put, and says what it cannot do', async () => {
    await using world = await rsyncWorld({ options: '-wo -no-del -munge -no-lock' })
    await using destination = await world.reach({ writeOnly: true })

    await putText(destination, 'secrets/bundle', 'sealed')
    await putText(destination, 'ledger.jsonl', 'one')
    await destination.flush(signal)
    await putText(destination, 'ledger.jsonl', 'two')
    await destination.flush(signal)

    expect(await readFile(join(world.server.folder, 'secrets/bundle'), 'utf8')).toBe('sealed')
    expect(await readFile(join(world.server.folder, 'ledger.jsonl'), 'utf8')).toBe('two')
    expect(destination.isWriteOnly).toBe(true)
    const calls = [
      namesAt(destination),
      textAt(destination, 'ledger.jsonl'),
      destination.readInto(parseObjectName('ledger.jsonl'), 0, new Uint8Array(1), signal),
      destination.remove(parseObjectName('ledger.jsonl'), signal),
    ]
    await Promise.all(calls.map((call) => expect(call).rejects.toSatisfy(code('DESTINATION_FORBIDDEN'))))
  })

  test('an account that is write-only, and was not added as one, is forbidden to read', async () => {
    await using world = await rsyncWorld({ options: '-wo -munge -no-lock' })
    await using destination = await world.reach()

    const error = await failureOf(namesAt(destination))

    expect([error.code, error.message]).toEqual([
      'DESTINATION_FORBIDDEN',
      expect.stringContaining('may only write'),
    ])
  })

  test.each([
    ['-ro', 'DESTINATION_READ_ONLY'],
    ['-munge -no-overwrite', 'DESTINATION_FORBIDDEN'],
  ] as const)('an account with %s does not pass for one that stores', async (options, expected) => {
    await using world = await rsyncWorld({ options })
    await mkdir(join(world.server.folder, '{redoma}'))
    await writeFile(join(world.server.folder, 'ledger'), 'old')
    await using destination = await world.reach()

    await putText(destination, 'ledger', 'new')

    await expect(destination.flush(signal)).rejects.toSatisfy(code(expected))
    expect(await readFile(join(world.server.folder, 'ledger'), 'utf8')).toBe('old')
  })

  test('an account that may not remove says so when something is to go', async () => {
    await using world = await rsyncWorld({ options: '-munge -no-del' })
    await using destination = await world.reach()
    await putText(destination, 'data/x', 'x')
    await destination.flush(signal)

    await destination.remove(parseObjectName('data/x'), signal)
    const error = await failureOf(destination.flush(signal))

    expect([error.code, error.message]).toEqual([
      'DESTINATION_FORBIDDEN',
      expect.stringContaining('may not remove'),
    ])
  })

  test('an rrsync that lets in one at a time is waited for', async () => {
    await using world = await rsyncWorld({ options: '-munge' })
    const destinations = await Promise.all(Array.from({ length: 3 }, () => world.reach()))

    await Promise.all(
      destinations.map(async (destination, n) => {
        for (let round = 0; round < 3; round++) {
          await putText(destination, `of-${n}/${round}`, `${n} ${round}`)
          await destination.flush(signal)
        }
      }),
    )

    await using looking = await world.reach()
    expect(await namesAt(looking)).toHaveLength(9)
    for (const destination of destinations) await destination[Symbol.asyncDispose]()
  })

  test('a folder that is not there, as when the server’s disk is not mounted, is unreachable and not made', async () => {
    await using world = await rsyncWorld()
    await rm(world.server.folder, { recursive: true })
    await using destination = await world.reach()
    await putText(destination, 'x', 'x')

    await expect(destination.flush(signal)).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    expect(await readdir(join(world.root, 'server'))).not.toContain('copies')
  })

  test('a shell that answers in place of rsync, and a server without rsync, are named as such', async () => {
    await using world = await rsyncWorld()
    await world.server.allow('echo hello there; cat')
    await using shell = await world.reach()
    await expect(namesAt(shell)).rejects.toSatisfy(code('DESTINATION_FAILED'))

    await world.server.allow('no-such-rrsync')
    await using nothing = await world.reach()
    const error = await failureOf(namesAt(nothing))
    expect([error.code, error.message]).toEqual(['DESTINATION_FAILED', expect.stringContaining('no rsync')])
  })

  test('a rsync at the server that knows no --fsync is used without, and that is told', async () => {
    await using world = await rsyncWorld()
    const old = join(world.root, 'old-rrsync')
    await writeFile(
      old,
      '#!/bin/sh\ncase "$SSH_ORIGINAL_COMMAND" in *--fsync*) echo "$0 error: invalid rsync-command syntax or options" >&2; exit 1;; esac\n' +
        `exec /usr/bin/rrsync -munge -no-lock ${world.server.folder}\n`,
      { mode: 0o755 },
    )
    await world.server.allow(old)
    await using destination = await world.reach()

    expect(destination.remarks()).toEqual([])
    await putText(destination, 'a/b', 'content')
    await destination.flush(signal)

    expect(await textAt(destination, 'a/b')).toBe('content')
    expect(destination.remarks()).toEqual([expect.stringContaining('cannot sync')])
  })

  test.skipIf(!isRoot)(
    'a full and a read-only disk at the server are told as such, and nothing half is left',
    async () => {
      await using world = await rsyncWorld()
      const { folder } = world.server
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', folder])
      try {
        await using destination = await world.reach()
        await putText(destination, 'small', 'fits')
        await destination.flush(signal)
        await putText(destination, 'large', 'x'.repeat(3_000_000))
        await expect(destination.flush(signal)).rejects.toSatisfy(code('DESTINATION_FULL'))
        expect((await readdir(folder)).toSorted()).toEqual(['small', '{redoma}'])

        execFileSync('mount', ['-o', 'remount,ro', folder])
        await using other = await world.reach()
        await putText(other, 'more', 'x')
        await expect(other.flush(signal)).rejects.toSatisfy(code('DESTINATION_READ_ONLY'))
        expect(await textAt(other, 'small')).toBe('fits')
      } finally {
        await world.server.stop()
        execFileSync('umount', ['-l', folder])
      }
    },
  )

  test('names that are no objects, and what was left half-written, are not listed; the latter goes after two days', async () => {
    await using world = await rsyncWorld()
    const { folder } = world.server
    await mkdir(join(folder, 'data'))
    for (const name of ['new\nline', ' blank', 'Umlaut-ü', '.hidden', '.x.AbCd12', 'back\\slash', 'quote"']) {
      await writeFile(join(folder, 'data', name), 'x')
    }
    await writeFile(join(folder, 'data/.pack.Zz9yYx'), 'half')
    execFileSync('touch', ['-d', '3 days ago', join(folder, 'data/.pack.Zz9yYx')])
    await symlink('/etc/hostname', join(folder, 'data/link'))
    await writeFile(join(folder, 'data/object'), 'whole')
    await chmod(join(folder, 'data'), 0o755)
    await using destination = await world.reach()

    expect(await namesAt(destination)).toEqual(['data/object'])
    expect(await readdir(join(folder, 'data'))).not.toContain('.pack.Zz9yYx')
    expect(await readdir(join(folder, 'data'))).toContain('.x.AbCd12')
    await expect(textAt(destination, 'data/link')).rejects.toSatisfy(code('OBJECT_NOT_FOUND'))
    await expect(textAt(destination, 'data')).rejects.toSatisfy(code('OBJECT_NOT_FOUND'))
  })

  test.skipIf(programMissing('strace'))(
    'an object that the server’s disk cannot read is told from its neighbours, and from one that is not there',
    async () => {
      await using world = await rsyncWorld()
      const { folder } = world.server
      for (const name of ['a', 'bad', 'c']) await writeFile(join(folder, name), name)
      const wrapper = join(world.root, 'failing-disk')
      const injected = `strace -f -qq -o /dev/null -P ${join(folder, 'bad')} -e trace=read,pread64 -e inject=read,pread64:error=EIO`
      await writeFile(wrapper, `#!/bin/sh\nexec ${injected} /usr/bin/rrsync -munge -no-lock ${folder}\n`, {
        mode: 0o755,
      })
      await world.server.allow(wrapper)
      await using destination = await world.reach()

      const found = await Promise.all(
        ['a', 'bad', 'c', 'none'].map((name) =>
          textAt(destination, name).catch((error: unknown) =>
            isRedomaError(error) ? error.code : 'untyped',
          ),
        ),
      )

      expect(found).toEqual(['a', 'OBJECT_UNREADABLE', 'c', 'OBJECT_NOT_FOUND'])
    },
  )

  test('what others remove while it is listed is passed over, and the listing is whole but for it', async () => {
    await using world = await rsyncWorld()
    const { folder } = world.server
    for (const name of ['a', 'going', 'z']) await writeFile(join(folder, name), name)
    const wrapper = join(world.root, 'racing')
    // As rsync ends when a file went between the reading of the folder and the look at it.
    await writeFile(
      wrapper,
      `#!/bin/sh\nrm -f ${join(folder, 'going')}\n/usr/bin/rrsync -munge -no-lock ${folder} || exit\nexit 24\n`,
      { mode: 0o755 },
    )
    await world.server.allow(wrapper)
    await using destination = await world.reach()

    expect(await namesAt(destination)).toEqual(['a', 'z'])
    expect(await textAt(destination, 'a')).toBe('a')
    await expect(textAt(destination, 'going')).rejects.toSatisfy(code('OBJECT_NOT_FOUND'))
  })

  test('a folder is never removed as if it were an object', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    await putText(destination, 'data/aa/x', 'x')
    await destination.flush(signal)

    await destination.remove(parseObjectName('data'), signal)
    await destination.flush(signal).catch(() => undefined)

    await using after = await world.reach()
    expect(await namesAt(after)).toEqual(['data/aa/x'])
  })

  test('words that ssh or a shell could take for others are refused before anything runs', async () => {
    await using world = await rsyncWorld()
    const wrong = [
      { host: '-oProxyCommand=touch /x' },
      { host: 'a b' },
      { host: "a'b" },
      { user: '-l' },
      { user: 'a;b' },
      { port: 0 },
      { jump: "u@h'x" },
      { jump: 'u@-h', jumpHostKeys: [world.server.hostKey] },
      { jump: 'u@h' },
      { folder: '../up' },
      { folder: 'a*' },
      { folder: 'a//b' },
      { hostKeys: [] },
      { hostKeys: ['ssh-ed25519 AAAA\n* ssh-ed25519 BBBB'] },
    ]

    for (const but of wrong) await expect(world.reach(but)).rejects.toBeInstanceOf(RedomaError)
  })

  test('by a jump host, each of the two is held to its own key', async () => {
    await using world = await rsyncWorld()
    await using jump = await startSshServer(world.root, { name: 'jump' })
    // It hands on connections, and runs nothing.
    const { publicKey } = await ownSshKey(world.root)
    await writeFile(join(world.root, 'jump/authorized_keys'), `restrict,port-forwarding ${publicKey}\n`)
    const through = `${jump.spec().user}@127.0.0.1:${jump.port}`
    const both = { jump: through, jumpHostKeys: [jump.hostKey] }

    await using destination = await world.reach(both)
    await putText(destination, 'a/b', 'through')
    await destination.flush(signal)
    expect(await textAt(destination, 'a/b')).toBe('through')
    expect(jump.log()).toContain('Accepted publickey')

    await using wrongJump = await world.reach({ ...both, jumpHostKeys: [world.server.hostKey] })
    const error = await failureOf(namesAt(wrongJump))
    expect([error.code, error.message]).toEqual([
      'HOST_KEY_CHANGED',
      expect.stringContaining('the jump host'),
    ])
    await using wrongServer = await world.reach({ ...both, hostKeys: [jump.hostKey] })
    await expect(namesAt(wrongServer)).rejects.toSatisfy(code('HOST_KEY_CHANGED'))
    const looking = { folder: world.root, keyPath: world.server.keyPath }
    expect((await findHostKeyOfJump(through, looking, signal)).key).toBe(jump.hostKey)
    expect((await findHostKey(world.server.spec(both), looking, signal)).key).toBe(world.server.hostKey)
  })

  test('IPv6 works, of the server and of the jump host', async () => {
    await using world = await rsyncWorld({ address: '::1' })
    await using jump = await startSshServer(world.root, { name: 'jump', address: '::1' })
    const { publicKey } = await ownSshKey(world.root)
    await writeFile(join(world.root, 'jump/authorized_keys'), `restrict,port-forwarding ${publicKey}\n`)
    await using direct = await world.reach()
    await putText(direct, 'a/b', 'six')
    await direct.flush(signal)

    const through = { jump: `${jump.spec().user}@[::1]:${jump.port}`, jumpHostKeys: [jump.hostKey] }
    await using indirect = await world.reach(through)
    expect(await textAt(indirect, 'a/b')).toBe('six')
  })
})
