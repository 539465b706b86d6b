import { execFileSync } from 'node:child_process'
import { z } from 'zod'

export type ReadMail = z.output<typeof readMail>

const readMail = z.object({
  /** By their names in small letters, decoded, each as often as it is there. */
  headers: z.record(z.string(), z.array(z.string())),
  kinds: z.array(z.string()),
  text: z.string(),
  html: z.string(),
  /** What the parser found wrong with it. */
  defects: z.array(z.string()),
})

/** As Python's `email` reads them, which knows nothing of how they were written. */
export function readMails(mails: readonly string[]): ReadMail[] {
  const read = execFileSync('python3', ['-c', program], { input: JSON.stringify(mails), encoding: 'utf8' })
  return z.array(readMail).parse(JSON.parse(read))
}

const program = `
import email, email.policy, json, sys
def read(text):
    mail = email.message_from_bytes(text.encode(), policy=email.policy.default)
    headers = {}
    for name, value in mail.items():
        headers.setdefault(name.lower(), []).append(str(value))
    parts = list(mail.walk())
    def body(kind):
        part = mail.get_body((kind,))
        return part.get_content() if part else ''
    defects = [repr(d) for part in parts for d in part.defects]
    return dict(headers=headers, kinds=[p.get_content_type() for p in parts], text=body('plain'), html=body('html'), defects=defects)
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
`
