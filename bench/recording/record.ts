/**
 * Records the first session of a new user: types commands into a real terminal, with a newcomer's
 * mistakes, and writes the output of the terminal as an asciinema recording
 * (https://docs.asciinema.org/manual/asciicast/v2/).
 *
 *   bun bench/recording/record.ts EXECUTABLE CAST
 *
 * The time of a search is luck. Exits with 75 when the recording is not usable, because a search
 * was too short to show progress or too long for a picture: another attempt may succeed.
 */
import { writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { openStage, SIZE, type Stage } from "./stage.ts";

const [executable = "dist/tlslp", cast = "docs/session.cast"] = process.argv.slice(2);

/** sysexits(3): try again. */
const EX_TEMPFAIL = 75;
/** The default port of the server. */
const PORT = 1234;
/** Seconds to read a few lines. */
const READING = 1.5;
/** The longest usable recording, in seconds. */
const MAX_LENGTH = 40;
/** Matches a progress line. A search that ends at once shows none. */
const PROGRESS = /[1-9]\.\d % likely by now/;

class NotUsable extends Error {}

/** Plays the session. It begins with the client's terminal; the server's opens below later. */
async function play({ type, shows, ends, split }: Stage): Promise<void> {
  await type("client", "# tlslp is one file: put it into your PATH, and that is all");
  await type("client", "tlslp --help");
  await expect(ends("client", /make a private CA/));
  await pause(2 * READING);
  await type("client", "clear");

  await type("client", "tlslp solve gkcjcibIFynKssuJnJpSrgva 28");
  await expectProgress(ends("client", PROGRESS));
  await shows("client", /^RESULT:/m);
  await pause(READING);

  await type("client", "tlslp server");
  await expect(ends("client", /hint: run tlslp certs/));
  await pause(READING);
  await type("client", "tlslp certs");
  await expect(ends("client", /client-key/));
  await pause(READING);

  await type("client", "clear");
  split();
  await pause(READING / 2);
  await type("server", "tlslp server --store sqlite:answers.db");
  await shows("server", /^listening on /m);
  await pause(READING / 2);

  await type("client", "tlslp client --port 1234");
  await expect(ends("client", /did you mean --ports\?/));
  await pause(READING);
  await type("client", "tlslp client --ports 1234");
  await expectProgress(ends("client", PROGRESS));
  await shows("client", /^OK 8 answered/m);
  await pause(READING);
  await type("client", "tlslp submissions list --store sqlite:answers.db");
  await expect(ends("client", /complete/));
  await pause(2 * READING);
}

/** Throws when the text was not seen: the session went another way. */
async function expect(seen: Promise<boolean>): Promise<void> {
  if (!(await seen)) {
    throw new Error("a command did not print the expected text");
  }
}

async function expectProgress(seen: Promise<boolean>): Promise<void> {
  if (!(await seen)) {
    throw new NotUsable("a search ended before it showed progress");
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
    add(""); // keeps the last picture for a while
  } finally {
    isOver = true; // do not record the clean-up
    await stage.close();
  }
  requireAnonymous(JSON.stringify(events), stage.folder);
  return events;
}

/** Generic names of machines and users, which reveal nothing. */
const GENERIC_NAMES: readonly string[] = ["localhost", "unknown", "root"];

function requireAnonymous(text: string, folder: string): void {
  const names = [hostname(), userInfo().username].filter((name) => !GENERIC_NAMES.includes(name));
  for (const secret of [folder, resolve("."), ...names]) {
    if (new RegExp(`(?<!\\w)${RegExp.escape(secret)}(?!\\w)`).test(text)) {
      throw new Error(`the recording shows ${secret}`);
    }
  }
}

function save(events: readonly Event[]): void {
  const length = events.at(-1)?.[0] ?? 0;
  if (length > MAX_LENGTH) {
    throw new NotUsable(`the recording takes ${length} s, at most ${MAX_LENGTH} s are usable`);
  }
  const header = {
    version: 2,
    width: SIZE.cols,
    height: SIZE.rows,
    title: "A first session with tlslp",
  };
  writeFileSync(cast, [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Throws when another program listens on the port of the server. */
function requireFreePort(): void {
  for (const hostname of ["127.0.0.1", "::1"]) {
    try {
      Bun.listen({ hostname, port: PORT, socket: { data: () => undefined } }).stop();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
        throw new Error(
          `port ${PORT} is taken: stop the program that listens there, then run this again`,
        );
      }
    }
  }
}

try {
  requireFreePort();
  save(await record());
} catch (thrown) {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
  process.exit(thrown instanceof NotUsable ? EX_TEMPFAIL : 1);
}
