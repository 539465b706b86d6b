import { type PlacedAttachment, placeAttachmentsOf } from './attachment-paths.ts'
import type { BundleInput } from './bundle-input.ts'
import { type UniqueRecord, withUniqueIds } from './credential-ids.ts'
import type { Manifest } from './manifest.ts'

/** What is known of all records when they have been gone through once; each time that this is done costs a second of a hundred thousand. */
export interface Survey {
  readonly counts: Manifest['counts']
  /** Names, each once. */
  readonly folders: ReadonlySet<string>
  readonly attachments: readonly PlacedAttachment[]
}

export interface SurveyInProgress {
  /** All records, once; the survey is complete when they have been read to the end. */
  records(): Iterable<UniqueRecord>
  result(): Survey
}

export function surveyRecords(input: Pick<BundleInput, 'records'>): SurveyInProgress {
  const folders = new Set<string>()
  const attachments: PlacedAttachment[] = []
  const sources = new Map<string, number>()
  let formerSecrets = 0
  return {
    *records() {
      let number = 0
      for (const { source } of input.records) sources.set(source, (sources.get(source) ?? 0) + 1)
      for (const unique of withUniqueIds(input.records)) {
        const { record } = unique
        number++
        formerSecrets += record.history.length
        if (record.folder !== undefined) folders.add(record.folder)
        attachments.push(...placeAttachmentsOf(record, number))
        yield unique
      }
    },
    result: () => ({
      counts: {
        credentials: input.records.length,
        formerSecrets,
        attachments: attachments.length,
        sources: Object.fromEntries(sources),
      },
      folders,
      attachments,
    }),
  }
}
