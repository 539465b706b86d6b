import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderOf } from '../../../src/app/scopes/scope-folder.ts'
import { fingerprintOf, wrapIdentity } from '../../../src/bundle/ceremony/wrap-identity.ts'
import { bundleContents } from '../../../src/bundle/contents/bundle-contents.ts'
import { paddingName } from '../../../src/bundle/contents/manifest.ts'
import { encodeLedger, extendLedger } from '../../../src/bundle/ledger/extend-ledger.ts'
import { paddedSize } from '../../../src/bundle/zip/padding.ts'
import { writeZip } from '../../../src/bundle/zip/write-zip.ts'
import { Secret } from '../../../src/core/secret.ts'
import { beginAgeEncryption } from '../../../src/crypto/age/encrypt.ts'
import { type AgeKeyPair, type AgeProfile, generateIdentity } from '../../../src/crypto/age/recipients.ts'
import { loadPrimitives } from '../../../src/crypto/native.ts'
import { generateSigningKey, publicKeyLine } from '../../../src/crypto/ssh-signature.ts'
import { wholeVault } from '../../../src/ports/bundle-store.ts'
import type { CredentialRecord } from '../../../src/ports/credential.ts'
import { parseObjectName } from '../../../src/ports/destination.ts'

export interface BundleFiles {
  readonly bundle: string
  readonly identity: string
  readonly ledger: string
  readonly password: string
  readonly pair: AgeKeyPair
  readonly signingKey: Secret
}

export interface BundleOptions {
  readonly profile?: AgeProfile
  readonly time?: Date
  readonly sequence?: number
  /** Of the identity's wrapping: tests take less than people. */
  readonly scryptLogN?: number
  readonly pair?: AgeKeyPair
  readonly signingKey?: Secret
  /** Of a part of the vault, and of that alone. */
  readonly scope?: string
  /** Why its instance says that it should be looked at. */
  readonly doubts?: readonly string[]
}

const instance = { id: '0d9f5a38-8f9e-4b1c-9a57-64a2d1d3f0ab', name: 'bastion' }

/** What lies at a destination, for a page to open: written into `folder`. */
export async function writeBundleFiles(
  folder: string,
  records: readonly CredentialRecord[],
  options: BundleOptions = {},
): Promise<BundleFiles> {
  const { profile = 'classic', time = new Date('2026-11-24T22:10:00Z'), sequence = 42 } = options
  const { scope, doubts = [] } = options
  const pair = options.pair ?? (await generateIdentity(profile))
  const signingKey = options.signingKey ?? generateSigningKey()
  const password = 'gecko-unpaved-thimble-lantern-oxidize-pretext-savanna'
  const stamp = time
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
  const name = `bastion${scope === undefined ? '' : `.${scope}`}-${stamp}-${sequence}.age`
  const generation = { number: 2, fingerprint: fingerprintOf(pair.recipient) }
  const input = {
    sequence,
    time,
    instance,
    generation,
    records: records.map((record) => ({ source: 'registry', record })),
    repositories: [],
    doubts,
    ...(scope === undefined ? { instanceKeyHex: new Secret('00'.repeat(32)) } : { scope }),
    signingPublicKey: publicKeyLine(signingKey, 'bastion'),
    leftOut: [],
  }
  const sealed = await seal(writeZip(bundleContents(input), { name: paddingName, sizeFor: paddedSize }), pair)
  const entry = {
    event: 'put' as const,
    kind: 'bundle' as const,
    object: parseObjectName(`${folderOf(scope ?? wholeVault)}/${name}`),
    bytes: sealed.length,
    sha256: createHash('sha256').update(sealed).digest('hex'),
    detail: {
      ...(scope === undefined ? {} : { scope }),
      ...{ sequence, generation: generation.number, fingerprint: generation.fingerprint },
      ...(doubts.length === 0 ? {} : { doubts: doubts.length }),
    },
  }
  const lines = extendLedger([], [entry], { instance: instance.id, signingKey, time })
  const files = {
    bundle: join(folder, name),
    identity: join(folder, 'identity.password.age'),
    ledger: join(folder, 'ledger.jsonl'),
  }
  await writeFile(files.bundle, sealed)
  await writeFile(files.identity, await wrapIdentity(pair, new Secret(password), options.scryptLogN ?? 10))
  await writeFile(files.ledger, encodeLedger(lines))
  return { ...files, password, pair, signingKey }
}

async function seal(plaintext: AsyncIterable<Uint8Array>, { recipient }: AgeKeyPair): Promise<Uint8Array> {
  const encryption = await beginAgeEncryption([recipient], loadPrimitives())
  const chunks: Uint8Array[] = []
  for await (const chunk of encryption.ciphertext(plaintext)) chunks.push(chunk.slice())
  return Buffer.concat(chunks)
}
