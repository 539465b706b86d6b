import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgeBundle, type LedgerOnBundle } from '../../src/bundle/ledger/judge-bundle.ts'
import { publicKeyLine, sshFingerprint } from '../../src/crypto/ssh-signature.ts'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { type ObjectName, parseObjectName } from '../../src/ports/destination.ts'
import { aGlassWorld, type GlassWorld } from '../support/glass.ts'

describe('the ledger says of a bundle', () => {
  let world: GlassWorld
  const objects = new Map<ObjectName, Uint8Array>()
  let names: string[]
  let publicKey: string
  beforeAll(async () => {
    world = await aGlassWorld()
    await world.backUp(memoryDestination(objects))
    await world.backUp(memoryDestination(objects))
    names = [...objects.keys()].filter((name) => name.includes('Z-')).toSorted()
    publicKey = publicKeyLine(await world.catalogue.signingKey(), '')
  })
  afterAll(() => world[Symbol.asyncDispose]())

  const bytesOf = (name = ''): Uint8Array => objects.get(parseObjectName(name)) ?? new Uint8Array()
  function judge(bytes: Uint8Array, name: string, ledger = bytesOf('ledger.jsonl')): LedgerOnBundle {
    const trust = { instance: world.catalogue.instance.id, publicKey }
    return judgeBundle(ledger, trust, { name, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  const baseName = (at: number): string => (names[at] ?? '').replace('secrets/', '')

  test('that it is the newest, whatever it is called', () => {
    expect(judge(bytesOf(names[1]), 'renamed.age')).toEqual({
      findings: [],
      bundle: 'listed',
      newest: 2,
      signer: sshFingerprint(publicKey),
    })
  })

  test('that there is a newer one', () => {
    expect(judge(bytesOf(names[0]), baseName(0))).toEqual({
      findings: [],
      bundle: 'listed',
      newest: 2,
      signer: sshFingerprint(publicKey),
      newer: baseName(1),
    })
  })

  test('that it has other bytes than were put there, or was never put there', () => {
    const others = Buffer.from('other bytes')

    expect(judge(others, baseName(1)).bundle).toBe('altered')
    expect(judge(others, 'vault-20300101T000000Z-9.age').bundle).toBe('not-listed')
  })

  test('nothing that somebody else has written into it', () => {
    const text = Buffer.from(bytesOf('ledger.jsonl')).toString().replace('"sequence":1', '"sequence":7')

    expect(judge(bytesOf(names[1]), baseName(1), Buffer.from(text)).findings).not.toEqual([])
  })
})
