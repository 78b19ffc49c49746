/**
 * Output on a terminal: the line that changes while something takes time, and colours.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clientArgs, makeCredentialsFolder, serverArgs, startServer } from "../support/peers.ts";
import { makeFolder, start } from "../support/processes.ts";
import { createScreen } from "../support/screen.ts";
import { startInTerminal } from "../support/terminal.ts";

setDefaultTimeout(120_000);

const CLEAR = "\r\u001b[J";
const COLOR = /\u001b\[\d+m/g;
/** One state of the line that changes. */
const FRAME = /\r\u001b\[J[^\r\n]+\r(?!\n)/;

function framesOf(text: string): readonly string[] {
  return text.match(RegExp(FRAME, "g")) ?? [];
}

const UNSOLVABLE = ["solve", "token", "64"];

/** Returns the visible text of a screen after this text was written to it. */
function seen(text: string, columns: number): string {
  const screen = createScreen(columns);
  screen.write(text);
  expect(screen.hasWrapped).toBe(false);
  return screen.text;
}

describe("solve", () => {
  test("shows its progress, and leaves its forecast and its result", async () => {
    await using solver = startInTerminal(["solve", "token", "25", "--threads", "1"]);

    expect(await solver.ended()).toBe(0);

    for (const frame of framesOf(solver.text)) {
      expect(frame).toMatch(
        /\d .*tried, [\d.]+ .?H\/s, .* likely by now, (about .* to go|starting)/,
      );
    }
    expect(seen(solver.text, 200)).toMatch(
      /^(25 bits: about .* at .*H\/s; 95 % within .*\n)?RESULT:[\w-]+$/,
    );
  });

  test("leaves a clean terminal when it fails", async () => {
    await using solver = startInTerminal([...UNSOLVABLE, "--timeout", "3"]);

    expect(await solver.ended()).toBe(5);

    expect(solver.text).toMatch(FRAME);
    expect(seen(solver.text, 80)).toMatch(
      /^64 bits: about .*\nthe search may not end in time: the chance is under 0\.1 % within 3 s\ntlslp: error: no solution within 3 s$/,
    );
  });

  test("leaves a clean terminal after Ctrl-C", async () => {
    await using solver = startInTerminal(UNSOLVABLE);
    await solver.find(/64 bits: about .*/);
    solver.type("\u0003");

    expect(await solver.ended()).toBe(130);

    expect(solver.text).toEndWith(CLEAR);
    expect(seen(solver.text.replaceAll("^C", ""), 80)).toMatch(/^64 bits: about .*$/);
  });

  test("follows the terminal's width, and is removed at the end", async () => {
    await using solver = startInTerminal(UNSOLVABLE, { columns: 130 });
    const wide = await solver.find(/about [^\r]* to go\r/);
    solver.resize(20);
    const narrow = await solver.find(/\r\u001b\[J[^\r\n]{1,19}\r/, wide);
    solver.resize(60);
    const wider = await solver.find(/\r\u001b\[J[^\r\n]{20,59}\r/, narrow);
    solver.type("\u0003");
    await solver.ended();

    const first = solver.text.lastIndexOf(CLEAR, narrow - 1);
    const second = solver.text.lastIndexOf(CLEAR, wider - 1);
    const screen = createScreen(130);
    screen.write(solver.text.slice(0, first));
    screen.resize(20);
    screen.write(solver.text.slice(first, second));
    screen.resize(60);
    screen.write(solver.text.slice(second).replaceAll("^C", ""));
    expect(screen.hasWrapped).toBe(false);
    expect(screen.text.replaceAll("\n", "")).toMatch(/^64 bits: about .*; 95 % within [^,]*$/);
  });

  test("changes the line about ten times a second", async () => {
    await using solver = startInTerminal([...UNSOLVABLE, "--timeout", "4"]);
    await solver.ended();

    const frames = framesOf(solver.text).length;
    expect(frames).toBeGreaterThan(5);
    expect(frames).toBeLessThan(50);
  });

  for (const [what, args, env] of [
    ["--quiet", ["--quiet"], {}],
    ["a terminal that cannot redraw a line", [], { TERM: "dumb" }],
  ] as const) {
    test(`shows nothing with ${what}`, async () => {
      const options = { env };
      await using solver = startInTerminal([...UNSOLVABLE, "--timeout", "0.5", ...args], options);
      await solver.ended();

      expect(solver.text.replaceAll(COLOR, "")).toBe("tlslp: error: no solution within 0.5 s\r\n");
    });
  }
});

describe("an error on a terminal", () => {
  const RED_ERROR = "tlslp: \u001b[31merror:\u001b[39m";
  const BOLD_HINT = "tlslp: \u001b[1mhint:\u001b[22m";

  test("is red, and its hint bold", async () => {
    await using program = startInTerminal(["slove"]);
    await program.ended();

    expect(program.text).toBe(
      `${RED_ERROR} unknown command "slove"\r\n${BOLD_HINT} did you mean tlslp solve?\r\n`,
    );
  });

  test("of a command is red too", async () => {
    await using program = startInTerminal(["solve", "a", "65"]);
    await program.ended();

    expect(program.text).toStartWith(`${RED_ERROR} <bits>: "65"`);
  });

  for (const [how, args, env] of [
    ["--no-color", ["--no-color"], {}],
    ["its variable", [], { TLSLP_NO_COLOR: "1" }],
    ["NO_COLOR", [], { NO_COLOR: "0" }],
    ["TERM=dumb", [], { TERM: "dumb" }],
  ] as const) {
    test(`has no colour with ${how}`, async () => {
      await using program = startInTerminal(["solve", "a", "65", ...args], { env });
      await program.ended();

      expect(program.text).toStartWith('tlslp: error: <bits>: "65"');
    });
  }

  test("has no colour where stderr is no terminal", async () => {
    await using program = startInTerminal(["solve", "a", "65"], { script: '"$@" 2>&1 | cat' });
    await program.ended();

    expect(program.text).toStartWith('tlslp: error: <bits>: "65"');
  });
});

test("the client shows its search, and removes the line when the time is up", async () => {
  using credentials = await makeCredentialsFolder();
  await using server = await startServer(credentials, "mutual", ["--bits", "64"]);
  const args = clientArgs(credentials, "mutual", server.port, ["--work-timeout", "3"]);
  await using client = startInTerminal(args, { columns: 300 });

  expect(await client.ended()).toBe(5);

  expect(client.text).toMatch(FRAME);
  const working = seen(client.text, 300).split("\n").slice(2);
  expect(working.slice(0, 3)).toEqual([
    expect.stringMatching(/ info +working bits=64$/),
    expect.stringMatching(/ info +64 bits: about .*$/),
    expect.stringMatching(/ warn +the search may not end in time: .* within 3 s$/),
  ]);
  expect(working.at(-1)).toMatch(/^tlslp: error: the search for 64 zero bits .*$/);
});

describe("a server in a terminal", () => {
  test("ends when the terminal is closed, as on SIGTERM", async () => {
    using credentials = await makeCredentialsFolder();
    using folder = makeFolder();
    const log = join(folder.path, "log");
    const args = serverArgs(credentials, "mutual", ["--log-file", log, "--log-level", "info"]);
    await using server = startInTerminal(args);
    await server.find(/listening on /);

    expect(await server.hangUp()).toBe(129);

    expect(readFileSync(log, "utf8")).toContain("shutting down");
  });

  test("ends when the shell that controls the terminal is gone", async () => {
    using credentials = await makeCredentialsFolder();
    const args = serverArgs(credentials, "mutual", ["--log-level", "info"]);
    await using shell = startInTerminal(args, { script: '"$@"; exit' });
    const ready = await shell.find(/listening on /);

    shell.kill("SIGKILL");

    await shell.find(/shutting down/, ready);
  });

  for (const [how, detached] of [
    ["by setsid", 'setsid --wait sh -c "$ANNOUNCED" sh "$@"'],
    ["by nohup", 'cd; >out; nohup sh -c "$ANNOUNCED" sh "$@" >>out & tail -f out'],
  ] as const) {
    test(`goes on when the terminal is closed, and reloads on SIGHUP, if it was started ${how}`, async () => {
      using credentials = await makeCredentialsFolder();
      using folder = makeFolder();
      const logPath = join(folder.path, "log");
      const args = serverArgs(credentials, "mutual", [
        "--log-file",
        logPath,
        "--log-level",
        "info",
      ]);
      const env = { ANNOUNCED: 'echo "process $$ "; exec "$@"', HOME: folder.path };
      await using shell = startInTerminal(args, { script: detached, env });
      await shell.find(/listening on /);
      await using log = start(["tail", "-n", "+1", "-f", logPath]);
      const [, pid] = /process (\d+) /.exec(shell.text) ?? [];
      try {
        await shell.hangUp();
        process.kill(Number(pid), "SIGHUP");
        await log.stdout.next(/certificates reloaded/);
      } finally {
        process.kill(Number(pid), "SIGTERM");
      }
      await log.stdout.next(/shutting down/);
    });
  }

  test("reloads its certificates on SIGHUP while the terminal is open", async () => {
    using credentials = await makeCredentialsFolder();
    await using server = startInTerminal(
      serverArgs(credentials, "mutual", ["--log-level", "info"]),
    );
    const ready = await server.find(/listening on /);
    server.kill("SIGHUP");
    await server.find(/certificates reloaded/, ready);
    server.type("\u0003");

    expect(await server.ended()).toBe(130);
  });
});

test("bench shows its progress, and leaves only its table", async () => {
  await using bench = startInTerminal([
    "bench",
    "--bits",
    "4,22",
    "--runs",
    "20",
    "--threads",
    "1",
  ]);

  expect(await bench.ended()).toBe(0);

  expect(bench.text).toMatch(/J22 bits, puzzle (?:2[1-9]|3\d|40) of 40, about .* to go/);
  expect(seen(bench.text, 80)).toMatch(/^n_bits .*\n4 .*\n22 .*$/);
});
