/**
 * What is printed to a terminal that takes only a part of it: somebody made it non-blocking, which
 * holds for all who share it, and whoever should show it is slow.
 */
import { expect, test } from "bun:test";
import { run, runTlslp, tlslp } from "../support/processes.ts";

/**
 * Runs a command on such a terminal and prints what comes out of it: argv holds the bytes that are
 * left in it at first, and the command. Nothing tells when the system is done moving what was
 * written to where the other side can read it, nor when the command met the end of the room.
 */
const SLOW_TERMINAL = `
import os, pty, subprocess, sys, time, tty

def open_terminal():
    reader, writer = pty.openpty()
    tty.setraw(writer)
    os.set_blocking(writer, False)
    return reader, writer

def fill(writer, most):
    filled = refusals = 0
    while filled < most and refusals < 5:
        try:
            filled += os.write(writer, bytes(min(64, most - filled)))
            refusals = 0
        except BlockingIOError:
            refusals += 1
            time.sleep(0.01)
    return filled

capacity = fill(open_terminal()[1], 1 << 20)
reader, writer = open_terminal()
rest = fill(writer, capacity - int(sys.argv[1]))
program = subprocess.Popen(sys.argv[2:], stdout=writer)
os.close(writer)
time.sleep(0.3)
while True:
    try:
        data = os.read(reader, 65536)
    except OSError: # the last writer is gone
        break
    sys.stdout.buffer.write(data[rest:])
    rest = max(0, rest - len(data))
sys.exit(program.wait())
`;

test("a result that finds room for a part of it is printed once, and whole", async () => {
  const command = ["verify", "a", "AAACR", "8"];
  const { stdout: result } = await runTlslp(command);
  const room = 20;
  expect(result.length).toBeGreaterThan(room);

  const { code, stdout, stderr } = await run([
    "python3",
    "-c",
    SLOW_TERMINAL,
    `${room}`,
    tlslp(),
    ...command,
  ]);

  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: result, stderr: "" });
});
