import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take minutes, the longest first, and then projects whose files take long. Of those that boot a kernel (`mounts`, `shares`), whose every system
 * call the machine pays for several times, one begins at once and the next when others have been between.
 */
const order = [
  'test/faults/mounts',
  'test/faults/every-call',
  'test/faults/rsync-struck',
  'test/integration/mounts',
  'test/faults/model',
  'test/postgresql/nodes',
  'test/e2e/shares',
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
