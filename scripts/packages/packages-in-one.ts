import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'vite'
import { z } from 'zod'
import { manyFiles, pathInOne } from '../../src/main/packages-in-one.ts'

/** Writes the one file of each package of many files, below `to`; what was made of other versions is removed. The same packages make the same bytes. */
export async function packagesInOne(root: string, to = root): Promise<void> {
  const made = await Promise.all(manyFiles.map((name) => inOne(root, name)))
  await rm(join(to, dirname(pathInOne('', ''))), { recursive: true, force: true })
  for (const { path, code } of made) {
    await mkdir(dirname(join(to, path)), { recursive: true })
    // A command that begins meanwhile finds none, or all of it.
    await writeFile(join(to, `${path}.new`), code)
    await rename(join(to, `${path}.new`), join(to, path))
  }
}

interface Made {
  readonly path: string
  readonly code: string
}

const manifest = z.object({ version: z.string(), license: z.string(), module: z.string() })

async function inOne(root: string, name: string): Promise<Made> {
  const folder = join(root, 'node_modules', name)
  const { version, license, module } = manifest.parse(
    JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')),
  )
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root,
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      write: false,
      minify: false,
      target: 'node24',
      rolldownOptions: {
        input: join(folder, module),
        output: { format: 'es', codeSplitting: false },
      },
    },
  })
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  const [only, ...others] = outputs
  if (only?.type !== 'chunk' || others.length > 0 || only.imports.some((path) => !path.startsWith('node:')))
    throw new Error(`${name} did not become one file`)
  return {
    path: pathInOne(name, version),
    code: `// ${name} ${version} (${license}), in one file.\n${only.code}`,
  }
}
