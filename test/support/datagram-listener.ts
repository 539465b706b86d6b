import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface DatagramListener extends AsyncDisposable {
  readonly name: string
  /** The next datagram, and the process that the kernel says it is of. */
  next(): Promise<{ readonly from: number; readonly text: string }>
}

/** Listens as systemd does, with the sender's number from the kernel; a name that begins with `@` is of an abstract socket. */
const listen = `
import array, json, socket, struct, sys
name = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind("\\0" + name[1:] if name.startswith("@") else name)
print("bound", flush=True)
while sys.argv[2] == "hear":
    data, extra, _, _ = s.recvmsg(65536, socket.CMSG_SPACE(12))
    pid = struct.unpack("3i", extra[0][2])[0]
    print(json.dumps({"from": pid, "text": data.decode()}), flush=True)
sys.stdin.read()
`

/** A process that hears datagrams at a socket, or only has one and takes nothing. */
export async function listenForDatagrams(
  name: string,
  how: 'hear' | 'take-nothing',
): Promise<DatagramListener> {
  const child = spawn('python3', ['-c', listen, name, how], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.value !== 'bound') throw new Error('the listener could not be started')
  return {
    name,
    async next() {
      const { value } = await lines.next()
      return JSON.parse(String(value)) as { from: number; text: string }
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}
