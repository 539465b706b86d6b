import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { programMissing } from './programs.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { until } from './until.ts'

/** Whether a real nginx cannot be had. */
export function nginxMissing(): boolean {
  return programMissing('nginx')
}

/**
 * A real nginx with this server block, in a folder of its own.
 *
 * @param port that the block listens at, of 127.0.0.1
 */
export async function startNginx(server: string, port: number): Promise<AsyncDisposable> {
  await using made = new AsyncDisposableStack()
  const folder = made.use(await temporaryFolder())
  const at = (name: string): string => join(folder.path, name)
  await mkdir(at('temporary'))
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const places = kinds.map((kind) => `${kind}_temp_path ${at('temporary')};`)
  await writeFile(
    at('nginx.conf'),
    // One process: who ends it, ends all of it.
    `daemon off; master_process off; pid ${at('pid')}; error_log stderr warn;
    events { worker_connections 256; }
    http { access_log off; ${places.join(' ')}
      ${server}
    }\n`,
  )
  const child = spawn('nginx', ['-p', folder.path, '-c', at('nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  made.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  await until('nginx answers', async () => {
    if (child.exitCode !== null) throw new Error(`nginx has ended: ${said}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    return isThere || undefined
  })
  return made.move()
}
