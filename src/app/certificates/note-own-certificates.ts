import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type ShownCertificate, shownOf } from '../../core/shown-certificate.ts'
import type { Catalogue } from '../../ports/catalogue.ts'
import type { NoteCertificate } from './note-certificate.ts'

export interface NoteOwnCertificatesDeps {
  readonly catalogue: Pick<Catalogue, 'channels' | 'serverCertificate'>
  readonly noteCertificate: NoteCertificate
  readonly machine: string
  /** By which the API is served here, and the path of its file: empty where Redoma makes it. Absent: it is not. */
  readonly api: (() => ShownCertificate & { readonly place: string }) | undefined
}

/**
 * Notes the certificates that this machine has, and the one that the server of the catalogue has shown: those that are seen without asking anybody. What others
 * show is noted when they are spoken to.
 *
 * @returns whether any is another than before
 */
export function makeNoteOwnCertificates(deps: NoteOwnCertificatesDeps): () => Promise<boolean> {
  const { catalogue, noteCertificate, machine } = deps

  async function noteOfChannels(): Promise<readonly boolean[]> {
    const channels = await catalogue.channels.list()
    return Promise.all(
      channels.map(async ({ id, spec }) => {
        if (spec.kind !== 'syslog' || spec.certificateFile === undefined) return false
        const found = await readIn(spec.certificateFile)
        if (found === undefined) return false
        return noteCertificate({ of: 'channel-client', id, machine }, spec.certificateFile, found)
      }),
    )
  }

  return async () => {
    const api = deps.api?.()
    const server = catalogue.serverCertificate()
    const changes = [
      await noteCertificate({ of: 'api', id: '', machine }, api?.place ?? '', api),
      await noteCertificate({ of: 'catalogue', id: '', machine: '' }, server?.place ?? '', server),
      ...(await noteOfChannels()),
    ]
    return changes.includes(true)
  }
}

/** One that cannot be read is told of by the channel, which then takes nothing. */
async function readIn(path: string): Promise<ShownCertificate | undefined> {
  try {
    return shownOf(new X509Certificate(await readFile(path)))
  } catch {
    return undefined
  }
}
