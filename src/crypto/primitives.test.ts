import { execFileSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../core/bytes.ts'
import { nativePrimitives } from './native.ts'
import { portablePrimitives } from './portable.ts'
import type { Primitives } from './primitives.ts'

const portable = portablePrimitives()
const native = nativePrimitives() ?? portable
const numRuns = process.env['SLOW'] === undefined ? 100 : 5000

function filled(length: number, fill: (out: Uint8Array) => void): Uint8Array {
  const out = new Uint8Array(length)
  fill(out)
  return out
}

const from = (first: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => first + index)

describe.each([
  ['native', native],
  ['portable', portable],
] as const)('the %s primitives', (name, primitives) => {
  test('are what they say', () => {
    expect(primitives.name).toBe(name)
  })

  test('give the hashes of FIPS 180', () => {
    const hash = (text: string) =>
      toHex(
        filled(32, (out) => {
          primitives.sha256(Buffer.from(text), out)
        }),
      )

    expect(hash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hash('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  test('give the blocks of FIPS 197 and SP 800-38A', () => {
    const block = fromHex('00112233445566778899aabbccddeeff')
    const key = fromHex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
    const plaintext = fromHex('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51')

    const encrypted = filled(16, (out) => {
      primitives.aes128Block(from(0, 16), block, out)
    })
    const counted = filled(32, (out) => {
      primitives.aes256Ctr(key, from(0xf0, 16), plaintext, out)
    })

    expect(toHex(encrypted)).toBe('69c4e0d86a7b0430d8cdb78070b4c55a')
    expect(toHex(counted)).toBe('601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5')
  })

  test('give the tag of RFC 8439, 2.5.2', () => {
    const key = fromHex('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b')
    const message = Buffer.from('Cryptographic Forum Research Group')

    const tag = filled(16, (out) => {
      primitives.poly1305(key, message, out)
    })

    expect(toHex(tag)).toBe('a8061dc1305136c6c22b8baf0c0127a9')
  })

  test('open test case 16 of the GCM specification, and refuse it with one bit altered anywhere', () => {
    const key = fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308')
    const nonce = fromHex('cafebabefacedbaddecaf888')
    const associated = fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2')
    const plaintext =
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39'
    const sealed = fromHex(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
    )
    const out = new Uint8Array(60)

    expect(primitives.aes256GcmOpen(key, nonce, associated, sealed, out)).toBe(true)
    expect(toHex(out)).toBe(plaintext)
    for (const input of [key, nonce, associated, sealed]) {
      for (let at = 0; at < input.length; at++) {
        input[at] = (input[at] ?? 0) ^ 1
        expect(primitives.aes256GcmOpen(key, nonce, associated, sealed, out)).toBe(false)
        expect(out).toEqual(new Uint8Array(60))
        input[at] = (input[at] ?? 0) ^ 1
      }
    }
  })

  test('open with GCM where there is no text, or nothing beside it', () => {
    const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)]
    const tag = fromHex('530f8afbc74536b9a963b4f1c4cb738b')

    expect(primitives.aes256GcmOpen(key, nonce, none, tag, none)).toBe(true)
    expect(primitives.aes256GcmOpen(key, nonce, key, tag, none)).toBe(false)
  })

  test('seal as restic does', () => {
    const [encryptionKey, macKey, r, iv] = [from(0, 32), from(0x40, 16), from(0x80, 16), from(0xc0, 16)]
    const oneTimeKey = new Uint8Array(32)
    oneTimeKey.set(r)
    primitives.aes128Block(macKey, iv, oneTimeKey.subarray(16))

    const text = Buffer.from('hello restic\n')
    const ciphertext = filled(13, (out) => {
      primitives.aes256Ctr(encryptionKey, iv, text, out)
    })
    const tag = filled(16, (out) => {
      primitives.poly1305(oneTimeKey, ciphertext, out)
    })
    const emptyTag = filled(16, (out) => {
      primitives.poly1305(oneTimeKey, new Uint8Array(0), out)
    })

    expect(toHex(ciphertext)).toBe('bfa73953293f82257671c1d2c5')
    expect(toHex(tag)).toBe('b2061f147e11dcc5714eb6858da0c2c5')
    expect(toHex(emptyTag)).toBe('dad479c64863c408f100114b33bda9cc')
  })

  test('cipher in place', () => {
    const bytes = from(0, 100)
    const expected = filled(100, (out) => {
      primitives.aes256Ctr(from(0, 32), from(1, 16), bytes, out)
    })
    const room = new Uint8Array(116)
    room.set(bytes)

    primitives.aes256Ctr(from(0, 32), from(1, 16), bytes, bytes)
    primitives.chacha20Poly1305Seal(from(0, 32), from(0, 12), room.subarray(0, 100), room)

    expect(bytes).toEqual(expected)
    expect(primitives.chacha20Poly1305Open(from(0, 32), from(0, 12), room, room.subarray(0, 100))).toBe(true)
    expect(room.subarray(0, 100)).toEqual(from(0, 100))
  })

  test('leave nothing of what is not authentic', () => {
    const sealed = filled(26, (out) => {
      primitives.chacha20Poly1305Seal(from(0, 32), from(0, 12), from(7, 10), out)
    })
    const out = from(1, 10)

    expect(primitives.chacha20Poly1305Open(from(1, 32), from(0, 12), sealed, out)).toBe(false)
    expect(out).toEqual(new Uint8Array(10))
  })

  test('refuse wrong lengths, before any memory is touched', () => {
    const internal = expect.objectContaining({ code: 'INTERNAL' }) as Error
    const [short, bytes] = [new Uint8Array(3), from(0, 64)]

    expect(() => {
      primitives.sha256(bytes, short)
    }).toThrow(internal)
    expect(() => {
      primitives.aes256Ctr(from(0, 32), from(0, 16), bytes, short)
    }).toThrow(internal)
    expect(() => {
      primitives.aes128Block(from(0, 16), from(0, 16), short)
    }).toThrow(internal)
    expect(() => {
      primitives.aes128Block(from(0, 16), short, from(0, 16))
    }).toThrow(internal)
    expect(() => {
      primitives.poly1305(short, bytes, from(0, 16))
    }).toThrow(internal)
    expect(() => {
      primitives.chacha20Poly1305Seal(from(0, 32), from(0, 12), bytes, bytes)
    }).toThrow(internal)
    expect(() => primitives.chacha20Poly1305Open(from(0, 32), from(0, 12), short, short)).toThrow(internal)
    expect(() => primitives.aes256GcmOpen(from(0, 32), from(0, 12), short, short, short)).toThrow(internal)
    expect(() => primitives.aes256GcmOpen(from(0, 32), from(0, 12), short, bytes, bytes)).toThrow(internal)
    expect(() => primitives.aes256GcmOpen(short, from(0, 12), short, bytes, from(0, 48))).toThrow()
    expect(() => {
      primitives.aes256Ctr(short, from(0, 16), bytes, bytes)
    }).toThrow()
    expect(() => {
      primitives.chacha20Poly1305Seal(short, from(0, 12), short, new Uint8Array(19))
    }).toThrow()
  })

  describe('of zstd', () => {
    const text = Buffer.from('compress me, compress me, compress me, compress me')
    const frame = compress(primitives, 3, text)

    test('make one frame that says how long its content is', () => {
      // RFC 8878: magic number; then a descriptor that says "single segment", and 1 byte of content size.
      expect(toHex(frame.subarray(0, 6))).toBe(`28b52ffd20${text.length.toString(16)}`)
    })

    test('open a frame, an empty one too, where it just fits', () => {
      const empty = compress(primitives, 3, new Uint8Array(0))

      expect(toHex(filled(text.length, (out) => primitives.zstdDecompress(frame, out)))).toBe(toHex(text))
      expect(primitives.zstdDecompress(frame, new Uint8Array(1000))).toBe(text.length)
      expect(primitives.zstdDecompress(empty, new Uint8Array(0))).toBe(0)
    })

    test.each([
      ['does not fit', frame, text.length - 1],
      ['does not fit at all', frame, 0],
      ['is cut off', frame.subarray(0, -1), 1000],
      ['is nothing', frame.subarray(0, 0), 1000],
      ['is followed by something', Buffer.concat([frame, Buffer.from('x')]), 1000],
      ['is followed by another frame', Buffer.concat([frame, frame]), 1000],
      ['is no frame', text, 1000],
    ])('refuse what %s', (_, data, room) => {
      const damaged = expect.objectContaining({ code: 'DATA_DAMAGED' }) as Error

      expect(() => primitives.zstdDecompress(data, new Uint8Array(room))).toThrow(damaged)
    })

    property.prop([fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.nat(255)], { numRuns })(
      'never crash on an altered frame',
      (content, at, value) => {
        const altered = compress(primitives, 1, content)
        altered[at % altered.length] = value
        try {
          primitives.zstdDecompress(altered, new Uint8Array(4096))
        } catch (error) {
          expect(error).toMatchObject({ code: 'DATA_DAMAGED' })
        }
      },
    )
  })
})

function compress(primitives: Primitives, level: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(primitives.zstdBound(data.length))
  return out.slice(0, primitives.zstdCompress(level, data, out))
}

describe('the twins', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  // A part of a bigger buffer, at any offset: C must be given the part.
  const data = fc
    .tuple(fc.uint8Array({ maxLength: 5000 }), fc.nat(20), fc.nat(20))
    .map(([whole, before, after]) => whole.subarray(before, Math.max(before, whole.length - after)))

  property.prop([bytes(32), fc.oneof(bytes(16), fc.constant(new Uint8Array(16).fill(255))), data], {
    numRuns,
  })('give the same bytes', (key, iv, input) => {
    const outputs = [native, portable].map((primitives) => [
      filled(32, (out) => {
        primitives.sha256(input, out)
      }),
      filled(input.length, (out) => {
        primitives.aes256Ctr(key, iv, input, out)
      }),
      filled(16, (out) => {
        primitives.aes128Block(key.subarray(3, 19), iv, out)
      }),
      filled(16, (out) => {
        primitives.poly1305(key, input, out)
      }),
      filled(input.length + 16, (out) => {
        primitives.chacha20Poly1305Seal(key, iv.subarray(2, 14), input, out)
      }),
    ])

    expect(outputs[0]).toEqual(outputs[1])
  })

  property.prop([bytes(32), bytes(12), data], { numRuns })(
    'open what the other sealed',
    (key, nonce, input) => {
      for (const [one, other] of [
        [native, portable],
        [portable, native],
      ] as const) {
        const sealed = filled(input.length + 16, (out) => {
          one.chacha20Poly1305Seal(key, nonce, input, out)
        })
        const out = new Uint8Array(input.length)

        expect(other.chacha20Poly1305Open(key, nonce, sealed, out)).toBe(true)
        expect(out).toEqual(new Uint8Array(input))
      }
    },
  )

  property.prop([fc.integer({ min: 1, max: 19 }), data], { numRuns })(
    'decompress what the other compressed',
    (level, input) => {
      for (const [one, other] of [
        [native, portable],
        [portable, native],
      ] as const) {
        const out = filled(input.length, (room) => other.zstdDecompress(compress(one, level, input), room))

        expect(out).toEqual(new Uint8Array(input))
      }
    },
  )
})

test('a worker thread has native primitives of its own', async () => {
  const module = new URL('./native.ts', import.meta.url).href
  const program = `import(${JSON.stringify(module)}).then(({ loadPrimitives }) => {
    const out = new Uint8Array(32)
    loadPrimitives().sha256(new Uint8Array(0), out)
    require('node:worker_threads').parentPort.postMessage([loadPrimitives().name, out[0]])
  })`
  const workers = [new Worker(program, { eval: true }), new Worker(program, { eval: true })]

  const answers = await Promise.all(
    workers.map(
      (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
    ),
  )
  await Promise.all(workers.map((worker) => worker.terminate()))

  expect(answers).toEqual([
    [native.name, 0xe3],
    [native.name, 0xe3],
  ])
})

test('without koffi, the portable twins serve', () => {
  const module = new URL('./native.ts', import.meta.url).href
  const program = `
    const { Module } = require('node:module')
    const resolve = Module._resolveFilename
    Module._resolveFilename = function (name, ...rest) {
      if (name === 'koffi') throw new Error('not installed')
      return resolve.call(this, name, ...rest)
    }
    import(${JSON.stringify(module)}).then(({ loadPrimitives, loadFileCalls }) => {
      process.stdout.write(loadPrimitives().name + ' ' + loadFileCalls().name)
    })`

  expect(execFileSync(process.execPath, ['-e', program]).toString()).toBe('portable portable')
})
