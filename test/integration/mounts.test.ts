import { describe, expect, test } from 'vitest'
import { kernelMissing } from '../support/kernel-mounts/boot-kernel.ts'
import { testsInKernel } from '../support/kernel-mounts/tests-in-kernel.ts'

const limitSeconds = process.env['SLOW'] === '1' ? 3600 : 1800
const missing = kernelMissing()

/** The kernel boots once, while vitest collects tests: only then it is known which there are. */
const inner = missing
  ? []
  : await testsInKernel(
      (file) => /^(conformance|mounting|nfs3|quota|unmounting)\.test\.ts$/.test(file),
      1,
      limitSeconds,
    )

describe.skipIf(missing)('on shares of real servers', () => {
  test('there are tests', () => {
    expect(inner.length).toBeGreaterThan(40)
  })

  for (const { name, skipped, failure } of inner) {
    test.skipIf(skipped)(name, () => {
      if (failure !== undefined) throw new Error(failure)
    })
  }
})
