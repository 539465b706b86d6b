import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { fourAtATime } from '../src/core/four-at-a-time.ts'
import { thisNode } from '../src/destinations/in-child/child.ts'
import { inChildDestination } from '../src/destinations/in-child/in-child-destination.ts'
import { localDestination } from '../src/destinations/local/local-destination.ts'
import { mountPlace } from '../src/destinations/mounts/mount-place.ts'
import { bodyOf, type Destination, parseObjectName } from '../src/ports/destination.ts'
import { backUp } from '../src/repository/archiving/back-up.ts'
import { initRepository } from '../src/repository/open.ts'
import { runInKernel } from '../test/support/kernel-mounts/boot-kernel.ts'
import { cifsSpec, mountingAs, nfsSpec } from '../test/support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../test/support/kernel-mounts/nfs-server.ts'
import { startSmbServer } from '../test/support/kernel-mounts/smb-server.ts'
import { aBackup, placeOf } from '../test/support/repositories.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'

/*
 * `npm run bench:shares [-- CIFS | NFS]`: 512 MiB of random data in 32 files of 16 MiB go to a real Samba (SMB 3.1.1, encrypted) and a real NFS 4.2
 * server, both in the kernel of the tests with all that uses them: by `cp` and `sync` of each file, by our destination, four puts at a
 * time, and as the first backup of the engine; and that backup once more to a disk of that kernel, for what it takes without a share.
 * Ours pay for the start of the process that works on the share, which is measured by itself, too. The ratio is the median of those
 * of the rounds.
 */

const MiB = 1024 * 1024
const rounds = 3
const files = 32
const fileBytes = 16 * MiB
const inTheKernel = 'in-the-kernel'
const { signal } = new AbortController()
const clock = { now: () => new Date() }
/** As bin/redoma starts Node.js, and hands on to the process that works on a share. */
const flags = [
  '--max-semi-space-size=8',
  '--heap-growing-percent=100',
  '--wasm-wrapper-tiering-budget=1000000000',
]
const ownEnvironment = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/redoma-code', import.meta.url)),
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
}

interface Job {
  /** Where it goes: a folder that is empty. */
  readonly target: string
  readonly paths: readonly string[]
}

const ways = {
  async plain({ target, paths }: Job) {
    execFileSync('cp', [...paths, target])
    execFileSync(
      'sync',
      paths.map((path) => join(target, basename(path))),
    )
    await Promise.resolve()
  },
  async destination({ target, paths }: Job) {
    await using destination = onShare(target)
    const memory = makeMemory()
    await fourAtATime(paths, async (path) => {
      using bytes = await memory.read(path)
      await destination.put(parseObjectName(`data/${basename(path)}`), bodyOf(bytes.all), signal)
    })
    await destination.flush(signal)
  },
  async start({ target }: Job) {
    await using destination = onShare(target)
    await destination.put(parseObjectName('small'), bodyOf(new Uint8Array(1)), signal)
    await destination.flush(signal)
  },
  async backup({ target, paths }: Job) {
    await using destination = onShare(target)
    await backUpTo(destination, paths)
  },
  local: ({ target, paths }: Job) => backUpTo(localDestination(target, clock), paths),
}
type Way = keyof typeof ways
const allWays = Object.keys(ways) as Way[]

const [, , where, ...kinds] = argv
if (where === inTheKernel) await measureAll()
else {
  const words = [execPath, ...flags, fileURLToPath(import.meta.url), inTheKernel, ...argv.slice(2)]
  const environment = { ...ownEnvironment, TMPDIR: '/mnt', HOME: '/mnt' }
  console.log(await runInKernel(words, environment, { seconds: 1800, mebibytes: 6 * 1024 }))
}

function onShare(path: string): ReturnType<typeof inChildDestination> {
  return inChildDestination({ expected: { path }, node: thisNode(ownEnvironment), clock })
}

async function backUpTo(destination: Destination, paths: readonly string[]): Promise<void> {
  using repository = await initRepository(placeOf(destination), signal)
  await backUp(repository, aBackup(paths), () => undefined, signal)
}

/** That is used again, as the engine does: in such a kernel, new memory costs as much as what is done with it. */
function makeMemory(): { read(path: string): Promise<Disposable & { readonly all: Uint8Array }> } {
  const free: Uint8Array[] = []
  return {
    async read(path) {
      const all = free.pop() ?? Buffer.allocUnsafeSlow(fileBytes)
      await using file = await open(path)
      await file.read(all, 0, fileBytes, 0)
      return { all, [Symbol.dispose]: () => void free.push(all) }
    },
  }
}

async function measureAll(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await temporaryFolder())
  const paths = Array.from({ length: files }, (_, n) => join(folder.path, `${n}`))
  for (const path of paths) await writeFile(path, randomBytes(fileBytes))
  const smb = stack.use(await startSmbServer(1024))
  stack.use(await startNfsServer(1024))
  const onSmb = stack.use(await mountPlace(cifsSpec, mountingAs(smb.user, smb.password, 60)))
  const onNfs = stack.use(await mountPlace(nfsSpec, mountingAs('', '', 60)))
  const places = Object.entries({ CIFS: onSmb, NFS: onNfs })
  for (const [name, { path }] of places.filter(([one]) => kinds.length === 0 || kinds.includes(one))) {
    await measure(name, (way) => (way === 'local' ? folder.path : path), paths)
  }
}

async function measure(
  name: string,
  parentFor: (way: Way) => string,
  paths: readonly string[],
): Promise<void> {
  const seconds: Record<Way, number[]> = { plain: [], destination: [], start: [], backup: [], local: [] }
  for (let round = 0; round < rounds; round++) {
    for (const way of inTurn(round)) {
      const target = join(parentFor(way), 'target')
      await mkdir(target)
      execFileSync('sync')
      const began = performance.now()
      await ways[way]({ target, paths })
      seconds[way].push((performance.now() - began) / 1000)
      await rm(target, { recursive: true })
    }
    const lines = allWays.map((way) => `${way} ${seconds[way].at(-1)?.toFixed(2)} s`)
    console.log(`${name}, round ${round + 1}:`, lines.join(', '))
  }
  for (const way of allWays) {
    const ratios = seconds[way].map((taken, round) => taken / (seconds.plain[round] ?? 0))
    console.log(
      `${name}: ${way}: ${median(seconds[way]).toFixed(2)} s, ${median(ratios).toFixed(2)} of a plain copy (mark 1.30)`,
    )
  }
}

/** Who comes first changes from round to round. */
function inTurn(round: number): Way[] {
  const first = round % allWays.length
  return [...allWays.slice(first), ...allWays.slice(0, first)]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
