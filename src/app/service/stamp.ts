import { createHash } from 'node:crypto'

const words =
  '# Written by "redoma install", which writes it anew when the configuration asks for more or less.\n# Changes of your own: systemctl edit redoma. SHA-256 of what follows this line: '

/** With a head that tells later whether somebody changed it by hand. */
export function stamped(text: string): string {
  return `${words}${sha256(text)}\n${text}`
}

/** What a unit file that lies there is: written by us and left alone, or anything else. */
export function isOurs(file: string): boolean {
  if (!file.startsWith(words)) return false
  const rest = file.slice(words.length)
  const [hash = ''] = rest.split('\n', 1)
  return hash === sha256(rest.slice(hash.length + 1))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
