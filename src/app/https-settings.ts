import { isIP } from 'node:net'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { RedomaError } from '../core/errors.ts'
import { keptFile } from './kept-file.ts'

const schemaName = 'redoma-https/1'
const path = z.string().max(4096).refine(isAbsolute, 'is not an absolute path')

/** A host name in small letters, or an address without brackets. */
export const hostName = z
  .string()
  .max(253)
  .refine((text) => isIP(text) !== 0 || /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(text), {
    message: 'is neither a host name in small letters nor an address',
  })

/** `192.0.2.7`, `2001:db8::/32`. */
export const proxyAddress = z.string().refine(isAddressOrNetwork, {
  message: 'is neither an address nor a network such as 192.0.2.0/24',
})

const httpsSettings = z.strictObject({
  schema: z.literal(schemaName),
  host: hostName,
  port: z.int().min(0).max(65_535),
  /** Both, or neither: then the instance makes its own. */
  files: z.strictObject({ certificate: path, key: path }).optional(),
  /** By which it is called, beside those that the certificate is for. */
  names: z.array(hostName).max(100),
  /** Whose `X-Forwarded-For` is believed. */
  proxies: z.array(proxyAddress).max(100),
})

/** Where, as whom and for whom the API is served by HTTPS. */
export type HttpsSettings = Readonly<Omit<z.output<typeof httpsSettings>, 'schema'>>

export interface KeptHttps {
  /** @throws RedomaError `FILE_FAILED`, `DATA_DAMAGED` */
  read(): Promise<HttpsSettings | undefined>
  /** `undefined`: nowhere. @throws RedomaError `FILE_FAILED` */
  write(settings: HttpsSettings | undefined): Promise<void>
}

/**
 * In the instance's folder, and not in the catalogue: which port of a machine is open is decided on that machine, not by who can change a database that several
 * nodes share.
 */
export function keptHttps(home: string): KeptHttps {
  const file = join(home, 'https.json')
  const kept = keptFile(file)
  return {
    async read() {
      const text = await kept.read()
      return text === undefined ? undefined : parsed(text, file)
    },
    write: (settings) =>
      kept.write(
        settings === undefined
          ? undefined
          : `${JSON.stringify({ schema: schemaName, ...settings }, undefined, 2)}\n`,
      ),
  }
}

function parsed(text: string, file: string): HttpsSettings {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(file, 'no JSON', error)
  }
  const found = httpsSettings.safeParse(value)
  if (!found.success) {
    const [issue] = found.error.issues
    throw damaged(file, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`, found.error)
  }
  const { host, port, files, names, proxies } = found.data
  return { host, port, ...(files === undefined ? {} : { files }), names, proxies }
}

function damaged(file: string, why: string, cause: unknown): RedomaError {
  return new RedomaError('DATA_DAMAGED', `${file} does not say where to listen (${why})`, {
    hint: 'redoma config https writes it anew.',
    cause,
  })
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
