import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { ownEnvironment } from './own-environment.ts'

/* Puts an object without end through a child process, into the folder that its argument names, and says a line when the first of it is there. */

const destination = inChildDestination({
  expected: { path: process.argv[2] ?? '' },
  node: thisNode(ownEnvironment),
  clock: { now: () => new Date() },
})
let chunks = 0
const body = {
  async *open(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield new Uint8Array(1000)
      if (++chunks === 10) process.stdout.write('under way\n')
    }
  },
}
await destination.put(parseObjectName('endless'), body, new AbortController().signal)
