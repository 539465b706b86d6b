import { RedomaError } from '../../core/errors.ts'
import { requireRoom } from '../lengths.ts'
import type { Primitives } from '../primitives.ts'
import type { CFunction, Door } from './door.ts'

type ZstdPrimitives = Pick<Primitives, 'zstdBound' | 'zstdCompress' | 'zstdDecompress'>

/**
 * The zstd in the Node binary. Its contexts lie in memory of ours (`ZSTD_initStatic…`): they are reused from call to call,
 * and go when the worker that made them goes, where C's own would stay. Sizes are `size_t` in C; read as signed, an
 * error is a negative number.
 *
 * @throws whatever the door throws where this Node has no such zstd
 */
export function zstdPrimitives(door: Door): ZstdPrimitives {
  const bound = door.long('ZSTD_compressBound', 'intptr_t', 'intptr_t')
  return {
    zstdBound: (length) => bound(length),
    zstdCompress: compressor(door),
    zstdDecompress: decompressor(door),
  }
}

function compressor(door: Door): ZstdPrimitives['zstdCompress'] {
  const contextBytes = door.long('ZSTD_estimateCCtxSize', 'intptr_t', 'int')
  const initContext = door.pointer('ZSTD_initStaticCCtx', 'void *', 'intptr_t')
  const compress = door.long(
    'ZSTD_compressCCtx',
    'intptr_t',
    'void *',
    'void *',
    'intptr_t',
    'void *',
    'intptr_t',
    'int',
  )
  const contexts = new Map<number, Uint8Array>()
  const contextFor = (level: number): Uint8Array => {
    const context = contexts.get(level) ?? newContext(contextBytes(level), initContext)
    contexts.set(level, context)
    return context
  }
  return (level, data, out) => {
    const length = compress(contextFor(level), out, out.length, data, data.length, level)
    if (length >= 0) return length
    throw new RedomaError(
      'INTERNAL',
      `zstd refused to compress ${data.length} bytes at level ${level} (${length})`,
    )
  }
}

function decompressor(door: Door): ZstdPrimitives['zstdDecompress'] {
  const contextBytes = door.long('ZSTD_estimateDCtxSize', 'intptr_t')
  const initContext = door.pointer('ZSTD_initStaticDCtx', 'void *', 'intptr_t')
  const frameLength = door.long('ZSTD_findFrameCompressedSize', 'intptr_t', 'void *', 'intptr_t')
  const decompress = door.long(
    'ZSTD_decompressDCtx',
    'intptr_t',
    'void *',
    'void *',
    'intptr_t',
    'void *',
    'intptr_t',
  )
  const context = newContext(contextBytes(), initContext)
  return (data, out) => {
    // zstd itself would go on with a second frame.
    if (frameLength(data, data.length) !== data.length) throw notOneFrame(out.length)
    const length = decompress(context, out, out.length, data, data.length)
    if (length < 0) throw notOneFrame(out.length)
    return length
  }
}

function newContext(bytes: number, initContext: CFunction<bigint | null>): Uint8Array {
  if (bytes <= 0) throw new RedomaError('INTERNAL', `zstd has no context for this level (${bytes})`)
  // In doubles, so that it is aligned as zstd asks.
  const memory = new Uint8Array(new Float64Array(Math.ceil(bytes / 8)).buffer)
  requireRoom(memory, bytes)
  if (initContext(memory, memory.length) === null)
    throw new RedomaError('INTERNAL', 'zstd refused its context')
  return memory
}

function notOneFrame(limitBytes: number): RedomaError {
  return new RedomaError('DATA_DAMAGED', `not one whole zstd frame of at most ${limitBytes} bytes`)
}
