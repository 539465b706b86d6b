import type { SyslogFacility, SyslogSpec } from '../../ports/channel.ts'
import type { Severity } from '../../ports/events.ts'
import type { Notice } from '../../ports/notice.ts'
import { plainNotice } from '../plain-words.ts'
import { bodyOf } from './bodies.ts'

/** What every receiver takes in a datagram (RFC 5424, 6.1: it should), and what rsyslog takes in a frame unless it is told otherwise. */
const mostBytes = { udp: 2048, tcp: 8192, tls: 8192 } as const
/** How much of each word is kept, the first that fits. */
const measures = [4096, 2048, 1024, 512, 256, 128, 64, 32] as const

/** One syslog message, RFC 5424, no longer than receivers take it. */
export function messageOf(spec: SyslogSpec, notice: Notice, version: string): Buffer {
  const limit = mostBytes[spec.transport]
  for (const bytes of measures) {
    const message = render(spec, plainNotice(notice, bytes), version)
    if (message.length <= limit) return message
  }
  return render(spec, plainNotice({ ...notice, fields: {} }, 32), version)
}

function render({ format, facility }: SyslogSpec, notice: Notice, version: string): Buffer {
  const { structuredData, message } = bodyOf(format, notice, version)
  const priority = facilities[facility] * 8 + levels[notice.severity]
  const header = `<${priority}>1 ${notice.at.toISOString()} ${headerWord(notice.instance.host)} redoma - ${notice.event}`
  return Buffer.from(`${header} ${structuredData} ${message}`)
}

/** Printable ASCII without a blank, or `-` for nothing. */
function headerWord(text: string): string {
  const word = text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, 255)
  return word === '' ? '-' : word
}

const levels: Readonly<Record<Severity, number>> = { critical: 2, error: 3, warning: 4, info: 6 }

const facilities: Readonly<Record<SyslogFacility, number>> = {
  ...{ daemon: 3, auth: 4, authpriv: 10, local0: 16, local1: 17, local2: 18 },
  ...{ local3: 19, local4: 20, local5: 21, local6: 22, local7: 23 },
}
