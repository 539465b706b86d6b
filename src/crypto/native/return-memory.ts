import type { Door } from './door.ts'

/** Gives back to the system what the C library keeps of memory that was freed. glibc's own. */
export function returnMemoryBy(door: Door): () => void {
  const trim = door.integer('malloc_trim', 'intptr_t')
  return () => {
    trim(0)
  }
}
