import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { frameHead, longestPayload, makeFrameReader } from './frames.ts'
import { parseAnswer, parseCall } from './messages.ts'

interface Frame {
  readonly header: unknown
  readonly payload: Uint8Array | undefined
}

/** All frames that a reader finds in bytes that come in such pieces. */
function readPieces(pieces: readonly Uint8Array[], parse = (header: unknown): unknown => header): Frame[] {
  const frames: Frame[] = []
  const reader = makeFrameReader({
    parse,
    memoryFor: (_, bytes) => new Uint8Array(bytes),
    receive: (header, payload) => frames.push({ header, payload }),
  })
  for (const piece of pieces) reader.read(piece)
  return frames
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const length of lengths) pieces.push(bytes.subarray(at, (at += length)))
  return [...pieces, bytes.subarray(at)]
}

const frame = fc.record({
  header: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())).map((object) => ({ ...object })),
  payload: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 100 }),
    fc.integer({ min: 1, max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
    fc.constant(undefined),
  ),
})

describe('the frame reader', () => {
  test('finds the frames that were sent, in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 0, max: 70_000 })), (frames, lengths) => {
        const bytes = Buffer.concat(
          frames.flatMap(({ header, payload = new Uint8Array(0) }) => [
            frameHead(header, payload.length),
            payload,
          ]),
        )

        const found = readPieces(cut(bytes, lengths))

        expect(found.map(({ header }) => JSON.stringify(header))).toEqual(
          frames.map(({ header }) => JSON.stringify(header)),
        )
        for (const [index, { payload }] of found.entries())
          expect(Buffer.compare(payload ?? Buffer.of(), frames[index]?.payload ?? Buffer.of())).toBe(0)
      }),
    )
  })

  test('meets garbage with a typed error or waits for more, and takes no memory for it', () => {
    for (const parse of [parseAnswer, parseCall]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (garbage, isFramed) => {
          const head = Buffer.alloc(8)
          head.writeUInt32LE(garbage.length, 0)
          try {
            readPieces(isFramed ? [head, garbage] : [garbage], parse)
          } catch (error) {
            expect(isRedomaError(error, 'DATA_DAMAGED') || isRedomaError(error, 'PATH_UNSAFE')).toBe(true)
          }
        }),
      )
    }
  })

  test('meets headers of any JSON with a typed error or a message', () => {
    const kind = fc.constantFrom('took', 'done', 'failed', 'measured', 'put', 'get', 'list', 'bytes')
    const header = fc.oneof(
      fc.json(),
      fc
        .record({ answer: kind, call: kind, id: fc.jsonValue(), bytes: fc.jsonValue(), name: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(header, (json) => {
        for (const parse of [parseAnswer, parseCall]) {
          try {
            expect(parse(JSON.parse(json)).id).toBeGreaterThanOrEqual(0)
          } catch (error) {
            expect(isRedomaError(error, 'DATA_DAMAGED') || isRedomaError(error, 'PATH_UNSAFE')).toBe(true)
          }
        }
      }),
    )
  })

  test('refuses longer frames than there are, before they come', () => {
    const head = Buffer.alloc(8)
    head.writeUInt32LE(longestPayload + 1, 4)

    expect(() => readPieces([head])).toThrow('cannot be understood')
    expect(() => frameHead({}, longestPayload + 1)).toThrow('too long')
  })

  test('diverts what arrives from memory that is wanted back', () => {
    const memory = new Uint8Array(4)
    const reader = makeFrameReader({
      parse: (header) => header as { readonly id: number },
      memoryFor: () => memory,
      receive: () => undefined,
    })
    reader.read(Buffer.concat([frameHead({ id: 7 }, 4), Buffer.of(1, 2)]))
    reader.divert(({ id }) => id === 8)
    reader.read(Buffer.of(3))
    reader.divert(({ id }) => id === 7)
    reader.read(Buffer.of(4))

    expect([...memory]).toEqual([1, 2, 3, 0])
  })
})
