import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Every check, then every test; the last line counts them: `N passed, N failed, N skipped`. */
const checks: readonly (readonly string[])[] = [
  ['biome', 'check'],
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'src/opener'],
  ['eslint', '.', '--max-warnings', '0'],
  ['depcruise', 'src', 'test'],
  ['knip'],
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

const counts = [...checks.map(runCheck), runTests()]
const total = counts.reduce((sum, count) => ({
  passed: sum.passed + count.passed,
  failed: sum.failed + count.failed,
  skipped: sum.skipped + count.skipped,
}))
process.exitCode = total.failed === 0 && total.passed > checks.length ? 0 : 1
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)

function runCheck(command: readonly string[]): Count {
  const [program = '', ...words] = command
  console.log(`\n> ${command.join(' ')}`)
  const { status } = spawnSync(program, words, { stdio: 'inherit' })
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
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
