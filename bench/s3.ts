import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { fourAtATime } from '../src/core/four-at-a-time.ts'
import { bodyOf, parseObjectName } from '../src/ports/destination.ts'
import { backUp } from '../src/repository/archiving/back-up.ts'
import { initRepository } from '../src/repository/open.ts'
import { type Ceph, cephKeys, startCeph } from '../test/support/ceph.ts'
import { aBackup, placeAt, placeOf } from '../test/support/repositories.ts'
import { bucketAt } from '../test/support/s3.ts'
import { makeBucket } from '../test/support/s3-requests.ts'
import { memoryFolder } from '../test/support/temporary-folder.ts'

/*
 * `npm run bench:s3`: 512 MiB of random data in 32 files of 16 MiB go to a real Ceph with its gateway on this machine, four at a time:
 * by plain uploads (`fetch`, signed by aws4fetch, contents neither hashed nor checked), by our destination, and as the first backup of
 * the engine. Beside them, the first backup to a folder in memory: what the engine takes by itself. The ratio is the median of those of
 * the rounds.
 */

const MiB = 1024 * 1024
const rounds = 5
const files = 32
const { signal } = new AbortController()
const { accessKey, secret } = cephKeys

type Way = 'plain' | 'destination' | 'backup' | 'local'

const ways: Record<Way, (ceph: Ceph, bucket: string, paths: readonly string[]) => Promise<void>> = {
  async plain({ endpoint }, bucket, paths) {
    const keys = { accessKeyId: accessKey, secretAccessKey: secret, service: 's3', region: 'default' }
    const client = new AwsClient({ ...keys, retries: 0 })
    await fourAtATime(paths, async (path) => {
      const url = `${endpoint}/${bucket}/data/${basename(path)}`
      const answer = await client.fetch(url, { method: 'PUT', body: await readFile(path) })
      await answer.arrayBuffer()
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
    })
  },
  async destination(ceph, bucket, paths) {
    await using destination = bucketAt(ceph, bucket)
    await fourAtATime(paths, async (path) => {
      await destination.put(parseObjectName(`data/${basename(path)}`), bodyOf(await readFile(path)), signal)
    })
  },
  async backup(ceph, bucket, paths) {
    await using destination = bucketAt(ceph, bucket)
    using repository = await initRepository(placeOf(destination), signal)
    await backUp(repository, aBackup(paths), () => undefined, signal)
  },
  async local(_ceph, _bucket, sources) {
    await using copies = await memoryFolder()
    using repository = await initRepository(placeAt(copies.path), signal)
    await backUp(repository, aBackup(sources), () => undefined, signal)
  },
}

await using ceph = await startCeph()
await using folder = await memoryFolder()
const paths = Array.from({ length: files }, (_, n) => join(folder.path, `${n}`))
for (const path of paths) await writeFile(path, randomBytes(16 * MiB))

const seconds: Record<Way, number[]> = { plain: [], destination: [], backup: [], local: [] }
for (let round = 0; round < rounds; round++) {
  for (const way of inTurn(round)) {
    const bucket = `${way}-${round}`
    await makeBucket(ceph, bucket)
    const began = performance.now()
    await ways[way](ceph, bucket, paths)
    seconds[way].push((performance.now() - began) / 1000)
    await empty(ceph, bucket)
  }
  console.log(
    `round ${round + 1}`,
    Object.entries(seconds)
      .map(([way, all]) => `${way} ${all.at(-1)?.toFixed(2)} s`)
      .join(', '),
  )
}
console.log(`plain: ${median(seconds.plain).toFixed(2)} s`)
for (const way of ['destination', 'backup', 'local'] as const) {
  const ratios = seconds[way].map((taken, round) => taken / (seconds.plain[round] ?? 0))
  console.log(
    `${way}: ${median(seconds[way]).toFixed(2)} s, ${median(ratios).toFixed(2)} of a plain upload (mark 1.30)`,
  )
}

/** Who comes first changes from round to round. */
function inTurn(round: number): Way[] {
  const all: Way[] = ['plain', 'destination', 'backup', 'local']
  return [...all.slice(round % all.length), ...all.slice(0, round % all.length)]
}

/** The cluster is in memory, and what was removed is kept there for hours unless it is told. */
async function empty(ceph: Ceph, bucket: string): Promise<void> {
  await using destination = bucketAt(ceph, bucket)
  const names = await Array.fromAsync(destination.list('', signal), ({ name }) => name)
  await fourAtATime(names, (name) => destination.remove(name, signal))
  await ceph.admin('gc', 'process', '--include-all')
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
