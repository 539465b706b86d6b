import { type SyslogSpec, whereTo } from '../../ports/channel.ts'
import type { Channel } from '../../ports/notice.ts'
import { inTime } from '../in-time.ts'
import { messageOf } from './message.ts'
import { sendDatagram, sendOverStream, type TlsMaterial } from './send.ts'

export interface SyslogDeps {
  /** Of Redoma. */
  readonly version: string
  /** For TLS. */
  readonly tls: TlsMaterial
  readonly patienceMs?: number
}

/** A SIEM: one message a notice, one connection a message, as there are few, and an old connection may be dead without a sign. */
export function syslogChannel(spec: SyslogSpec, { version, tls, patienceMs = 20_000 }: SyslogDeps): Channel {
  const { host, port, transport } = spec
  const where = whereTo(spec)
  return {
    deliver: (notice, signal) =>
      inTime(where, patienceMs, signal, async (limited) => {
        const message = messageOf(spec, notice, version)
        if (transport === 'udp') {
          await sendDatagram({ host, port }, message, limited)
          return `sent in ${message.length} bytes; by UDP nothing says whether it arrived`
        }
        await sendOverStream({ host, port }, transport === 'tls' ? tls : undefined, message, limited)
        return `read to its end, ${message.length} bytes`
      }),
  }
}
