import { describe, expect, test } from 'vitest'
import type { CifsSpec, NfsSpec } from '../../ports/destination-spec.ts'
import { cifsRequest } from './cifs-request.ts'
import { nfsRequest } from './nfs-request.ts'

const cifs: CifsSpec = {
  ...{
    kind: 'cifs',
    host: 'nas',
    share: 'backup',
    folder: '',
    version: '3.1.1',
    seal: true,
    security: 'ntlmssp',
  },
}
const nfs: NfsSpec = {
  ...{ kind: 'nfs', host: 'nas', export: '/srv/copies', folder: '', version: '4.2', security: 'sys' },
}

describe('a CIFS share', () => {
  test('is mounted softly, sealed, and with nothing in it that runs', () => {
    const { source, options } = cifsRequest({ ...cifs, folder: 'pam 1/x', port: 4450 }, 60)

    expect(source).toBe('//nas/backup/pam 1/x')
    expect(options).toEqual(
      'nosuid nodev noexec vers=3.1.1 soft seal port=4450 sec=ntlmssp file_mode=0600 dir_mode=0700 echo_interval=20'.split(
        ' ',
      ),
    )
  })

  test('with Kerberos asks for no password, and is known again by its security', () => {
    const { options, shown, needsCredential } = cifsRequest({ ...cifs, security: 'krb5' }, 60)

    expect(needsCredential).toBe(false)
    expect(options.filter((option) => option.startsWith('sec='))).toEqual(['sec=krb5'])
    expect(shown).toContain('sec=krb5')
  })

  test.each([
    ['a host that is an option', { host: '-o' }],
    ['a host with a blank', { host: 'na s' }],
    ['a host with a slash', { host: 'nas/x' }],
    ['a share with a comma', { share: 'a,uid=0' }],
    ['a share with a slash', { share: 'a/b' }],
    ['no share', { share: '' }],
    ['a folder that leads out', { folder: 'a/../../b' }],
    ['a folder with an empty part', { folder: 'a//b' }],
    ['a folder with a backslash', { folder: 'a\\b' }],
    ['a folder with a line feed', { folder: 'a\nb' }],
    ['a port that is none', { port: 70_000 }],
    ['encryption where the version has none', { version: '2.1' }],
  ] as const)('is refused with %s', (_, wrong) => {
    expect(() => cifsRequest({ ...cifs, ...wrong }, 60)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('an NFS export', () => {
  test('is mounted so that a server that does not answer is given up, and told from a disk that fails', () => {
    const { source, options, type } = nfsRequest({ ...nfs, host: 'fe80::1', folder: 'x' }, 60)

    expect([type, source]).toEqual(['nfs4', '[fe80::1]:/srv/copies/x'])
    expect(options).toEqual(
      'nosuid nodev noexec vers=4.2 sec=sys softerr proto=tcp timeo=100 retrans=2 retry=0 acdirmin=1 acdirmax=3'.split(
        ' ',
      ),
    )
  })

  test.each(['krb5', 'krb5i', 'krb5p'] as const)(
    'with %s is mounted with it, and known again by it',
    (security) => {
      const { options, shown } = nfsRequest({ ...nfs, security }, 60)

      expect(options.filter((option) => option.startsWith('sec='))).toEqual([`sec=${security}`])
      expect(shown).toContain(`sec=${security}`)
    },
  )

  test('of version 3 needs no daemon for locks', () => {
    const { type, options } = nfsRequest({ ...nfs, version: '3' }, 60)

    expect([type, options.includes('nolock')]).toEqual(['nfs', true])
  })

  test('may be the root of what is exported, and a folder in that', () => {
    expect(nfsRequest({ ...nfs, export: '/' }, 60).source).toBe('nas:/')
    expect(nfsRequest({ ...nfs, export: '/', folder: 'a/b' }, 60).source).toBe('nas:/a/b')
  })

  test.each([
    ['an export that is not absolute', { export: 'srv' }],
    ['an export that leads out', { export: '/srv/../etc' }],
    ['an export with a comma', { export: '/srv,exec' }],
    ['a host in brackets', { host: '[::1]' }],
    ['a host with a zone', { host: 'fe80::1%eth0,exec' }],
  ] as const)('is refused with %s', (_, wrong) => {
    expect(() => nfsRequest({ ...nfs, ...wrong }, 60)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
