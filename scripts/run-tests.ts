import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Every check, then every test; the last line counts them: `N passed, N failed, N skipped`. */
const checks: readonly (readonly string[])[] = [
  // What takes longest begins first: as many run at once as there are cores.
  ['eslint', '.', '--max-warnings', '0'],
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'src/opener'],
  ['depcruise', 'src', 'test'],
  ['knip'],
  ['biome', 'check'],
]

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  success: z.boolean(),
  testResults: z.array(z.object({ status: z.string() })),
})

interface Count {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const counts = [...(await runChecks()), runTests()]
const total = counts.reduce((sum, count) => ({
  passed: sum.passed + count.passed,
  failed: sum.failed + count.failed,
  skipped: sum.skipped + count.skipped,
}))
process.exitCode = total.failed === 0 && total.passed > checks.length ? 0 : 1
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)

async function runChecks(): Promise<Count[]> {
  const left = [...checks]
  const counts: Count[] = []
  const one = async (): Promise<void> => {
    for (let command = left.shift(); command !== undefined; command = left.shift())
      counts.push(await runCheck(command))
  }
  await Promise.all(Array.from({ length: availableParallelism() }, one))
  return counts
}

/** What it says is shown when it has ended, as others run meanwhile. */
function runCheck(command: readonly string[]): Promise<Count> {
  const [program = '', ...words] = command
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Uint8Array[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Uint8Array) => said.push(bytes))
  return new Promise((resolve) => {
    // One that could not be started says so, and is closed like the others.
    child.on('error', (error) => said.push(Buffer.from(`${String(error)}\n`)))
    child.on('close', (code) => {
      const passed = code === 0
      console.log(`\n> ${command.join(' ')}${passed ? '' : ' (failed)'}`)
      process.stdout.write(Buffer.concat(said))
      resolve({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 })
    })
  })
}

function runTests(): Count {
  const folder = mkdtempSync(join(tmpdir(), 'redoma-report-'))
  const report = join(folder, 'report.json')
  console.log('\n> vitest run')
  const words = ['run', '--reporter', 'default', '--reporter', 'json', '--outputFile.json', report]
  const { status } = spawnSync('vitest', words, { stdio: 'inherit' })
  const count = readReport(report)
  rmSync(folder, { recursive: true })
  // A file that could not be loaded, or an error outside of any test, fails the run without failing a test.
  return status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count
}

function readReport(path: string): Count {
  try {
    const report = vitestReport.parse(JSON.parse(readFileSync(path, 'utf8')))
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    }
  } catch (error) {
    console.error('vitest left no report', error)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
