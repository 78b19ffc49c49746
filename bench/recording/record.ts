/**
 * Records what somebody sees who has never used the tool: types commands into a real terminal, with
 * the mistakes that a newcomer makes, and writes down what the terminal shows, as asciinema does
 * (https://docs.asciinema.org/manual/asciicast/v2/).
 *
 *   bun bench/recording/record.ts EXECUTABLE CAST
 *
 * How long the searches take is luck. It exits with 75 when they were not worth watching: too short
 * to show any progress, or too long for a picture; then the next try may be better.
 */
import { writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { openStage, SIZE, type Stage } from "./stage.ts";

const [executable = "dist/tlslp", cast = "docs/session.cast"] = process.argv.slice(2);

/** sysexits(3): try again. */
const EX_TEMPFAIL = 75;
/** Where the server of the story listens, because it is not told otherwise. */
const PORT = 1234;
/** Seconds. */
const READING = 1.5;
/** The longest story that anybody watches, in seconds. */
const MAX_LENGTH = 40;
/** A search that is found at once shows none. */
const PROGRESS = /[1-9]\.\d % likely by now/;

class NotWorthWatching extends Error {}

/** The story. The client's terminal is there from the beginning; the server's opens below it. */
async function play({ type, shows, ends, split }: Stage): Promise<void> {
  await type("client", "# tlslp is one file: put it into your PATH, and that is all");
  await type("client", "tlslp --help");
  await expect(ends("client", /make a private CA/));
  await pause(2 * READING);
  await type("client", "clear");

  await type("client", "tlslp solve gkcjcibIFynKssuJnJpSrgva 28");
  await enjoy(ends("client", PROGRESS));
  await shows("client", /^RESULT:/m);
  await pause(READING);

  await type("client", "tlslp server");
  await expect(ends("client", /hint: tlslp certs/));
  await pause(READING);
  await type("client", "tlslp certs");
  await expect(ends("client", /client-key/));
  await pause(READING);

  await type("client", "clear");
  split();
  await pause(READING / 2);
  await type("server", "tlslp server");
  await shows("server", /^listening on /m);
  await pause(READING / 2);

  await type("client", "tlslp client --port 1234");
  await expect(ends("client", /did you mean --ports\?/));
  await pause(READING);
  await type("client", "tlslp client --ports 1234");
  await enjoy(ends("client", PROGRESS));
  await shows("client", /^OK 8 answered/m);
  await pause(3 * READING);
}

/** What must be seen, or the story is another one than is told here. */
async function expect(seen: Promise<boolean>): Promise<void> {
  if (!(await seen)) {
    throw new Error("a command did not print what it should have");
  }
}

async function enjoy(seen: Promise<boolean>): Promise<void> {
  if (!(await seen)) {
    throw new NotWorthWatching("a search was over before it showed any progress");
  }
}

function pause(seconds: number): Promise<void> {
  return Bun.sleep(seconds * 1000);
}

type Event = readonly [seconds: number, type: "o", text: string];

async function record(): Promise<readonly Event[]> {
  const events: Event[] = [];
  let begun: number | undefined;
  let isOver = false;
  function add(text: string): void {
    begun ??= performance.now();
    if (!isOver) {
      events.push([Math.round(performance.now() - begun) / 1000, "o", text]);
    }
  }

  const stage = await openStage(executable, add);
  const interrupted = Promise.withResolvers<never>();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => interrupted.reject(new Error(`interrupted by ${signal}`)));
  }
  try {
    await Promise.race([play(stage), interrupted.promise]);
    add(""); // so that the last picture stays for a while
  } finally {
    isOver = true; // what is torn down is not part of the story
    await stage.close();
  }
  requireAnonymous(JSON.stringify(events), stage.folder);
  return events;
}

/** What machines and users are called that have no name of their own. */
const NO_NAMES: readonly string[] = ["localhost", "unknown", "root"];

function requireAnonymous(text: string, folder: string): void {
  const names = [hostname(), userInfo().username].filter((name) => !NO_NAMES.includes(name));
  for (const secret of [folder, resolve("."), ...names]) {
    if (new RegExp(`(?<!\\w)${RegExp.escape(secret)}(?!\\w)`).test(text)) {
      throw new Error(`the recording shows ${secret}`);
    }
  }
}

function save(events: readonly Event[]): void {
  const length = events.at(-1)?.[0] ?? 0;
  if (length > MAX_LENGTH) {
    throw new NotWorthWatching(`the story took ${length} s, which is too long`);
  }
  const header = {
    version: 2,
    width: SIZE.cols,
    height: SIZE.rows,
    title: "A first session with tlslp",
  };
  writeFileSync(cast, [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Throws when somebody else listens where the server will. */
function requireFreePort(): void {
  for (const hostname of ["127.0.0.1", "::1"]) {
    try {
      Bun.listen({ hostname, port: PORT, socket: { data: () => undefined } }).stop();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
        throw new Error(`port ${PORT} is taken: end what listens there, then run this again`);
      }
    }
  }
}

try {
  requireFreePort();
  save(await record());
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
  process.exit(thrown instanceof NotWorthWatching ? EX_TEMPFAIL : 1);
}
