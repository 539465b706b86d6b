import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ceph, cephKeys, cephMissing, startCeph } from '../support/ceph.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { clientAt } from '../support/s3.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { beginStory, tellWholeStory } from '../support/whole-story.ts'

const { signal } = new AbortController()

describe.skipIf(cephMissing())('copies in a bucket of a real object store', () => {
  let ceph: Ceph
  beforeAll(async () => {
    ceph = await startCeph()
    using client = clientAt(ceph, 'copies')
    await client.call({ doing: 'making the bucket', method: 'PUT', key: '' }, signal)
  })
  afterAll(() => ceph[Symbol.asyncDispose]())

  test('all three jobs, verified, restored, thinned out, and whole for stock restic', async () => {
    await using folder = await temporaryFolder()
    const url = `${ceph.endpoint}/copies/pam-1`
    const stock = async (password: string): Promise<void> => {
      const env = {
        PATH: process.env['PATH'],
        RESTIC_PASSWORD: password,
        AWS_ACCESS_KEY_ID: cephKeys.accessKey,
        AWS_SECRET_ACCESS_KEY: cephKeys.secret,
      }
      const words = ['--repo', `s3:${url}/system`, '--no-cache', 'check', '--read-data']
      const { stdout } = await promisify(execFile)(newerProgram('restic') ?? 'restic', words, { env })
      expect(stdout).toContain('no errors were found')
    }

    await beginStory(folder.path)
    const redoma = await tellWholeStory({
      path: folder.path,
      place: ['--s3', url, '--region', 'default', '--credential', 'Object store'],
      before: async (program) => {
        const add = ['credential', 'add', 'Object store', '--user', cephKeys.accessKey]
        expect(await program.run(add, `${cephKeys.secret}\n`)).toMatchObject({ code: 0 })
      },
      stock,
    })

    const probed = await redoma.run(['destination', 'probe', '--json'])
    expect(probed.code).toBe(0)
    expect(JSON.parse(probed.stdout)).toMatchObject([{ found: 'ok' }])

    expect(redoma.printed()).not.toContain(cephKeys.secret)
    // By `destination add`, and by `destination test`.
    expect(redoma.printed().split('http:// does not hide names')).toHaveLength(3)
  })
})
