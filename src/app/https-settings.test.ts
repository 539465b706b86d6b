import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { keptHttps } from './https-settings.ts'

/** As an instance of today has it on its disk. */
const vector = `{
  "schema": "redoma-https/1",
  "host": "0.0.0.0",
  "port": 8443,
  "files": {
    "certificate": "/etc/ssl/vault.pem",
    "key": "/etc/ssl/private/vault.key"
  },
  "names": [
    "vault.example.com"
  ],
  "proxies": [
    "192.0.2.7",
    "2001:db8::/32"
  ]
}
`
const settings = {
  ...{ host: '0.0.0.0', port: 8443, names: ['vault.example.com'], proxies: ['192.0.2.7', '2001:db8::/32'] },
  files: { certificate: '/etc/ssl/vault.pem', key: '/etc/ssl/private/vault.key' },
}

describe('where the API is served by HTTPS', () => {
  test('is kept in the folder of the instance, for its owner alone, until it is served no more', async () => {
    await using home = await temporaryFolder()
    const kept = keptHttps(home.path)
    const file = join(home.path, 'https.json')
    expect(await kept.read()).toBeUndefined()

    await writeFile(file, vector)
    expect(await kept.read()).toEqual(settings)
    await kept.write({ ...settings, port: 1 })

    expect(await kept.read()).toEqual({ ...settings, port: 1 })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await kept.write(undefined)
    await kept.write(undefined)
    expect(await kept.read()).toBeUndefined()
  })

  test.each([
    ['{', 'JSON'],
    [vector.replace('/1"', '/2"'), 'schema'],
    [vector.replace('8443', '70000'), 'port'],
    [vector.replace('/etc/ssl/vault.pem', 'vault.pem'), 'files.certificate'],
    [vector.replace('192.0.2.7', '192.0.2.7/33'), 'proxies.0'],
    [vector.replace('vault.example.com', 'a b'), 'names.0'],
    [vector.replace('"host"', '"hots"'), 'host'],
  ])('is not guessed where the file says something else: %#', async (text, where) => {
    await using home = await temporaryFolder()
    await writeFile(join(home.path, 'https.json'), text)

    await expect(keptHttps(home.path).read()).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
      message: expect.stringContaining(where) as string,
    })
  })
})
