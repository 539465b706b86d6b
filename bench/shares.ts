import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { fourAtATime } from '../src/core/four-at-a-time.ts'
import { thisNode } from '../src/destinations/in-child/child.ts'
import { inChildDestination } from '../src/destinations/in-child/in-child-destination.ts'
import { mountPlace } from '../src/destinations/mounts/mount-place.ts'
import { bodyOf, parseObjectName } from '../src/ports/destination.ts'
import { backUp } from '../src/repository/archiving/back-up.ts'
import { initRepository } from '../src/repository/open.ts'
import { runInKernel } from '../test/support/kernel-mounts/boot-kernel.ts'
import { cifsSpec, mountingAs, nfsSpec } from '../test/support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../test/support/kernel-mounts/nfs-server.ts'
import { startSmbServer } from '../test/support/kernel-mounts/smb-server.ts'
import { aBackup, placeOf } from '../test/support/repositories.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'

/*
 * `npm run bench:shares`: 512 MiB of random data in 32 files of 16 MiB go to a real Samba (SMB 3.1.1, encrypted) and a real NFS 4.2
 * server, both in the kernel of the tests with all that uses them: by `cp` and `sync` of each file, by our destination, four puts at a
 * time, and as the first backup of the engine; and that backup once more to a disk of that kernel, for what it takes without a share.
 * The ratio is the median of those of the rounds.
 */

const MiB = 1024 * 1024
const rounds = 5
const files = 32
const { signal } = new AbortController()
const clock = { now: () => new Date() }

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
    await using destination = inFolder(target)
    await fourAtATime(paths, async (path) => {
      await destination.put(parseObjectName(`data/${basename(path)}`), bodyOf(await readFile(path)), signal)
    })
    await destination.flush(signal)
  },
  async backup({ target, paths }: Job) {
    await using destination = inFolder(target)
    using repository = await initRepository(placeOf(destination), signal)
    await backUp(repository, aBackup(paths), () => undefined, signal)
  },
}

if (argv[2] === 'in-the-kernel') await measureAll()
else {
  const words = [execPath, '--wasm-wrapper-tiering-budget=1000000000', fileURLToPath(import.meta.url)]
  const limits = { seconds: 1200, mebibytes: 6 * 1024 }
  console.log(await runInKernel([...words, 'in-the-kernel'], { TMPDIR: '/mnt', HOME: '/mnt' }, limits))
}

function inFolder(path: string): ReturnType<typeof inChildDestination> {
  return inChildDestination({ expected: { path }, node: thisNode({}), clock })
}

async function measureAll(): Promise<void> {
  await using folder = await temporaryFolder()
  const paths = Array.from({ length: files }, (_, n) => join(folder.path, `${n}`))
  for (const path of paths) await writeFile(path, randomBytes(16 * MiB))
  const local = join(folder.path, 'local')
  await using smb = await startSmbServer(1024)
  await using nfs = await startNfsServer(1024)
  await using onSmb = await mountPlace(cifsSpec, mountingAs(smb.user, smb.password, 60))
  await using onNfs = await mountPlace(nfsSpec, mountingAs('', '', 60))
  for (const [name, { path }] of Object.entries({ CIFS: onSmb, NFS: onNfs })) {
    await measure(name, path, local, paths)
  }
}

async function measure(name: string, share: string, local: string, paths: readonly string[]): Promise<void> {
  const works = {
    plain: () => timed(ways.plain, share, paths),
    destination: () => timed(ways.destination, share, paths),
    backup: () => timed(ways.backup, share, paths),
    local: () => timed(ways.backup, local, paths),
  }
  const seconds: Record<keyof typeof works, number[]> = { plain: [], destination: [], backup: [], local: [] }
  for (let round = 0; round < rounds; round++) {
    for (const way of inTurn(Object.keys(works) as (keyof typeof works)[], round)) {
      seconds[way].push(await works[way]())
    }
    const lines = Object.entries(seconds).map(([way, all]) => `${way} ${all.at(-1)?.toFixed(2)} s`)
    console.log(`${name}, round ${round + 1}:`, lines.join(', '))
  }
  for (const way of ['destination', 'backup', 'local'] as const) {
    const ratios = seconds[way].map((taken, round) => taken / (seconds.plain[round] ?? 0))
    console.log(
      `${name}: ${way}: ${median(seconds[way]).toFixed(2)} s, ${median(ratios).toFixed(2)} of a plain copy (mark 1.30)`,
    )
  }
}

/** Of one way, into a folder of its own. */
async function timed(
  way: (job: Job) => Promise<void>,
  parent: string,
  paths: readonly string[],
): Promise<number> {
  const target = join(parent, 'target')
  await mkdir(target, { recursive: true })
  execFileSync('sync')
  const began = performance.now()
  await way({ target, paths })
  const taken = (performance.now() - began) / 1000
  await rm(target, { recursive: true })
  return taken
}

/** Who comes first changes from round to round. */
function inTurn<Way>(all: readonly Way[], round: number): Way[] {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
