/**
 * The command that starts the client under test, once for each rule.
 */
import { withTimeout } from "../deadline.ts";
import { errorCode, Fault, isFault } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import { endGroup } from "../io/process-group.ts";

/** The words in braces that are replaced in the command's arguments. */
export interface Places {
  readonly host: string;
  readonly port: string;
  /** The authority that signed both certificates. */
  readonly ca: string;
  /** The client's certificate, and its key. */
  readonly cert: string;
  readonly key: string;
  /** The folder that holds these files. */
  readonly dir: string;
}

/** How the client ended: an exit code, or the name of a signal. */
export type ClientEnd = number | NodeJS.Signals;

export interface RunningClient extends AsyncDisposable {
  /** Returns how it ended; undefined if it still runs after the time limit. */
  ended(seconds: number): Promise<ClientEnd | undefined>;
  /** Returns the last line that it wrote to stderr, printable; "" if there is none. */
  lastWords(): Promise<string>;
}

/** How long the end of stderr is awaited after the end of the client, in seconds. */
const STDERR_TIMEOUT = 1;

/** Characters of stderr that are kept. */
const MAX_KEPT = 2000;

/** Returns the command with its places filled in. */
export function fillPlaces(command: readonly string[], places: Places): readonly string[] {
  const values: ReadonlyMap<string, string> = new Map(Object.entries(places));
  return command.map((word) =>
    word.replace(/\{(\w+)\}/g, (place, name) => values.get(name) ?? place),
  );
}

/** Starts the client; throws a usage fault if that is impossible. */
export function startClient(command: readonly string[], signal: AbortSignal): RunningClient {
  const child = spawn(command);
  let stderr = "";
  const reading = keepEnd(child.stderr, (text) => {
    stderr = (stderr + text).slice(-MAX_KEPT);
  });
  const end = () => endGroup(child, "SIGKILL");
  // Without its disposal, as after a second SIGINT, nothing else would end it.
  process.on("exit", end);
  return {
    async ended(seconds) {
      try {
        await withTimeout({ seconds, step: "the client", signal }, child.exited);
      } catch (thrown) {
        if (isFault(thrown, "timedOut")) {
          return undefined;
        }
        throw thrown;
      }
      return child.signalCode ?? child.exitCode ?? undefined;
    },
    async lastWords() {
      // A grandchild may keep the stream open for ever.
      await withTimeout({ seconds: STDERR_TIMEOUT, step: "stderr" }, reading).catch(
        () => undefined,
      );
      return printable(stderr.trimEnd().split("\n").at(-1) ?? "");
    },
    async [Symbol.asyncDispose]() {
      process.off("exit", end);
      end();
      await child.exited;
    },
  };
}

function spawn(command: readonly string[]) {
  try {
    return Bun.spawn([...command], {
      env: process.env,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      // A group of its own, which is ended as a whole: a script's programs would outlive it.
      detached: true,
    });
  } catch (cause) {
    const [path = ""] = command;
    const reason = errorCode(cause) === "ENOENT" ? "missing" : "notExecutable";
    throw new Fault("commandUnusable", { setting: "<command>", path, reason }, { cause });
  }
}

async function keepEnd(
  stream: ReadableStream<Uint8Array>,
  keep: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    keep(decoder.decode(bytes, { stream: true }));
  }
}
