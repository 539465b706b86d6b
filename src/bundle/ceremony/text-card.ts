import type { NewShare } from './make-key.ts'
import { schemeWords } from './recovery-card.ts'
import type { RecoveryKey } from './recovery-key.ts'
import { numberedWords } from './share-words.ts'
import { readableFingerprint } from './wrap-identity.ts'

/** `card-<number>.txt`: one guardian's share, to be printed and then destroyed. It is a secret. */
export function textCard({ number, group, words }: NewShare, key: RecoveryKey): string {
  const { quorum, fingerprint, heldAt, instanceName = '' } = key
  const count = quorum?.shares.shares.length ?? 0
  const ofGroup = quorum?.shares.groups.length === 1 ? '' : ` (${quorum?.shares.groups[group]?.name ?? ''})`
  return `SHARE ${number} OF ${count}${ofGroup} of the recovery key of ${instanceName}
Set ${quorum?.shares.identifier ?? ''}, made on ${heldAt.toISOString().slice(0, 10)}

${numberedWords(words)
  .map((line) => `    ${line}`)
  .join('\n')}

Needed to open anything: ${quorum === undefined ? '' : schemeWords(quorum.shares)}.
Keep this where only you get at it. Tell the words to nobody, also not in a drill: a drill asks for a code that
"redoma glass drill open" or the page open.html makes from them on your own machine.

Fingerprint of the recovery key:

    ${readableFingerprint(fingerprint).slice(0, 39)}
    ${readableFingerprint(fingerprint).slice(40)}
`
}
