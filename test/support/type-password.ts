/** Types the password at the prompt of `age`, which takes it from a terminal only. */
export const typePassword = `
import os, pty, sys, time
password, command = os.environb[b"PASSWORD"], sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
seen = b""
while b"passphrase" not in seen:
    seen += os.read(terminal, 1024)
time.sleep(0.2)
os.write(terminal, password + b"\\n")
try:
    while os.read(terminal, 1024): pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
