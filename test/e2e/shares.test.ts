import { describe, expect, test } from 'vitest'
import { kernelMissing } from '../support/kernel-mounts/boot-kernel.ts'
import { testsInKernel } from '../support/kernel-mounts/tests-in-kernel.ts'

const limitSeconds = 1800
const missing = kernelMissing()

/** All files of test/kernel that no other test runs. The kernel boots once, while vitest collects tests: only then it is known which there are. */
const inner = missing
  ? []
  : await testsInKernel(
      (file) =>
        !/^(conformance|mounting|nfs3|quota|unmounting|.*-faults)\.test\.ts$/.test(file) &&
        file.endsWith('.test.ts'),
      1,
      limitSeconds,
    )

describe.skipIf(missing)('programs on shares of real servers', () => {
  test('there are tests', () => {
    expect(inner.length).toBeGreaterThan(1)
  })

  for (const { name, skipped, failure } of inner) {
    test.skipIf(skipped)(name, () => {
      if (failure !== undefined) throw new Error(failure)
    })
  }
})
