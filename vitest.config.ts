import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { postgresqlMissing } from './test/support/databases/postgresql.ts'
import { LongestFirst } from './test/support/longest-first.ts'

// As bin/redoma starts Node.js: a thread of the engine is up in less than half the time, and threads that strip types at once
// do not break the process (docs/decisions/0037).
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/redoma-code', import.meta.url),
)
const execArgv = ['--wasm-wrapper-tiering-budget=1000000000']

const project = (name: string, include: string[], testTimeout: number) => ({
  test: { name, include, testTimeout, hookTimeout: testTimeout, pool: 'forks' as const, execArgv },
})

/** Many short files, in a process together: one for each takes longer to start, and to read what it imports, than most of them take to run. */
const together = (name: string, include: string[], testTimeout: number) => ({
  test: {
    ...project(name, include, testTimeout).test,
    isolate: false,
    setupFiles: 'test/support/extend-zod.ts',
  },
})

// These need CIFS and NFS in the kernel: testsInKernel boots one that has them, and runs them in it.
const inKernel =
  process.env['REDOMA_TESTS_IN_KERNEL'] === '1'
    ? [project('kernel', ['test/kernel/**/*.test.ts'], 900_000)]
    : []

// The catalogue's tests once more, on PostgreSQL: where it is installed (`npm test` says so where it is not).
const postgresql = postgresqlMissing()
  ? []
  : [
      {
        test: {
          ...together('postgresql', ['src/catalogue/**/*.test.ts', 'test/postgresql/**/*.test.ts'], 60_000)
            .test,
          env: { REDOMA_TESTS_CATALOGUE: 'postgresql' },
          globalSetup: 'test/support/databases/serve-catalogues.ts',
        },
      },
    ]
export default defineConfig({
  test: {
    // One more than there are cores, as many tests wait for something for half of their time; each has folders and ports of its own.
    maxWorkers: Math.min(availableParallelism() + 1, 4),
    sequence: { sequencer: LongestFirst },
    projects: [
      together('unit', ['src/**/*.test.ts'], 20_000),
      together('conformance', ['test/conformance/**/*.test.ts'], 60_000),
      project('checks', ['test/checks/**/*.test.ts'], 120_000),
      project('integration', ['test/integration/**/*.test.ts'], 120_000),
      project('compat', ['test/compat/**/*.test.ts'], 300_000),
      project('fuzz', ['test/fuzz/**/*.test.ts'], 300_000),
      project('faults', ['test/faults/**/*.test.ts'], 600_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 300_000),
      ...postgresql,
      ...inKernel,
    ],
  },
})
