import { randomInt } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { argv, exit } from 'node:process'
import { openLocalFile } from '../../src/app/local-file.ts'
import { readFileInTurns } from '../../src/core/read-file.ts'
import { Secret } from '../../src/core/secret.ts'
import { decryptAgeInTurns } from '../../src/crypto/age/decrypt.ts'
import { beginAgeEncryption } from '../../src/crypto/age/encrypt.ts'
import { openRandomAccess } from '../../src/crypto/age/random-access.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'

/*
 * Age files by the product's own code, as a program of its own, so that it is measured as `age` is:
 *
 *     node bench/glass/drive.ts seal RECIPIENT FROM TO
 *     node bench/glass/drive.ts open IDENTITY-FILE FROM TO
 *     node bench/glass/drive.ts seek IDENTITY-FILE FROM COUNT     prints the milliseconds of each read, sorted, as JSON
 */
const [, , command, key = '', from = '', to = ''] = argv
const primitives = loadPrimitives()

switch (command) {
  case 'seal': {
    const encryption = await beginAgeEncryption([key], primitives)
    await writeTo(to, encryption.ciphertextInTurns(readFileInTurns(from)))
    break
  }
  case 'open':
    await writeTo(to, decryptAgeInTurns(readFileInTurns(from), await identity(), primitives))
    break
  case 'seek':
    console.log(JSON.stringify(await seek(Number(to))))
    break
  case undefined:
  default:
    console.error('seal, open or seek')
    exit(2)
}

async function identity(): Promise<{ kind: 'identities'; identities: readonly Secret[] }> {
  return { kind: 'identities', identities: [new Secret((await readFile(key, 'utf8')).trim())] }
}

async function writeTo(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  await using file = await open(path, 'w')
  for await (const chunk of chunks) await file.write(chunk)
}

/** 4 KiB at places by chance, each read waited for. */
async function seek(count: number): Promise<number[]> {
  await using file = await openLocalFile(from)
  using reader = await openRandomAccess(file, await identity(), primitives)
  const times: number[] = []
  for (let done = 0; done < count; done++) {
    const start = randomInt(reader.size - 4096)
    const began = performance.now()
    await reader.read(start, start + 4096)
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)
}
