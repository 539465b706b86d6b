import { describe, expect, test } from 'vitest'
import type { DestinationSpec } from '../../ports/destination-spec.ts'
import { type Configured, needsOf, noNeeds } from './needs.ts'

const files = (path: string): Configured['sources'][number] => ({
  spec: { kind: 'files', paths: [path], exclude: [], excludeCaches: false, oneFileSystem: false },
})
const to = (spec: DestinationSpec) => ({ name: 'x', spec })
const nothing = { sources: [], destinations: [], isAppliance: false }

describe('what a service is allowed', () => {
  test('is nothing more than reading where copies go out by the network', () => {
    const s3 = to({
      ...{ kind: 's3', endpoint: 'https://s3.example', bucket: 'b', prefix: '', region: 'x', style: 'path' },
    })

    expect(needsOf({ ...nothing, sources: [files('/')], destinations: [s3] })).toEqual(noNeeds)
  })

  test('is to write in the folders of destinations and of SQLite databases, each once', () => {
    const local = to({ kind: 'local', path: '/mnt/b', repository: '/mnt/a' })
    const sqlite = { spec: { kind: 'sqlite', path: '/mnt/b/x.sqlite' } } as const

    expect(needsOf({ ...nothing, sources: [sqlite], destinations: [local] })).toMatchObject({
      writable: ['/mnt/a', '/mnt/b'],
      writesWhereOthersOwn: true,
    })
  })

  test('is to write to the restore root, and to give what comes back to its owners', () => {
    expect(needsOf({ ...nothing, restoreRoot: '/srv/restore' })).toEqual({
      ...noNeeds,
      writable: ['/srv/restore'],
      restores: true,
    })
  })

  test.each(['/tmp', '/var/tmp/x', '/tmp/mysql.sock'])('is to see %s where a source lies there', (path) => {
    const database = { spec: { kind: 'mariadb', host: path, user: 'u', accounts: false } } as const

    expect(needsOf({ ...nothing, sources: [files(path)] }).seesTemporaryFiles).toBe(true)
    expect(needsOf({ ...nothing, sources: [database] }).seesTemporaryFiles).toBe(true)
    expect(needsOf({ ...nothing, destinations: [to({ kind: 'local', path })] }).seesTemporaryFiles).toBe(true)
    expect(needsOf({ ...nothing, sources: [files(`/srv${path}`)] }).seesTemporaryFiles).toBe(false)
  })

  test('is to see all disks where it must not have its own copies', () => {
    expect(needsOf({ ...nothing, isAppliance: true }).seesTemporaryFiles).toBe(true)
  })
})
