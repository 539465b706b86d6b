import { RedomaError } from '../../core/errors.ts'
import { isChunkerPolynomial, randomPolynomial } from '../chunking/polynomial.ts'
import { countIn, fieldsOf, textIn } from '../encoding/fields.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { isId, randomId } from '../ids.ts'

/** What the file `config` of a repository says: an envelope with plain JSON, never compressed. */
export interface RepositoryConfig {
  readonly version: 2
  /** 64 hex digits, the identity of the repository; not the name of a file. */
  readonly id: string
  readonly chunkerPolynomial: bigint
}

export const maxConfigBytes = 64 * 1024

/** @param chunkerPolynomial of another repository, to cut files as that does */
export function newConfig(chunkerPolynomial: bigint = randomPolynomial()): RepositoryConfig {
  return { version: 2, id: randomId(), chunkerPolynomial }
}

export function encodeConfig(config: RepositoryConfig): Uint8Array {
  const polynomial = config.chunkerPolynomial.toString(16)
  const json = { version: config.version, id: config.id, chunker_polynomial: polynomial }
  return new Uint8Array(Buffer.from(JSON.stringify(json)))
}

/** @throws RedomaError `DATA_DAMAGED`; `FORMAT_UNKNOWN` when it is of another version than 2 */
export function decodeConfig(json: Uint8Array): RepositoryConfig {
  const fields = fieldsOf(parseJson(json))
  const version = countIn(fields, 'version')
  const id = textIn(fields, 'id')
  const polynomial = textIn(fields, 'chunker_polynomial')
  if (!isId(id) || !/^[0-9a-f]{1,16}$/.test(polynomial)) {
    throw new RedomaError('DATA_DAMAGED', 'the configuration of the repository is damaged')
  }
  if (version !== 2) throw unknownVersion(version)
  const chunkerPolynomial = BigInt(`0x${polynomial}`)
  if (!isChunkerPolynomial(chunkerPolynomial)) {
    throw new RedomaError('DATA_DAMAGED', 'the polynomial of the repository is not irreducible')
  }
  return { version, id, chunkerPolynomial }
}

function unknownVersion(version: number): RedomaError {
  return new RedomaError('FORMAT_UNKNOWN', `the repository has format version ${version}, expected 2`, {
    hint: version === 1 ? 'Bring it up to date with: restic migrate upgrade_repo_v2' : undefined,
  })
}
