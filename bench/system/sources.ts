import { execFileSync, spawnSync } from 'node:child_process'
import { createCipheriv, createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Programs and libraries of this machine, about 800 MiB in 7,000 files, as a system backup meets them. */
export function makeLibraries(target: string, scale: number): void {
  const most = Math.round(700 * scale)
  let taken = 0
  for (const from of [
    '/usr/lib/python3',
    '/usr/lib/x86_64-linux-gnu',
    '/usr/share/doc',
    '/usr/lib/node_modules',
    '/usr/bin',
    '/usr/lib/gcc',
  ]) {
    if (taken >= most) break
    spawnSync('cp', ['-a', from, target])
    taken = Number(execFileSync('du', ['-sm', target], { encoding: 'utf8' }).split('\t')[0])
  }
}

const smallFiles = 50_000
const folders = 200

/** Of 400 to 8,000 bytes each, no two alike. */
export function makeSmallFiles(target: string, scale: number): void {
  const text = readFileSync('/usr/bin/env')
  for (let n = 0; n < Math.round(smallFiles * scale); n++) {
    const within = join(target, `${n % folders}`)
    if (n < folders) mkdirSync(within)
    const start = (n * 7) % (text.length - 4000)
    const content = text.subarray(start, start + 200 + ((n * 37) % 3800)).toString('hex')
    writeFileSync(join(within, `file-${n}`), `${n}\n${content}`)
  }
}

const randomFiles = 100

/** 1 GiB that neither compresses nor repeats. */
export function makeRandomData(target: string, scale: number): void {
  const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16))
  const piece = Buffer.alloc(Math.ceil((2 ** 30 * scale) / randomFiles))
  for (let n = 0; n < randomFiles; n++) writeFileSync(join(target, `random-${n}`), cipher.update(piece))
}

/** Writes every hundredth file anew, of the same length, as different in every round as in every place. */
export function changeOnePercent(source: string, round: number): void {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  for (const path of files.filter((_, n) => (n + round) % 100 === 0)) {
    const key = createHash('sha256').update(`${round} ${path}`).digest()
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
    writeFileSync(path, cipher.update(Buffer.alloc(statSync(path).size)))
  }
}

/** Into the page cache: what is measured is the programs, not the disk. */
export function warm(folder: string): void {
  spawnSync('sh', ['-c', 'find "$1" -type f -exec cat {} + > /dev/null', 'sh', folder])
}
