import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fourAtATime } from '../src/core/four-at-a-time.ts'
import { bodyOf, parseObjectName } from '../src/ports/destination.ts'
import { backUp } from '../src/repository/archiving/back-up.ts'
import { initRepository } from '../src/repository/open.ts'
import { aBackup, placeAt, placeOf } from '../test/support/repositories.ts'
import { type RsyncWorld, rsyncWorld } from '../test/support/rsync-world.ts'

/*
 * `npm run bench:rsync`: 512 MiB of random data in 32 files of 16 MiB go to a real sshd with a forced rrsync on this machine: by one
 * plain `rsync -a --fsync` of them all, by our destination, four puts at a time, and as the first backup of the engine. Each pays for
 * its connection. Beside them, the first backup to a folder of the same disk: what the engine takes by itself. The ratio is the median of
 * those of the rounds.
 */

const MiB = 1024 * 1024
const rounds = 5
const files = 32
const { signal } = new AbortController()

type Way = 'plain' | 'destination' | 'backup' | 'local'
interface Job {
  readonly world: RsyncWorld
  readonly source: string
  readonly paths: readonly string[]
  readonly folder: string
}

const ways: Record<Way, (job: Job) => Promise<void>> = {
  async plain({ world, source, folder }) {
    const { server, root } = world
    const known = `UserKnownHostsFile=${join(root, 'known_hosts')}`
    const ssh = `ssh -F none -p ${server.port} -i ${server.keyPath} -o ${known}`
    const { user, host } = server.spec()
    execFileSync('rsync', ['-a', '--fsync', '-e', ssh, `${source}/`, `${user}@${host}:/${folder}/`])
  },
  async destination({ world, paths, folder }) {
    await using destination = await world.reach({ folder })
    await fourAtATime(paths, async (path) => {
      await destination.put(parseObjectName(`data/${basename(path)}`), bodyOf(await readFile(path)), signal)
    })
    await destination.flush(signal)
  },
  async backup({ world, paths, folder }) {
    await using destination = await world.reach({ folder })
    using repository = await initRepository(placeOf(destination), signal)
    await backUp(repository, aBackup(paths), () => undefined, signal)
  },
  async local({ world, paths, folder }) {
    using repository = await initRepository(placeAt(join(world.server.folder, folder)), signal)
    await backUp(repository, aBackup(paths), () => undefined, signal)
  },
}

await using world = await rsyncWorld()
const { server, root } = world
await writeFile(join(root, 'known_hosts'), `[127.0.0.1]:${server.port} ${server.hostKey}\n`)
const source = join(root, 'source')
await mkdir(source)
const paths = Array.from({ length: files }, (_, n) => join(source, `${n}`))
for (const path of paths) await writeFile(path, randomBytes(16 * MiB))

const seconds: Record<Way, number[]> = { plain: [], destination: [], backup: [], local: [] }
for (let round = 0; round < rounds; round++) {
  for (const way of inTurn(round)) {
    const folder = `${way}-${round}`
    if (way === 'local') await mkdir(join(server.folder, folder))
    execFileSync('sync')
    const began = performance.now()
    await ways[way]({ world, source, paths, folder })
    seconds[way].push((performance.now() - began) / 1000)
    await rm(join(server.folder, folder), { recursive: true })
  }
  const lines = Object.entries(seconds).map(([way, all]) => `${way} ${all.at(-1)?.toFixed(2)} s`)
  console.log(`round ${round + 1}`, lines.join(', '))
}
console.log(`plain: ${median(seconds.plain).toFixed(2)} s`)
for (const way of ['destination', 'backup', 'local'] as const) {
  const ratios = seconds[way].map((taken, round) => taken / (seconds.plain[round] ?? 0))
  console.log(
    `${way}: ${median(seconds[way]).toFixed(2)} s, ${median(ratios).toFixed(2)} of plain rsync (mark 1.30)`,
  )
}

/** Who comes first changes from round to round. */
function inTurn(round: number): Way[] {
  const all: Way[] = ['plain', 'destination', 'backup', 'local']
  return [...all.slice(round % all.length), ...all.slice(0, round % all.length)]
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
