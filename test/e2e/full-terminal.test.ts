/**
 * Printing to a terminal that takes only a part of the text: another program has made it
 * non-blocking, for all programs that share it, and its window shows text slowly.
 */
import { expect, test } from "bun:test";
import { run, runTlslp, tlslp } from "../support/processes.ts";

/**
 * Runs a command on such a terminal and prints its output. The arguments are the room that the
 * terminal has at first, in bytes, and the command. It waits for fixed times, because no event
 * tells when written text can be read, nor when the command has filled the room.
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

test("a result is printed once and whole, even if the terminal first has room for a part", async () => {
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
