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

  test.each([
    [
      'core-imports-only-below',
      'core',
      "import type { Clock } from '../ports/clock.ts'\nexport type Planted = Clock\n",
    ],
    ['adapters-are-wired-in-main', 'app', "export * from '../destinations/memory.ts'\n"],
    ['repository-imports-only-below', 'repository', "export * from '../bundle/totp.ts'\n"],
    [
      'engine-knows-nothing-of-redoma',
      'repository',
      "import type { Catalogue } from '../ports/catalogue.ts'\nexport type Planted = Catalogue\n",
    ],
    ['no-test-in-product', 'core', "export * from '../../test/support/clock.ts'\n"],
    ['no-unlisted', 'core', "export * from 'left-pad'\n"],
    [
      'opener-stands-alone',
      'main/open.ts',
      "export * from './older-node.ts'\nexport * from '../destinations/memory.ts'\n",
    ],
  ])('finds a planted violation of %s', async (rule, place, code) => {
    await using copy = await temporaryFolder()
    for (const name of ['src', 'test/support', '.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
      await cp(join(root, name), join(copy.path, name), { recursive: true })
    }
    await symlink(join(root, 'node_modules'), join(copy.path, 'node_modules'))
    const file = place.endsWith('.ts') ? place : join(place, 'planted-violation.ts')
    await writeFile(join(copy.path, 'src', file), code)

    const { summary } = await cruise(copy.path)

    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule)
  })
})

interface CruiseResult {
  readonly summary: {
    readonly totalCruised: number
    readonly violations: readonly { readonly rule: { readonly name: string } }[]
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
