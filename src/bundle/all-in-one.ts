import { toBase64 } from '../core/base64.ts'
import { concatBytes, utf8Text } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'

/** A file that lies in the page itself. */
export interface EmbeddedFile {
  /** A plain file name: the page tells bundles and identities by it. */
  readonly name: string
  readonly content: Uint8Array
}

/** For `grep -vE`: the lines that are blocks, and nothing else. */
export const linesOfFiles =
  '^<script type="application/octet-stream" data-name="[A-Za-z0-9._-]+">[A-Za-z0-9+/=]*</script>$'

/** Where the page has room for files. */
const room = '<!--files-->'

/**
 * `open.html` with a bundle in it, and what else it takes to open that: for a stick on which nothing can be forgotten.
 *
 * The files are data blocks, which no browser runs. The page's policy names one script and one style sheet by their hashes, and these
 * stay as they are, so the policy does. Each block is a line of its own: without them it is `open.html` again, to the byte, and
 * its SHA-256 can be compared. `linesOfFiles` matches whole lines: what only begins as a block does could end as a script that runs.
 *
 * @throws RedomaError `FORMAT_UNKNOWN` when this is no `open.html`, `USAGE` for a name that is not plain
 */
export function buildAllInOne(openHtml: Uint8Array, files: readonly EmbeddedFile[]): Uint8Array {
  const html = utf8Text(openHtml)
  const at = html.indexOf(room)
  if (at < 0) throw new RedomaError('FORMAT_UNKNOWN', 'this is not an open.html that has room for files')
  const encoder = new TextEncoder()
  const parts = files.map(({ name, content }) => {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(name)) {
      throw new RedomaError('USAGE', `${JSON.stringify(name)} is not a plain name of a file`)
    }
    return encoder.encode(
      `<script type="application/octet-stream" data-name="${name}">${toBase64(content)}</script>\n`,
    )
  })
  return concatBytes([encoder.encode(html.slice(0, at)), ...parts, encoder.encode(html.slice(at))])
}
