import * as crypto from 'node:crypto'
import * as zlib from 'node:zlib'
import { poly1305 } from '@noble/ciphers/_poly1305.js'
import { RedomaError } from '../../core/errors.ts'
import { requireLength, requireRoom, tagBytes } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import { aes256GcmOpen, openWith } from './aes-gcm.ts'

/*
 * Both modules are imported whole: older programs of Node.js, on which a bundle is to be opened too, have neither `hash` nor zstd,
 * and would not load this one at all.
 */
const { createCipheriv, createDecipheriv } = crypto

/** The primitives on what every Node has: about 40 µs a call slower than `native.ts`, and equal in every byte but zstd's. */
export function portablePrimitives(): Primitives {
  return {
    name: 'portable',
    sha256(data, out) {
      requireLength(out, 32, 'the output')
      out.set(crypto.hash('sha256', data, 'buffer'))
    },
    aes256Ctr(key, iv, data, out) {
      requireLength(out, data.length, 'the output')
      out.set(createCipheriv('aes-256-ctr', key, iv).update(data))
    },
    aes128Block(key, block, out) {
      requireLength(block, 16, 'the block')
      requireLength(out, 16, 'the output')
      out.set(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block))
    },
    poly1305(oneTimeKey, message, out) {
      requireLength(oneTimeKey, 32, 'the one-time key')
      requireLength(out, 16, 'the output')
      out.set(poly1305(message, oneTimeKey))
    },
    chacha20Poly1305Seal,
    chacha20Poly1305Open,
    aes256GcmOpen,
    zstdBound: (length) => length + Math.ceil(length / 128) + 1024,
    zstdCompress,
    zstdDecompress,
  }
}

const aead = 'chacha20-poly1305'
const withTag = { authTagLength: tagBytes }

function chacha20Poly1305Seal(
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  out: Uint8Array,
): void {
  requireLength(out, plaintext.length + tagBytes, 'the output')
  const cipher = createCipheriv(aead, key, nonce, withTag)
  out.set(cipher.update(plaintext))
  cipher.final()
  out.set(cipher.getAuthTag(), plaintext.length)
}

function chacha20Poly1305Open(
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  out: Uint8Array,
): boolean {
  return openWith(createDecipheriv(aead, key, nonce, withTag), sealed, out)
}

function zstdCompress(level: number, data: Uint8Array, out: Uint8Array): number {
  const frame = zlib.zstdCompressSync(data, {
    pledgedSrcSize: data.length,
    params: { [zlib.constants.ZSTD_c_compressionLevel]: level, [zlib.constants.ZSTD_c_contentSizeFlag]: 1 },
  })
  requireRoom(out, frame.length)
  out.set(frame)
  return frame.length
}

function zstdDecompress(data: Uint8Array, out: Uint8Array): number {
  const { content, consumed } = decompressFrame(data, out.length)
  // Node stops at the end of the first frame, and is silent about what follows.
  if (consumed !== data.length) throw new RedomaError('DATA_DAMAGED', 'bytes follow the zstd frame')
  out.set(content)
  return content.length
}

interface Decompressed {
  readonly content: Uint8Array
  readonly consumed: number
}

function decompressFrame(data: Uint8Array, limitBytes: number): Decompressed {
  // `info` makes Node return the engine too; the types do not know of it. The limit of Node is 1 at least.
  const options: zlib.ZstdOptions = { maxOutputLength: Math.max(1, limitBytes), info: true }
  try {
    const { buffer, engine } = zlib.zstdDecompressSync(data, options) as unknown as {
      buffer: Uint8Array
      engine: { bytesWritten: number }
    }
    if (buffer.length > limitBytes) throw new RangeError('more than fits')
    return { content: buffer, consumed: engine.bytesWritten }
  } catch (error) {
    throw new RedomaError('DATA_DAMAGED', `not one whole zstd frame of at most ${limitBytes} bytes`, {
      cause: error,
    })
  }
}
