import { memoryDestination } from '../../src/destinations/memory.ts'
import { onDemand } from '../../src/destinations/on-demand.ts'
import { testDestination } from './destination.ts'

testDestination('memory, connected to on demand,', async () => {
  const inner = memoryDestination()
  return onDemand({ connect: async () => inner, idleMs: 0 }, [])
})
