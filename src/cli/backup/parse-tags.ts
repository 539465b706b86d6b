import { RedomaError } from '../../core/errors.ts'
import { parseTagList } from './retention-rules.ts'

/**
 * Tags as people give them: `a`, or `a,b` as restic reads it.
 *
 * @throws RedomaError `USAGE` for those by which Redoma tells its own
 */
export function parseTags(texts: readonly string[]): readonly string[] {
  const tags = new Set(texts.flatMap(parseTagList))
  for (const tag of tags) {
    if (tag === '') throw new RedomaError('USAGE', 'a tag is empty')
    if (tag !== 'redoma' && !tag.startsWith('source:')) continue
    throw new RedomaError('USAGE', `${tag} is a tag that Redoma gives: choose another`)
  }
  return [...tags]
}
