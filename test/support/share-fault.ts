import { ShareError, type ShareFault } from '../../src/crypto/slip39/fault.ts'

/** What is wrong with shares, by the error that `work` throws. */
export function faultOf(work: () => unknown): ShareFault {
  try {
    work()
  } catch (error) {
    if (error instanceof ShareError) return error.fault
    throw error
  }
  throw new Error('nothing was wrong')
}
