import type { Door } from './door.ts'

const setDumpable = 4

/** @returns whether the kernel agreed. Linux' own. */
export function forbidDumpsBy(door: Door): boolean {
  const control = door.integer('prctl', 'int', 'intptr_t', 'intptr_t', 'intptr_t', 'intptr_t')
  return control(setDumpable, 0, 0, 0, 0) === 0
}
