import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ceph, cephKeys, cephMissing, startCeph } from '../support/ceph.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { programMissing } from '../support/programs.ts'
import { passwordOf } from '../support/protected-tree.ts'
import { meddleNot, type Proxy, startProxy } from '../support/proxy.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { makeLockBucket } from '../support/s3-requests.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { whatOthersSee } from '../support/what-others-see.ts'

const recordings = fileURLToPath(new URL('../vectors/recordings', import.meta.url))
const MiB = 1024 * 1024

/** Steps of one story, in order: each builds on what the one before left. */
describe.skipIf(cephMissing() || programMissing('restic'))(
  'all copies of an instance in a bucket with object lock',
  () => {
    let ceph: Ceph
    let proxy: Proxy
    let sent = 0
    let folder: TemporaryFolder
    let redoma: Redoma
    const at = (...names: string[]): string => join(folder.path, ...names)
    const url = (): string => `http://127.0.0.1:${proxy.port}/copies/pam-1`

    beforeAll(async () => {
      ceph = await startCeph()
      proxy = await startProxy(ceph.port)
      count()
      await makeLockBucket(ceph, 'copies')
      folder = await temporaryFolder()
      await mkdir(at('tree'))
      for (let n = 0; n < 10; n++) await writeFile(at('tree', `${n}`), seededBytes(n, MiB))
      await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour\n', { mode: 0o600 })
      redoma = redomaAt(at('home'))
    }, 120_000)
    afterAll(async () => {
      await folder[Symbol.asyncDispose]()
      await proxy[Symbol.asyncDispose]()
      await ceph[Symbol.asyncDispose]()
    })

    test('the bucket is a destination, which keeps every promise', async () => {
      await must(['init', '--name', 'vault-1'])
      await must(['source', 'add', 'tree', '--files', at('tree')])
      await must(['source', 'add', 'sessions', '--recordings', recordings, '--settle', '0'])
      await must(['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')])
      const credential = [
        'credential',
        'add',
        'Object store',
        '--user',
        cephKeys.accessKey,
        '--secret-file',
        '-',
      ]
      await must(credential, cephKeys.secret)
      const how = ['--credential', 'Object store', '--region', 'default', '--lock', 'governance:1']
      await must(['destination', 'add', 'cloud', '--s3', url(), ...how])

      await must(['destination', 'test', 'cloud'])
    })

    test('all three jobs run to it, and the secret is seen nowhere meanwhile', async () => {
      const { child, ended } = redoma.start(['backup', 'create', '--json'])
      const seen: string[] = []
      while (child.exitCode === null) {
        seen.push(...whatOthersSee(child.pid))
        await pause(20)
      }
      const { code, stdout } = await ended

      expect({ code, stdout }).toMatchObject({ code: 0 })
      const { parts } = JSON.parse(stdout) as { parts: { job: string }[] }
      expect(new Set(parts.map(({ job }) => job))).toEqual(new Set(['secrets', 'system', 'recordings']))
      expect(seen.length).toBeGreaterThan(0)
      for (const text of [...seen, ...filesIn(at('home'))]) expect(text.includes(cephKeys.secret)).toBe(false)
      expect(redoma.printed()).not.toContain(cephKeys.secret)
    })

    test('it is whole for us and for stock restic', async () => {
      await must(['backup', 'verify', '--read-data'])
      expect(await restic('check', '--read-data')).toContain('no errors were found')
    })

    test('a second run sends what is new only', async () => {
      await writeFile(at('tree', 'new'), seededBytes(1000, MiB))
      const before = sent
      await must(['backup', 'create', '--only', 'system'])

      expect(sent - before).toBeGreaterThan(MiB)
      expect(sent - before).toBeLessThan(3 * MiB)
    })

    test('while the store is away a run ends, says so, and the next one completes', async () => {
      await writeFile(at('tree', 'newer'), seededBytes(1001, MiB))
      proxy.meddle = () => 'cut'
      const away = await redoma.run(['backup', 'create', '--only', 'system'])
      expect(away.code).not.toBe(0)
      expect(away.stdout + away.stderr).toContain('no answer from http://127.0.0.1')
      count()
      await must(['backup', 'create', '--only', 'system'])
    })

    test('what was forgotten is pruned, and what is kept is whole', async () => {
      await must(['backup', 'forget', '--keep-last', '1', '--yes'])
      await must(['backup', 'prune', '--max-unused', '0'])
      await must(['backup', 'verify', '--read-data'])
      expect(await restic('check', '--read-data')).toContain('no errors were found')
    })

    test('it is listed and restored without the instance, with the keys of the environment', async () => {
      await writeFile(at('repository-password'), `${await passwordOf(at('home'))}\n`, { mode: 0o600 })
      const keys = { AWS_ACCESS_KEY_ID: cephKeys.accessKey, AWS_SECRET_ACCESS_KEY: cephKeys.secret }
      const elsewhere = redomaAt(at('nothing'), undefined, '', keys)
      const place = ['--repository', `s3:${url()}/system`, '--region', 'default']
      const how = [...place, '--password-file', at('repository-password')]

      const read = async (...words: readonly string[]): Promise<void> => {
        const { code, stderr } = await elsewhere.run([...words, ...how])
        expect({ words, code, stderr: code === 0 ? '' : stderr }).toEqual({ words, code: 0, stderr: '' })
      }
      await read('backup', 'snapshots')
      await read('restore', 'latest', '--source', 'tree', '--to', at('out'))
      expect(await readFile(join(at('out'), at('tree'), 'new'))).toEqual(Buffer.from(seededBytes(1000, MiB)))
      await read('backup', 'unlock')

      const without = await redomaAt(at('nothing')).run(['backup', 'snapshots', ...how])
      expect(without.code).not.toBe(0)
      expect(without.stderr).toContain('the environment has no AWS_ACCESS_KEY_ID')
    })

    function count(): void {
      proxy.meddle = (way, bytes) => {
        if (way === 'up') sent += bytes.length
        return meddleNot(way, bytes)
      }
    }

    async function must(words: readonly string[], input?: string): Promise<void> {
      const { code, stdout, stderr } = await redoma.run(words, input)
      expect({ words, code, said: code === 0 ? '' : stdout + stderr }).toEqual({ words, code: 0, said: '' })
    }

    async function restic(...words: readonly string[]): Promise<string> {
      const env = {
        PATH: process.env['PATH'],
        RESTIC_PASSWORD: await passwordOf(at('home')),
        AWS_ACCESS_KEY_ID: cephKeys.accessKey,
        AWS_SECRET_ACCESS_KEY: cephKeys.secret,
      }
      const repository = `s3:${ceph.endpoint}/copies/pam-1/system`
      const always = ['--no-cache', '--no-lock', '--repo', repository, '-o', 's3.region=default']
      return execFileSync(newerProgram('restic') ?? 'restic', [...always, ...words], {
        env,
        encoding: 'utf8',
      })
    }
  },
)

function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
}
