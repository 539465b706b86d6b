import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'

const root = join(import.meta.dirname, '../..')

/**
 * `open.mjs`: one file with everything in it, which runs with nothing but Node.js 18 or later. The same sources give the same bytes,
 * wherever they lie.
 */
export async function buildOpenMjs(): Promise<Uint8Array> {
  const packages = new Set<string>()
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root,
    plugins: [olderZlib(), notingPackages(packages)],
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      write: false,
      minify: true,
      target: 'node18',
      rolldownOptions: {
        input: join(root, 'src/main/open.ts'),
        output: { format: 'es', codeSplitting: false },
      },
    },
  })
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  const [only, ...others] = outputs
  if (only?.type !== 'chunk' || others.length > 0) throw new Error('open.mjs did not become one file')
  const foreign = only.imports.filter((name) => !name.startsWith('node:'))
  if (foreign.length > 0) throw new Error(`open.mjs imports ${foreign.join(', ')}`)
  return new TextEncoder().encode(`${await noticeOf(packages)}${only.code.trim()}\n`)
}

/** Node.js 18 has no CRC-32 in `node:zlib`; the page's own does. */
function olderZlib(): Plugin {
  return {
    name: 'older-zlib',
    enforce: 'pre',
    resolveId(id, importer) {
      const isOfZip = id === 'node:zlib' && importer?.startsWith(join(root, 'src/bundle/zip/')) === true
      return isOfZip ? join(root, 'src/opener/platform/node-zlib.ts') : null
    },
  }
}

function notingPackages(packages: Set<string>): Plugin {
  return {
    name: 'noting-packages',
    generateBundle(_options, outputs) {
      for (const output of Object.values(outputs)) {
        if (output.type !== 'chunk') continue
        for (const [id, { renderedLength }] of Object.entries(output.modules)) {
          const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]
          if (name !== undefined && renderedLength > 0) packages.add(name)
        }
      }
    },
  }
}

/** Whose code is in the file, as their licences ask. */
async function noticeOf(packages: ReadonlySet<string>): Promise<string> {
  const lines = [...packages].toSorted().map(async (name) => {
    const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')
    const { version, license } = JSON.parse(text) as { version: string; license: string }
    return `${name} ${version} (${license})`
  })
  const included = (await Promise.all(lines)).join(', ')
  return `// The opener of Redoma's bundles: node open.mjs --help. Apache-2.0. With code of ${included}.\n`
}
