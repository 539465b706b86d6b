import { execFile } from 'node:child_process'
import { cp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname

describe('the layer check', () => {
  test('reads the modules of the product and finds nothing wrong with them', async () => {
    const { summary } = await cruise(root)

    // With a compiler that it cannot use, it reads no modules and finds nothing wrong.
    expect(summary.totalCruised).toBeGreaterThan(150)
    expect(summary.violations).toEqual([])
  })

  test('finds a planted violation of each rule, where it was planted', async () => {
    await using copy = await temporaryFolder()
    for (const name of ['src', 'test/support', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      await cp(join(root, name), join(copy.path, name), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(copy.path, 'node_modules'))
    for (const { at, code } of planted) await writeFile(join(copy.path, 'src', at), code)

    const { summary } = await cruise(copy.path)

    const found = summary.violations.map(({ rule, from }) => `${rule.name} at ${from}`)
    expect(found.toSorted()).toEqual(planted.map(({ rule, at }) => `${rule} at src/${at}`).toSorted())
  })
})

const planted = [
  {
    rule: 'core-imports-only-below',
    at: 'core/planted-layer.ts',
    code: "import type { Clock } from '../ports/clock.ts'\nexport type Planted = Clock\n",
  },
  {
    rule: 'adapters-are-wired-in-main',
    at: 'app/planted-adapter.ts',
    code: "export * from '../destinations/memory.ts'\n",
  },
  {
    rule: 'api-asks-use-cases',
    at: 'api/planted-engine.ts',
    code: "export * from '../repository/ids.ts'\n",
  },
  {
    rule: 'repository-imports-only-below',
    at: 'repository/planted-bundle.ts',
    code: "export * from '../bundle/totp.ts'\n",
  },
  {
    rule: 'engine-knows-nothing-of-redoma',
    at: 'repository/planted-catalogue.ts',
    code: "import type { Catalogue } from '../ports/catalogue.ts'\nexport type Planted = Catalogue\n",
  },
  {
    rule: 'no-test-in-product',
    at: 'core/planted-test.ts',
    code: "export * from '../../test/support/clock.ts'\n",
  },
  { rule: 'no-unlisted', at: 'core/planted-package.ts', code: "export * from 'left-pad'\n" },
  {
    rule: 'opener-stands-alone',
    at: 'main/open.ts',
    code: "export * from './older-node.ts'\nexport * from '../destinations/memory.ts'\n",
  },
]

interface CruiseResult {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[]
  }
}

async function cruise(folder: string): Promise<CruiseResult> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
  // It exits with the number of violations, which is not an error here.
  const output = await run(process.execPath, [program, 'src', '--output-type', 'json'], options).catch(
    (error: unknown) => error as { stdout: string },
  )
  return JSON.parse(output.stdout) as CruiseResult
}
