import { readFile } from 'node:fs/promises'

/**
 * What tells this machine from another that is rebuilt under its name, or of which it is a copy: its name, and machine-id(5), which containers often lack. A container that
 * is made anew under a name of its own is another machine.
 */
export async function machineIdentity(name: string): Promise<string> {
  const id = await readFile('/etc/machine-id', 'utf8').catch(() => '')
  return `${name}/${id.trim()}`
}
