import { RedomaError } from '../../core/errors.ts'
import {
  defaultPruneOptions,
  type PruneOptions,
  type UnusedLimit,
} from '../../repository/pruning/prune-options.ts'
import { parseSize } from '../parse.ts'

export interface PruneWords {
  readonly maxUnused?: string
  readonly maxRepackSize?: string
}

/** @throws RedomaError `USAGE` */
export function parsePruneOptions({ maxUnused, maxRepackSize }: PruneWords): PruneOptions {
  return {
    maxUnused: maxUnused === undefined ? defaultPruneOptions.maxUnused : parseUnusedLimit(maxUnused),
    maxRepackBytes: maxRepackSize === undefined ? Infinity : parseSize(maxRepackSize),
  }
}

/** `5%`, `2G`, `unlimited`. */
function parseUnusedLimit(text: string): UnusedLimit {
  if (text === 'unlimited') return { kind: 'unlimited' }
  if (!text.endsWith('%')) return { kind: 'bytes', bytes: parseSize(text) }
  const percent = Number(text.slice(0, -1))
  if (/^\d{1,3}(\.\d+)?%$/.test(text) && percent <= 100) return { kind: 'percent', percent }
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is not a share`, {
    hint: 'Shares look like 5%, sizes like 2G; or say unlimited.',
  })
}
