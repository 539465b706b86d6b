import { memoryDestination } from '../../src/destinations/memory.ts'
import { testDestination } from './destination.ts'

testDestination('memory', async () => memoryDestination())
