import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes, the longest first, and then projects whose files take long. */
const order = [
  'test/faults/mounts',
  'test/faults/every-call',
  'test/integration/mounts',
  'test/e2e/shares',
  'test/faults/rsync-struck',
  'test/postgresql/nodes',
  'test/faults/model',
  'test/e2e/deb',
  'test/faults/s3-backup',
  'test/e2e/rewrap',
  'test/e2e/appliance',
  'test/faults/',
  'test/e2e/',
  'test/compat/',
  'test/fuzz/',
  'test/postgresql/',
  'test/integration/',
  'test/conformance/',
  'test/checks/',
]

/**
 * On a new checkout nothing is known of how long tests take, and vitest would begin with those of the longest text. A file of minutes that begins last leaves
 * all cores but one idle, so these begin first, and the many short ones of `src` fill what is left at the end.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const root = this.ctx.config.root
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = relative(root, moduleId)
      const found = order.findIndex((beginning) => path.startsWith(beginning))
      return found === -1 ? order.length : found
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}
