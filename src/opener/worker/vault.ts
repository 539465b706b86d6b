import { totpCode } from '../../bundle/totp.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Calls } from '../protocol.ts'
import { answerByCard, answerByKey, readDrill } from './answer-drill.ts'
import { makeCeremonyCalls } from './ceremony-calls.ts'
import { compareWithLedger } from './compare-with-ledger.ts'
import { exportAs } from './export-as.ts'
import { GivingWay } from './give-way.ts'
import { type Glass, openGlass } from './open-glass.ts'
import { blobOf } from './read-blob.ts'
import { makeIndex, type SearchIndex } from './search-index.ts'
import { rowOf, secretOf, shownOf } from './show.ts'

/** All that the page may ask. What needs an open bundle is refused before. */
export function makeVault(nowMs: () => number): Calls {
  const way = new GivingWay(nowMs)
  let glass: Glass | undefined
  let index: SearchIndex | undefined
  let found: Uint32Array = new Uint32Array(0)

  const open = (): Glass => {
    if (glass === undefined) throw new RedomaError('INTERNAL', 'no bundle is open')
    return glass
  }
  const recordAt = (at: number) => open().credentials.record(at)
  const rows = (from: number, count: number) => {
    way.asked()
    const { listed } = open().credentials
    return Array.from(found.subarray(from, from + count), (at) => rowOf(at, listed[at]))
  }

  return {
    async open(request) {
      glass = await openGlass(request, way)
      index = makeIndex(glass.credentials.listed)
      return glass.opened
    },
    verify: () => way.inBackground(() => open().bundle.verify(new AbortController().signal)),
    async search(text, count) {
      found = index?.search(text) ?? found
      return { count: found.length, rows: rows(0, count) }
    },
    rows: async (from, count) => rows(from, count),
    show: async (at) => shownOf(at, recordAt(at)),
    reveal: async (at, secret) => secretOf(recordAt(at), secret),
    async code(at, nowMs) {
      const { totp } = recordAt(at)
      if (totp === undefined) throw new RedomaError('NOT_FOUND', 'this credential has no TOTP seed')
      return totpCode(totp, new Date(nowMs))
    },
    async attachment(at, position) {
      const attachment = recordAt(at).attachments[position]
      if (attachment === undefined) throw new RedomaError('NOT_FOUND', 'there is no such attachment')
      return blobOf(attachment.open())
    },
    file: async (path) => blobOf(open().bundle.read(path)),
    exportAs: async (form) => blobOf(exportAs(form, open().credentials)),
    async drill(file) {
      const { instance, generation, expires } = await readDrill(file)
      return { instance, generation, expires }
    },
    answerByCard,
    answerByKey,
    ...makeCeremonyCalls(),
    compareWithLedger: async (ledger, bundleName) => compareWithLedger(open(), ledger, bundleName),
  }
}
