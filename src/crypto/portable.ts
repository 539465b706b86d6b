export { portableFileCalls } from './portable/file-calls.ts'
export { portablePrimitives } from './portable/primitives.ts'
