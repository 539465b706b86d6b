import type { LedgerLine, LedgerStore } from '../../src/ports/catalogue.ts'

/** A ledger's memory that lasts as long as the test, and refuses what the catalogue would refuse. */
export function ledgerStoreInMemory(): LedgerStore {
  const lines = new Map<string, LedgerLine[]>()
  const acknowledged = new Map<string, number>()
  const linesOf = (id: string) => lines.get(id) ?? []
  return {
    lines: async (id) => [...linesOf(id)],
    async append(id, added) {
      const known = linesOf(id)
      const isNext = added.every(({ sequence }, index) => sequence === known.length + index + 1)
      if (!isNext) throw new Error('lines of a ledger are numbered without gaps')
      lines.set(id, [...known, ...added])
    },
    acknowledged: async (id) => acknowledged.get(id) ?? 0,
    async acknowledge(id, sequence) {
      acknowledged.set(id, sequence)
    },
  }
}
