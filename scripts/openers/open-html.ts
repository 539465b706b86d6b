import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { twins } from './twins.ts'

const opener = join(import.meta.dirname, '../../src/opener')

interface BuildOptions {
  /** Of what a ceremony in the page wraps, where it is not to be as everywhere: tests take less than people. */
  readonly scryptLogN?: number
}

/**
 * `open.html`: one file with everything in it, whose content security policy allows this one script and this one style sheet, by their
 * hashes, and nothing from anywhere else. The same sources give the same bytes, wherever they lie.
 */
export async function buildOpenHtml({ scryptLogN }: BuildOptions = {}): Promise<Uint8Array> {
  const wordlist = await readFile(join(opener, '../bundle/ceremony/wordlist.txt'), 'utf8')
  const workerSource = await bundle('worker/worker.ts', {
    WORDLIST: JSON.stringify(wordlist.trim().replaceAll('\n', ' ')),
    SCRYPT_LOG_N: String(scryptLogN),
  })
  const template = await readFile(join(opener, 'page/open.html'), 'utf8')
  const script = await bundle('page/main.ts', {
    WORKER_SOURCE: JSON.stringify(workerSource),
    TEMPLATE: JSON.stringify(template),
  })
  const style = await readStyle()
  const html = fill(template, { policy: policyFor(script, style), style, script })
  return new TextEncoder().encode(html)
}

/** The style sheets, in the order of their names. */
async function readStyle(): Promise<string> {
  const folder = join(opener, 'page/style')
  const names = (await readdir(folder)).toSorted()
  const sheets = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return sheets.join('\n').trim()
}

/** One classic script of a module and all that it imports. */
async function bundle(entry: string, define: Record<string, string>): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: opener,
    define,
    plugins: [twins(), refuseForeign()],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: join(opener, entry), output: { format: 'iife' } },
    },
  })
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []))
  const [only, ...others] = outputs
  if (only?.type !== 'chunk' || others.length > 0) throw new Error(`${entry} did not become one script`)
  return withoutMarkup(only.code.trim())
}

/** What no browser has would be found when somebody needs the page. */
function refuseForeign(): Plugin {
  return {
    name: 'refuse-foreign',
    generateBundle(_options, outputs) {
      for (const output of Object.values(outputs)) {
        if (output.type !== 'chunk') continue
        const foreign = /\bBuffer\.|\bprocess\.|\brequire\(|\bimport\(|\bWebAssembly\b|\beval\(/.exec(
          output.code,
        )
        if (foreign !== null) {
          const { index } = foreign
          throw new Error(`${output.fileName} has: ${output.code.slice(Math.max(0, index - 80), index + 80)}`)
        }
      }
    },
  }
}

/** Inside a script element, these would end it. Both only ever stand in strings and patterns of ours, where the escape means the same. */
function withoutMarkup(code: string): string {
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}

function policyFor(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashSource(script)}'`,
    `style-src '${hashSource(style)}'`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types opener',
  ].join('; ')
}

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function fill(template: string, values: Record<string, string>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the template wants ${name}`)
    return value
  })
}
