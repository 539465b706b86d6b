import type { WhileWriting } from '../../src/app/record-in-ledger.ts'

/** Of who has a ledger to himself. */
export const alone: WhileWriting = (_, work) => work()
