import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readFileInTurns } from '../src/core/read-file.ts'
import { decryptAgeInTurns } from '../src/crypto/age/decrypt.ts'
import { beginAgeEncryption } from '../src/crypto/age/encrypt.ts'
import { generateIdentity } from '../src/crypto/age/recipients.ts'
import { loadFileCalls, loadPrimitives, nativePrimitives } from '../src/crypto/native.ts'
import { portablePrimitives } from '../src/crypto/portable.ts'
import type { Primitives } from '../src/crypto/primitives.ts'

/*
 * `node bench/crypto.ts`: the primitives on a file of 13 KB, native and portable; then sealing and opening 256 MiB as an
 * age file, in memory-backed storage, against the stock `age` program.
 */

const mebibyte = 1024 * 1024
const smallFileBytes = 13_000
const largeFileBytes = 256 * mebibyte

benchPrimitives()
benchFileCalls()
await benchAge()

function benchPrimitives(): void {
  console.log(`\nMiB/s on ${smallFileBytes} bytes`.padEnd(34), 'native'.padStart(8), 'portable'.padStart(9))
  const native = nativePrimitives()
  const portable = portablePrimitives()
  for (const [name, work] of Object.entries(works())) {
    const [fast, slow] = [native, portable].map((primitives) =>
      primitives === undefined
        ? 'absent'
        : speed(work.bytes, () => {
            work.run(primitives)
          }),
    )
    console.log(name.padEnd(33), String(fast).padStart(8), String(slow).padStart(9))
  }
}

interface Work {
  readonly bytes: number
  readonly run: (primitives: Primitives) => void
}

function works(): Record<string, Work> {
  const [key, iv] = [randomBytes(32), randomBytes(16)]
  // Code, as most small files of a system compress about so well.
  const data = readFileSync(process.execPath).subarray(40_000_000, 40_000_000 + smallFileBytes)
  const [out, tag, hash] = [new Uint8Array(smallFileBytes), new Uint8Array(16), new Uint8Array(32)]
  const room = new Uint8Array(2 * smallFileBytes)
  const frame = room.slice(0, portablePrimitives().zstdCompress(3, data, room))
  const chunk = randomBytes(65_536)
  const sealed = new Uint8Array(65_552)
  portablePrimitives().chacha20Poly1305Seal(key, iv.subarray(4), chunk, sealed)
  const work = (bytes: number, run: Work['run']): Work => ({ bytes, run })
  return {
    'SHA-256': work(smallFileBytes, (it) => {
      it.sha256(data, hash)
    }),
    'AES-256-CTR': work(smallFileBytes, (it) => {
      it.aes256Ctr(key, iv, data, out)
    }),
    Poly1305: work(smallFileBytes, (it) => {
      it.poly1305(key, data, tag)
    }),
    'zstd 3': work(smallFileBytes, (it) => it.zstdCompress(3, data, room)),
    'zstd, decompressing': work(smallFileBytes, (it) => it.zstdDecompress(frame, out)),
    'ChaCha20-Poly1305 (64 KiB)': work(65_536, (it) => {
      it.chacha20Poly1305Seal(key, iv.subarray(4), chunk, sealed)
    }),
    '… opening': work(65_536, (it) => it.chacha20Poly1305Open(key, iv.subarray(4), sealed, chunk)),
  }
}

/** In MiB/s: the best of five rounds of 50 ms, as other programs can only make a round slower. */
function speed(bytes: number, run: () => void): number {
  const rounds = Array.from({ length: 6 }, () => {
    const started = performance.now()
    let count = 0
    while (performance.now() - started < 50) {
      for (let index = 0; index < 20; index++) run()
      count += 20
    }
    return (count * bytes) / mebibyte / ((performance.now() - started) / 1000)
  })
  return Math.round(Math.max(...rounds))
}

function benchFileCalls(): void {
  const calls = loadFileCalls()
  const path = Buffer.from(process.execPath)
  const started = performance.now()
  const count = 50_000
  for (let index = 0; index < count; index++) calls.listExtendedAttributes(path)
  const microseconds = ((performance.now() - started) * 1000) / count
  console.log(`\nlisting extended attributes (${calls.name}): ${microseconds.toFixed(2)} µs a file`)
}

async function benchAge(): Promise<void> {
  const folder = mkdtempSync(join(process.platform === 'linux' ? '/dev/shm' : tmpdir(), 'redoma-bench-'))
  try {
    const files = await filesIn(folder)
    console.log(
      `\n${largeFileBytes / mebibyte} MiB as an age file`.padEnd(34),
      'seconds'.padStart(8),
      'MiB/s'.padStart(9),
    )
    await benchSealing(files)
    await benchOpening(files)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Files {
  readonly plain: string
  readonly sealed: string
  readonly opened: string
  readonly identity: string
  readonly pair: Awaited<ReturnType<typeof generateIdentity>>
}

async function filesIn(folder: string): Promise<Files> {
  const pair = await generateIdentity('classic')
  const [plain, sealed, opened, identity] = ['plain', 'sealed.age', 'opened', 'identity'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string]
  writeFileSync(plain, randomBytes(largeFileBytes))
  writeFileSync(identity, pair.identity.reveal())
  return { plain, sealed, opened, identity, pair }
}

async function benchSealing({ plain, sealed, pair }: Files): Promise<void> {
  await compare(
    'sealing',
    async (primitives) => {
      const encryption = await beginAgeEncryption([pair.recipient], primitives)
      await writeTo(sealed, encryption.ciphertextInTurns(readFileInTurns(plain)))
    },
    () => execFileSync('age', ['-r', pair.recipient, '-o', sealed, plain]),
  )
}

async function benchOpening({ sealed, opened, identity, pair }: Files): Promise<void> {
  const key = { kind: 'identities', identities: [pair.identity] } as const
  await compare(
    'opening',
    (primitives) => writeTo(opened, decryptAgeInTurns(readFileInTurns(sealed), key, primitives)),
    () => execFileSync('age', ['-d', '-i', identity, '-o', opened, sealed]),
  )
}

async function writeTo(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'w')
  for await (const chunk of chunks) await file.write(chunk)
}

/** By turns, so that what else the machine does meets all of them alike; the best of five counts. */
async function compare(
  name: string,
  ours: (primitives: Primitives) => Promise<void>,
  stock: () => unknown,
): Promise<void> {
  const contestants = {
    native: () => ours(loadPrimitives()),
    portable: () => ours(portablePrimitives()),
    'the age program': async () => stock(),
  }
  const seconds = { native: Infinity, portable: Infinity, 'the age program': Infinity }
  for (let round = 0; round < 5; round++) {
    for (const [who, run] of Object.entries(contestants) as [
      keyof typeof seconds,
      () => Promise<unknown>,
    ][]) {
      seconds[who] = Math.min(seconds[who], await timed(run))
    }
  }
  for (const [who, taken] of Object.entries(seconds)) {
    const rate = Math.round(largeFileBytes / mebibyte / taken)
    console.log(`${name}, ${who}`.padEnd(33), taken.toFixed(2).padStart(8), String(rate).padStart(9))
  }
  console.log(`${name}: ${(seconds.native / seconds['the age program']).toFixed(2)} of the time of age`)
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return (performance.now() - started) / 1000
}
