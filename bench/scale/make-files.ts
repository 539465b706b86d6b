import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'

const filesAFolder = 500
const foldersAFolder = 100

/** So many files in folders of 500, which lie in folders of 100; each has some 60 bytes of its own. */
export function makeFiles(root: string, count: number): void {
  for (let n = 0; n < count; n++) {
    const folder = Math.floor(n / filesAFolder)
    const path = `${root}/${Math.floor(folder / foldersAFolder)}/${folder}`
    if (n % filesAFolder === 0) mkdirSync(path, { recursive: true })
    const file = openSync(`${path}/file-${n}`, 'w')
    writeSync(file, `${n}: a small file, of which there are very many, no two alike\n`)
    closeSync(file)
  }
}
