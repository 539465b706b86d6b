import { fingerprintOf } from '../../bundle/ceremony/wrap-identity.ts'
import { type OpenBundle, openBundle } from '../../bundle/open-bundle.ts'
import { readCredentials } from '../../bundle/read-credentials.ts'
import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { dearmor, isArmored } from '../../crypto/age/armor.ts'
import { readIdentities } from '../../crypto/age/identity-file.ts'
import { openRandomAccess } from '../../crypto/age/random-access.ts'
import { recipientOf } from '../../crypto/age/recipients.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import type { Opened, OpenRequest } from '../protocol.ts'
import { type Credentials, listCredentials } from './credentials.ts'
import type { GivingWay } from './give-way.ts'
import { passphraseOf } from './passphrase.ts'
import { bytesOf, fileOf } from './read-blob.ts'

export interface Glass {
  readonly opened: Opened
  readonly bundle: OpenBundle
  readonly credentials: Credentials
  readonly bundleFile: Blob
}

/** Of an armored bundle: all of it is in memory. */
const memoryLimitBytes = 512 * 1024 * 1024
const identityLimitBytes = 256 * 1024

/**
 * Opens a bundle as `redoma glass open` does. What is needed to search is read, and checked against the manifest; the rest is read by
 * `verify`.
 *
 * @throws RedomaError `KEY_WRONG`, `DATA_DAMAGED`, `FORMAT_UNKNOWN`, `LIMIT_EXCEEDED`, `FILE_FAILED`
 */
export async function openGlass(request: OpenRequest, way: GivingWay): Promise<Glass> {
  const identityFile = await bytesOf(request.identity, identityLimitBytes)
  const identities = await readIdentities(identityFile, async () => passphraseOf(request.key))
  const bundleFile = await binaryOf(request.bundle)
  const reader = await openRandomAccess(
    fileOf(bundleFile),
    { kind: 'identities', identities },
    portablePrimitives(),
  ).catch(explainOtherGeneration)
  const bundle = await openBundle(way.through(reader))
  const { json, openAttachment } = await readCredentials(bundle)
  const credentials = listCredentials(json, openAttachment)
  const fingerprints = await Promise.all(
    identities.map(async (identity) => fingerprintOf(await recipientOf(identity))),
  )
  return {
    opened: openedOf(bundle, fingerprints, request.key.kind === 'none'),
    bundle,
    credentials,
    bundleFile: request.bundle,
  }
}

async function binaryOf(bundle: Blob): Promise<Blob> {
  const start = await bytesOf(bundle.slice(0, 1024))
  if (!isArmored(start)) return bundle
  return new Blob([dearmor(await bytesOf(bundle, memoryLimitBytes)).slice()])
}

/** The password was right, or the identity file would not have opened. */
function explainOtherGeneration(error: unknown): never {
  if (!isRedomaError(error, 'KEY_WRONG')) throw error
  throw new RedomaError(
    'KEY_WRONG',
    'the key is right for the identity file, but the bundle is sealed to another key',
    {
      hint: 'other-generation',
    },
  )
}

function openedOf({ manifest }: OpenBundle, fingerprints: readonly string[], isKeyPlain: boolean): Opened {
  const { instance, scope, sequence, time, generation, counts, doubts = [], leftOut, entries } = manifest
  const isRight = fingerprints.includes(generation.fingerprint)
  return {
    instance,
    scope,
    doubts,
    sequence,
    time,
    generation: generation.number,
    fingerprint: isRight ? generation.fingerprint : (fingerprints[0] ?? ''),
    isFingerprintRight: isRight,
    isKeyPlain,
    credentials: counts.credentials,
    formerSecrets: counts.formerSecrets,
    attachments: counts.attachments,
    leftOut,
    files: entries.filter((entry) => entry.attachment === undefined),
  }
}
