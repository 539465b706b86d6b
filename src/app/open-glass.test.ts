import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handTurnedClock } from '../../test/support/clock.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { bundleSchema, encodeManifest, manifestName } from '../bundle/contents/manifest.ts'
import { writeZip, type ZipContent } from '../bundle/zip/write-zip.ts'
import { beginAgeEncryption } from '../crypto/age/encrypt.ts'
import { generateIdentity } from '../crypto/age/recipients.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { bodyOf } from '../ports/destination.ts'
import { makeOpenGlass } from './open-glass.ts'

const primitives = portablePrimitives()

test('a bundle whose secrets are no JSON is refused without a word of them', async () => {
  await using folder = await temporaryFolder()
  const { identity, recipient } = await generateIdentity('classic')
  const bundlePath = join(folder.path, 'bundle.age')
  const encryption = await beginAgeEncryption([recipient], primitives)
  await writeFile(bundlePath, encryption.ciphertext(writeZip(bundleOf(Buffer.from('hunter2')))))

  const openGlass = makeOpenGlass({ primitives, clock: handTurnedClock() })
  const request = { bundlePath, identities: async () => [identity] }
  const opening = openGlass(request, new AbortController().signal)

  await expect(opening).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  await expect(opening).rejects.not.toThrow('hunter2')
})

test('a credential is found by its title without accents and capitals, as in the page', async () => {
  await using folder = await temporaryFolder()
  const { identity, recipient } = await generateIdentity('classic')
  const bundlePath = join(folder.path, 'bundle.age')
  const encryption = await beginAgeEncryption([recipient], primitives)
  const titles = ['Roteador de São Paulo', 'Roteador do Rio']
  const credentials = titles.map((title, at) => ({ id: `c${at}`, title, kind: 'password' }))
  const secrets = Buffer.from(JSON.stringify({ schema: 'redoma-credentials/1', credentials }))
  await writeFile(bundlePath, encryption.ciphertext(writeZip(bundleOf(secrets))))
  const openGlass = makeOpenGlass({ primitives, clock: handTurnedClock() })

  await using glass = await openGlass(
    { bundlePath, identities: async () => [identity] },
    new AbortController().signal,
  )

  const found = (typed: string) => glass.search(typed).map(({ title }) => title)
  expect(found('SAO roteador')).toEqual(['Roteador de São Paulo'])
  expect(found('são')).toEqual(['Roteador de São Paulo'])
  expect(found('')).toEqual(titles)
})

async function* bundleOf(secrets: Uint8Array): AsyncGenerator<ZipContent> {
  const sha256 = createHash('sha256').update(secrets).digest('hex')
  yield { name: 'secrets.json', ...bodyOf(secrets) }
  const manifest = encodeManifest({
    schema: bundleSchema,
    sequence: 1,
    time: '2026-01-01T00:00:00Z',
    instance: { id: 'c0ffee00-0000-4000-8000-000000000001', name: 'bastion' },
    generation: { number: 1, fingerprint: sha256 },
    previous: null,
    counts: { credentials: 0, formerSecrets: 0, attachments: 0, sources: {} },
    entries: [{ path: 'secrets.json', bytes: secrets.length, sha256 }],
    leftOut: [],
  })
  yield { name: manifestName, ...bodyOf(manifest) }
}
