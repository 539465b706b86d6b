import type { S3Spec } from '../../ports/destination-spec.ts'

type Where = Pick<S3Spec, 'endpoint' | 'bucket' | 'prefix' | 'style'>
export type Query = Readonly<Record<string, string>>

/** The key of an object, or the beginning of keys. */
export function keyOf({ prefix }: Pick<S3Spec, 'prefix'>, name: string): string {
  return prefix === '' ? name : `${prefix}/${name}`
}

/** URL of the object of a key, or of the bucket itself (`''`). */
export function locate({ endpoint, bucket, style }: Where, key: string, query: Query = {}): URL {
  const url = new URL(endpoint)
  const inBucket = style === 'path' ? [bucket, ...partsOf(key)] : partsOf(key)
  if (style === 'virtual') url.hostname = `${bucket}.${url.hostname}`
  url.pathname = `/${inBucket.map(encode).join('/')}`
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`)
  url.search = pairs.join('&')
  return url
}

function partsOf(key: string): string[] {
  return key === '' ? [] : key.split('/')
}

/** As signatures want it (RFC 3986): a `+` that stays one is taken for a blank by some. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
