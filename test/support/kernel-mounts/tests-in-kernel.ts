import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { temporaryFolder } from '../temporary-folder.ts'
import { runInKernel } from './boot-kernel.ts'

const reportShape = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.enum(['passed', 'failed', 'skipped', 'pending', 'todo', 'disabled']),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

const isSlow = process.env['SLOW'] === '1'

/** What became of a test that ran in the kernel of the tests. */
export interface InnerTest {
  readonly name: string
  readonly skipped: boolean
  /** Why it failed; `undefined` when it passed. */
  readonly failure: string | undefined
}

/**
 * Runs the files of `test/kernel` that `isMeant`, under a kernel that has CIFS and NFS, and says what became of each test.
 *
 * @param atOnce how many files: each kind of server has one port, and there is one processor
 */
export async function testsInKernel(
  isMeant: (file: string) => boolean,
  atOnce: number,
  seconds: number,
): Promise<InnerTest[]> {
  const files = (await readdir(join(import.meta.dirname, '../../kernel'))).filter(isMeant)
  await using folder = await temporaryFolder()
  const report = join(folder.path, 'report.json')
  const vitest = join(import.meta.dirname, '../../../node_modules/vitest/vitest.mjs')
  const words = [
    'run',
    '--project',
    'kernel',
    '--maxWorkers',
    String(atOnce),
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    report,
  ]
  const environment = {
    REDOMA_TESTS_IN_KERNEL: '1',
    TMPDIR: '/mnt',
    HOME: '/mnt',
    SLOW: isSlow ? '1' : '',
  }
  // Failed tests make it fail too, and are told one by one.
  const ended = await runInKernel(
    [process.execPath, vitest, ...words, ...files.map((file) => `test/kernel/${file}`)],
    environment,
    { seconds },
  ).catch((error: unknown) => error)
  const text = await readFile(report, 'utf8').catch(() => {
    throw ended
  })
  return reportShape.parse(JSON.parse(text)).testResults.flatMap((file) => innerTests(file, String(ended)))
}

/** @param said in the kernel, or the end of it */
function innerTests(file: z.infer<typeof reportShape>['testResults'][number], said: string): InnerTest[] {
  const tests = file.assertionResults.map(({ fullName, status, failureMessages }) => ({
    name: fullName,
    skipped: status !== 'passed' && status !== 'failed',
    failure: status === 'failed' ? (failureMessages ?? []).join('\n') || 'no message' : undefined,
  }))
  // Where a hook fails, or the process dies, its tests are called skipped, and nothing else is said of it.
  const isUntold = file.status !== 'passed' && !tests.some((test) => test.failure !== undefined)
  if (file.message === '' && !isUntold) return tests
  const name = `${file.name} is run to its end`
  return [...tests, { name, skipped: false, failure: file.message || said.slice(-4000) }]
}
