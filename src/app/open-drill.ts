import type { DrillFile } from '../bundle/drill/drill-file.ts'
import { type Answer, answerByShare, answerForWhole } from '../bundle/drill/open-challenge.ts'
import type { Secret } from '../core/secret.ts'
import type { Primitives } from '../crypto/primitives.ts'
import type { Share } from '../crypto/slip39/parse-share.ts'

export type DrillKey =
  | { readonly kind: 'share'; readonly share: Share }
  | { readonly kind: 'identities'; readonly identities: readonly Secret[] }

/**
 * Opens the question of a drill that is for this key: anywhere, with no instance. Nothing else is opened by it.
 *
 * @throws RedomaError `KEY_WRONG`
 */
export type OpenDrill = (drill: DrillFile, key: DrillKey) => Promise<Answer>

export function makeOpenDrill({ primitives }: { readonly primitives: Primitives }): OpenDrill {
  return (drill, key) =>
    key.kind === 'share'
      ? answerByShare(drill, key.share, primitives)
      : answerForWhole(drill, key.identities, primitives)
}
