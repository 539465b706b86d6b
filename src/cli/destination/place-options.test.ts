import { describe, expect, test } from 'vitest'
import { specOfOptions } from './place-options.ts'

const lookups = {
  credentialId: async () => '0b5e4b5c-6a43-4f0a-9d6e-2f6f3c1d7a11',
  mountPointOf: async () => undefined,
}

describe('what is said of a place', () => {
  test('becomes a spec, with what is usual where nothing is said', async () => {
    const options = { cifs: '//nas/backup/pam', credential: 'Share', seal: true }

    expect(await specOfOptions(options, lookups)).toEqual({
      kind: 'cifs',
      host: 'nas',
      share: 'backup',
      folder: 'pam',
      credential: '0b5e4b5c-6a43-4f0a-9d6e-2f6f3c1d7a11',
      version: '3.1.1',
      seal: true,
      security: 'ntlmssp',
    })
  })

  test.each([
    [{ seal: true }, 'no place is named'],
    [{ seal: true, local: '/a', nfs: 'nas:/b' }, 'one place only'],
    [{ seal: true, local: '/a', region: 'here' }, '--region does not go with --local'],
    [{ seal: false, local: '/a' }, '--no-seal does not go with --local'],
    [{ seal: true, mounted: '/a' }, 'nothing is mounted at /a'],
    [{ seal: true, cifs: '//nas/backup' }, 'credential has to be there'],
    [{ seal: true, nfs: 'nas:/a', security: 'none' }, 'security is none of sys, krb5, krb5i, krb5p'],
    [{ seal: true, nfs: 'nas:/a', folder: '../b' }, 'folder is not a folder'],
    [{ seal: true, s3: 'https://store/b' }, 'bucket is not a name of 3 to 63'],
    [{ seal: true, s3: 'https://store/copies', lock: 'compliance' }, '"compliance" is not a lock'],
    [
      { seal: true, s3: 'https://store/copies', lock: 'eternal:3' },
      'lock.mode is none of compliance, governance',
    ],
    [{ seal: true, rsync: 'me@nas:copies', hostKey: ['ssh-ed25519'] }, 'hostKeys.0 is not a host key'],
  ])('is refused in words: %j', async (options, words) => {
    await expect(specOfOptions(options, lookups)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(words) as string,
    })
  })
})
