import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from './temporary-folder.ts'

const chunking = join(import.meta.dirname, '../../src/repository/chunking')
const compiler = join(import.meta.dirname, '../../node_modules/assemblyscript/bin/asc.js')
const options = ['-O3', '--runtime', 'stub', '--noAssert']

export const chunkerModulePath = join(chunking, 'rabin-module.ts')

/** The source of `rabin-module.ts`, compiled anew from the AssemblyScript. */
export async function compileChunker(): Promise<string> {
  await using folder = await temporaryFolder()
  const module = join(folder.path, 'rabin.wasm')
  const source = join(chunking, 'assembly/rabin.ts')
  await promisify(execFile)(process.execPath, [compiler, source, '-o', module, ...options])
  return sourceOf(await readFile(module))
}

function sourceOf(module: Buffer): string {
  const lines = module.toString('base64').match(/.{1,100}/g) ?? []
  return `/** assembly/rabin.ts, compiled by \`node scripts/build-chunker.ts\`; in base64, so that it is part of any bundle. */
export const rabinModule = \`
${lines.join('\n')}
\`
`
}
