import { join } from 'node:path'
import type { Plugin } from 'vite'

const source = join(import.meta.dirname, '../../src')
const platform = join(source, 'opener/platform')

/** Modules that a browser has no use for, and what stands for them in the page: the same names, the same meaning. */
const byModule: Readonly<Record<string, string>> = {
  'node:crypto': 'node-crypto.ts',
  'node:zlib': 'node-zlib.ts',
}
const byFile: Readonly<Record<string, string>> = {
  [join(source, 'bundle/ceremony/load-wordlist.ts')]: 'load-wordlist.ts',
  [join(source, 'core/base64.ts')]: 'base64.ts',
  [join(source, 'core/next-turn.ts')]: 'next-turn.ts',
  [join(source, 'core/unfilled.ts')]: 'unfilled.ts',
  [join(source, 'crypto/portable.ts')]: 'primitives.ts',
}
const typagesX25519 = '/age-encryption/dist/x25519.js'

export function twins(): Plugin {
  return {
    name: 'twins',
    enforce: 'pre',
    async resolveId(id, importer, options) {
      const twin = byModule[id]
      if (twin !== undefined) return join(platform, twin)
      if (id.startsWith('node:'))
        throw new Error(`${importer ?? ''} wants ${id}, which has no twin in the page`)
      const resolved = await this.resolve(id, importer, { ...options, skipSelf: true })
      if (resolved === null) return null
      if (resolved.id.endsWith(typagesX25519)) return join(platform, 'x25519.ts')
      const twinOfFile = byFile[resolved.id]
      return twinOfFile === undefined ? resolved : join(platform, twinOfFile)
    },
  }
}
