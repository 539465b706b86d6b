import { describe, expect, test } from 'vitest'
import type { DestinationSpec, LocalSpec, RsyncSpec, S3Spec } from '../ports/destination-spec.ts'
import type { FileSystem, Machine } from '../ports/machine.ts'
import { makeOnThisMachine } from './on-this-machine.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'nas.example.com': ['198.51.100.1'],
  'copies.nas.example.com': ['198.51.100.1'],
  'alias.example.com': ['192.0.2.7'],
  'copies.odd.example.com': ['192.0.2.7'],
}

const machine: Machine = {
  self: () => ({ names: ['pam-1'], addresses: ['192.0.2.7'] }),
  addressesOf: (host) => Promise.resolve(names[host] ?? (/^[\d.:]+$/.test(host) ? [host] : [])),
  fileSystemOf: (path) => Promise.resolve(files[path.split('/')[1] ?? '']),
  isMounted: (point) => Promise.resolve(point !== '/gone'),
  findOnDisks: () => Promise.resolve({ kind: 'not-found' }),
}

const files: Readonly<Record<string, FileSystem>> = {
  disk: { type: 'ext4', source: '/dev/sdb1', servers: undefined },
  gone: { type: 'ext4', source: '/dev/sda1', servers: undefined },
  nas: { type: 'nfs4', source: 'nas.example.com:/srv', servers: ['nas.example.com', '198.51.100.1'] },
  self: { type: 'cifs', source: '//alias.example.com/x', servers: ['alias.example.com'] },
}

const why = (spec: DestinationSpec): Promise<string | undefined> =>
  makeOnThisMachine(machine)(spec, new AbortController().signal)

const at = (path: string, but: Partial<LocalSpec> = {}): LocalSpec => ({ kind: 'local', path, ...but })
const cifs = (host: string): DestinationSpec => ({
  ...{ kind: 'cifs', host, share: 's', folder: '', credential: 'c' },
  ...{ version: '3.1.1', seal: true, security: 'ntlmssp' },
})
const nfs = (host: string): DestinationSpec => ({
  ...{ kind: 'nfs', host, export: '/srv', folder: '', version: '4.2', security: 'sys' },
})
const rsync = (host: string, but: Partial<RsyncSpec> = {}): RsyncSpec => ({
  ...{ kind: 'rsync', user: 'redoma', host, folder: '', hostKeys: [], writeOnly: false },
  ...but,
})
const s3 = (endpoint: string, style: S3Spec['style'] = 'path'): S3Spec => ({
  ...{ kind: 's3', endpoint, bucket: 'copies', prefix: '', region: 'us-east-1', style },
})

describe('what is on this machine', () => {
  test.each<[string, DestinationSpec]>([
    ['/disk/copies lies on /dev/sdb1', at('/disk/copies')],
    ['/self/copies lies on //alias.example.com/x', at('/self/copies', { mountPoint: '/self' })],
    ['/disk/system', at('/nas/copies', { repository: '/disk/system' })],
    ['alias.example.com is at 192.0.2.7', cifs('alias.example.com')],
    ['127.0.0.1 is an address', nfs('127.0.0.1')],
    ['192.0.2.7 is an address', rsync('192.0.2.7')],
    ['pam-1 is a name', rsync('localhost', { jump: 'me@pam-1:22' })],
    ['::1 is an address', rsync('localhost', { jump: 'me@[::1]:22' })],
    ['alias.example.com is at 192.0.2.7', rsync('alias.example.com', { jump: 'me@nas.example.com' })],
    ['localhost is a name', s3('http://localhost:9000')],
    ['::1 is an address', s3('http://[::1]:9000')],
    ['copies.odd.example.com is at', s3('https://odd.example.com', 'virtual')],
  ])('%s', async (expected, spec) => {
    expect(await why(spec)).toContain(expected)
  })
})

describe('nothing says that it is on this machine', () => {
  test.each<[string, DestinationSpec]>([
    ['a mounted export', at('/nas/copies')],
    ['a folder that is not there', at('/nothing')],
    ['a mount that is gone, whose empty mount point is', at('/gone/copies', { mountPoint: '/gone' })],
    ['a share', cifs('nas.example.com')],
    ['an export of a server that nobody knows now', nfs('unknown.example.com')],
    ['the machine that the connection goes through', rsync('localhost', { jump: 'me@nas.example.com' })],
    ['a bucket', s3('https://nas.example.com')],
    ['a bucket of a name of its own', s3('https://nas.example.com', 'virtual')],
  ])('%s', async (_, spec) => {
    expect(await why(spec)).toBeUndefined()
  })
})
