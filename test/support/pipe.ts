/**
 * A pipe and a socket that are not read at first: they take as many bytes as they hold.
 */
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, type Program, start } from "./processes.ts";

export interface Unread extends AsyncDisposable {
  /** The command with its stderr in it. */
  readonly withStderr: (command: readonly string[]) => readonly string[];
  /** Begins to read; the reader prints all that it reads to its stdout. */
  readonly read: () => Program;
}

export async function makeUnreadPipe(): Promise<Unread> {
  const folder = makeFolder();
  const path = join(folder.path, "pipe");
  Bun.spawnSync(["mkfifo", path]);
  // For reading too, because opening a pipe for writing needs a reader.
  const held = openSync(path, constants.O_RDWR);
  let reader: Program | undefined;
  return {
    withStderr: (command) => ["sh", "-c", 'exec 2>"$0" && exec "$@"', path, ...command],
    read() {
      reader = start(["cat", path]);
      return reader;
    },
    async [Symbol.asyncDispose]() {
      closeSync(held);
      await reader?.[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Accepts one connection, and begins to read it when its own stdin ends. */
const READER = `
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listening", file=sys.stderr, flush=True)
connection, _ = listener.accept()
sys.stdin.read()
while data := connection.recv(65536):
    sys.stdout.buffer.write(data)
    sys.stdout.flush()
`;

const WRITER = `
import os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
os.dup2(connection.fileno(), 2)
os.execvp(sys.argv[2], sys.argv[2:])
`;

export async function makeUnreadSocket(): Promise<Unread> {
  const folder = makeFolder();
  const path = join(folder.path, "socket");
  const reader = start(["python3", "-c", READER, path]);
  await reader.stderr.next(/^listening$/);
  return {
    withStderr: (command) => ["python3", "-c", WRITER, path, ...command],
    read() {
      reader.closeInput();
      return reader;
    },
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}
