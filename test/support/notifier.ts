import type { Notifier } from '../../src/ports/notifier.ts'

export const toldToNobody: Notifier = { tell: () => Promise.resolve() }
