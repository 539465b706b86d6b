import * as node from 'node:crypto'
import { crc32 as nodesCrc32 } from 'node:zlib'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import * as nodesBase64 from '../../core/base64.ts'
import { concatBytes } from '../../core/bytes.ts'
import { portablePrimitives as nodesPrimitives } from '../../crypto/portable.ts'
import { fromBase64, toBase64 } from './base64.ts'
import * as twin from './node-crypto.ts'
import { crc32 } from './node-zlib.ts'
import { portablePrimitives } from './primitives.ts'
import { scalarMult, scalarMultBase } from './x25519.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

describe('the twins of the page give what Node gives', () => {
  property.prop([bytes, bytes])('SHA-256 and HMAC', (data, key) => {
    for (const name of ['sha1', 'sha256', 'sha512'] as const) {
      const hash = twin.createHash(name).update(data).update('text').digest('hex')
      expect(hash).toBe(node.createHash(name).update(data).update('text').digest('hex'))
      const mac = twin.createHmac(name, key).update(data).digest('hex')
      expect(mac).toBe(node.createHmac(name, key).update(data).digest('hex'))
    }
  })

  property.prop([bytes, bytes])('HKDF', (key, salt) => {
    const derived = twin.hkdfSync('sha256', key, salt, 'payload', 32)
    expect(Buffer.from(derived)).toEqual(Buffer.from(node.hkdfSync('sha256', key, salt, 'payload', 32)))
  })

  property.prop([bytes, fc.nat(2 ** 32 - 1)])('CRC-32, from any value on', (data, before) => {
    expect(crc32(data, before)).toBe(nodesCrc32(data, before))
  })

  property.prop([bytes])('base64, and back', (data) => {
    expect(toBase64(data)).toBe(nodesBase64.toBase64(data))
    expect(fromBase64(toBase64(data))).toEqual(new Uint8Array(data))
  })

  property.prop([bytes, fc.uint8Array({ minLength: 32, maxLength: 32 })])(
    'ChaCha20-Poly1305, and refuse what was altered',
    (plaintext, key) => {
      const nonce = new Uint8Array(12).fill(7)
      const [ours, nodes] = [0, 0].map(() => new Uint8Array(plaintext.length + 16))
      portablePrimitives().chacha20Poly1305Seal(key, nonce, plaintext, ours ?? new Uint8Array())
      nodesPrimitives().chacha20Poly1305Seal(key, nonce, plaintext, nodes ?? new Uint8Array())
      const opened = new Uint8Array(plaintext.length)
      const altered = (nodes ?? new Uint8Array()).with(0, (nodes?.[0] ?? 0) ^ 1)

      expect(ours).toEqual(nodes)
      expect(portablePrimitives().chacha20Poly1305Open(key, nonce, nodes ?? new Uint8Array(), opened)).toBe(
        true,
      )
      expect(opened).toEqual(new Uint8Array(plaintext))
      expect(portablePrimitives().chacha20Poly1305Open(key, nonce, altered, opened)).toBe(false)
    },
  )

  property.prop([fc.integer({ min: 1, max: 2 ** 32 })])('numbers below a limit', (limit) => {
    const drawn = twin.randomInt(limit)

    expect(Number.isInteger(drawn) && drawn >= 0 && drawn < limit).toBe(true)
  })

  test('random numbers that are all there, and none far more often than another', () => {
    const counts = new Map<number, number>()
    for (let draw = 0; draw < 7000; draw++) {
      const drawn = twin.randomInt(7)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }

    // The chance that a fair draw is out of this is below 10^-20.
    expect([...counts.keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6])
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(300)
  })

  test('scrypt, with its progress told to the end', async () => {
    const told: number[] = []
    twin.onScryptProgress((done) => told.push(done))
    const options = { N: 1024, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
    const [password, salt] = [Buffer.from('gecko'), Buffer.from('salt')]

    const ours = await new Promise((resolve) => {
      twin.scrypt(password, salt, 32, options, (_error, key) => {
        resolve(Buffer.from(key))
      })
    })

    expect(ours).toEqual(node.scryptSync(password, salt, 32, options))
    expect(told.at(-1)).toBe(1)
  })

  test('Ed25519 and X25519', async () => {
    const { publicKey, privateKey } = node.generateKeyPairSync('ed25519')
    const message = Buffer.from('the ledger')
    const signature = node.sign(null, message, privateKey)
    const key = twin.createPublicKey({
      key: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    })
    const [ours, theirs] = [new Uint8Array(32).fill(3), new Uint8Array(32).fill(5)]

    expect(twin.verify(null, message, key, signature)).toBe(true)
    expect(twin.verify(null, concatBytes([message, message]), key, signature)).toBe(false)
    expect(await scalarMult(ours, await scalarMultBase(theirs))).toEqual(
      await scalarMult(theirs, await scalarMultBase(ours)),
    )
  })
})
