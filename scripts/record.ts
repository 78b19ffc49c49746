/**
 * Records what somebody sees who has never used the tool: types commands into a real terminal, with
 * the mistakes that a newcomer makes, and writes down what the terminal shows, as asciinema does
 * (https://docs.asciinema.org/manual/asciicast/v2/).
 *
 *   bun scripts/record.ts EXECUTABLE CAST
 *
 * How long the searches take is luck. It fails when they were not worth watching: too short to show
 * any progress, or too long for a picture.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

const [executable = "dist/tlslp", cast = "docs/session.cast"] = process.argv.slice(2);

const SIZE = { cols: 100, rows: 26 };
/** Seconds. */
const KEYSTROKE = 0.07;
const READING = 1.5;
const PATIENCE = 20;
/** The longest story that anybody watches. */
const MAX_LENGTH = 40;
/** A search that is found at once shows none. */
const PROGRESS = /[1-9]\.\d % likely by now/;

const folder = mkdtempSync(join(tmpdir(), "tlslp-record-"));
const socket = join(folder, "tmux");
const work = join(folder, "work");
const events: [number, "o", string][] = [];
let begun: number | undefined;
let isOver = false;

type Pane = "client" | "server";
const PANES: Readonly<Record<Pane, string>> = { client: ":0.0", server: ":0.1" };

/** The story. The client's terminal is there from the beginning; the server's opens below it. */
async function play(): Promise<void> {
  await type("client", "# tlslp is one file: put it into your PATH, and that is all");
  await type("client", "tlslp --help");
  await shows("client", /--version shows/);
  await pause(2 * READING);
  await type("client", "clear");

  await type("client", "tlslp solve gkcjcibIFynKssuJnJpSrgva 28");
  await shows("client", PROGRESS);
  await shows("client", /^RESULT:/m);
  await pause(READING);

  await type("client", "tlslp server");
  await shows("client", /hint: /);
  await pause(READING);
  await type("client", "tlslp certs");
  await shows("client", /client-key/);
  await pause(READING);

  await type("client", "clear");
  tmux("split-window", "-v", "-l", "9", "-c", work);
  for (const [pane, title] of [
    ["client", " one terminal "],
    ["server", " another "],
  ] as const) {
    tmux("select-pane", "-t", PANES[pane], "-T", title);
  }
  tmux("set", "pane-border-status", "top");
  await pause(READING / 2);
  await type("server", "tlslp server");
  await shows("server", /^listening on /m);
  await pause(READING / 2);

  await type("client", "tlslp client --port 1234");
  await shows("client", /did you mean/);
  await pause(READING);
  await type("client", "tlslp client --ports 1234");
  await shows("client", PROGRESS);
  await shows("client", /^OK 8 answered/m);
  await pause(3 * READING);
}

async function type(pane: Pane, text: string): Promise<void> {
  tmux("select-pane", "-t", PANES[pane]);
  for (const keys of text.match(/..?/g) ?? []) {
    tmux("send-keys", "-t", PANES[pane], "-l", "--", keys);
    await pause(KEYSTROKE);
  }
  await pause(3 * KEYSTROKE);
  tmux("send-keys", "-t", PANES[pane], "Enter");
  await pause(3 * KEYSTROKE);
}

/** Waits until a pane shows something. */
async function shows(pane: Pane, pattern: RegExp): Promise<void> {
  const begun = performance.now();
  while (!pattern.test(tmux("capture-pane", "-p", "-J", "-t", PANES[pane]))) {
    if (performance.now() - begun > PATIENCE * 1000) {
      const shown = tmux("capture-pane", "-p", "-J", "-t", PANES[pane]);
      throw new Error(`the ${pane} never showed ${pattern}, but:\n${shown}`);
    }
    await pause(0.05);
  }
}

function pause(seconds: number): Promise<void> {
  return Bun.sleep(seconds * 1000);
}

function tmux(...command: readonly string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["tmux", "-S", socket, ...command], {
    env: environment(),
  });
  if (exitCode !== 0) {
    throw new Error(`tmux ${command.join(" ")}: ${stderr}`);
  }
  return stdout.toString();
}

/** Nothing of this machine or of whoever records is to be seen. */
function environment(): Record<string, string> {
  return {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    HOME: work,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
  };
}

/** What is typed is bold, what is answered is not. */
const SHELL = `PS1='\\[\\e[0;32m\\]$\\[\\e[0;1m\\] '\nPS0='\\e[m'\nunset HISTFILE\n`;
const SETTINGS = `set -g status off
set -g default-command "bash --noprofile --rcfile ${join(folder, "shell")}"
set -g default-terminal "screen-256color"
set -g pane-border-style fg=colour240
set -g pane-active-border-style fg=colour240
set -g pane-border-format "#[fg=colour245]#{pane_title}"
set -g escape-time 0
`;

function prepare(): void {
  Bun.spawnSync(["mkdir", "-p", work, join(folder, "bin")]);
  symlinkSync(resolve(executable), join(folder, "bin/tlslp"));
  writeFileSync(join(folder, "shell"), SHELL);
  writeFileSync(join(folder, "settings"), SETTINGS);
}

async function record(): Promise<void> {
  const decoder = new TextDecoder();
  const terminal = Bun.spawn(
    ["tmux", "-S", socket, "-f", join(folder, "settings"), "new-session"],
    {
      cwd: work,
      env: environment(),
      terminal: {
        ...SIZE,
        data(_, bytes) {
          if (isOver) {
            return;
          }
          begun ??= performance.now();
          const seconds = Math.round(performance.now() - begun) / 1000;
          events.push([seconds, "o", decoder.decode(bytes, { stream: true })]);
        },
      },
    },
  );
  try {
    await pause(1);
    await play();
    events.push([elapsed(), "o", ""]); // so that the last picture stays for a while
  } finally {
    // What is torn down is not part of the story. A server outlives its terminal unless it is told.
    isOver = true;
    await endPrograms();
    tmux("kill-server");
    await terminal.exited;
  }
}

/** Seconds since the first thing was shown. */
function elapsed(): number {
  begun ??= performance.now();
  return Math.round(performance.now() - begun) / 1000;
}

/** Ends what runs in the panes, and waits until only their shells are left. */
async function endPrograms(): Promise<void> {
  for (const pane of tmux("list-panes", "-s", "-F", "#{pane_id}").trim().split("\n")) {
    tmux("send-keys", "-t", pane, "C-c");
    while (tmux("display-message", "-p", "-t", pane, "#{pane_current_command}") !== "bash\n") {
      await pause(0.1);
    }
  }
}

function save(): void {
  const length = events.at(-1)?.[0] ?? 0;
  if (length > MAX_LENGTH) {
    throw new Error(`the story took ${length} s, which is too long: try again`);
  }
  const header = {
    version: 2,
    width: SIZE.cols,
    height: SIZE.rows,
    title: "A first session with tlslp",
  };
  const text = [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join("");
  for (const secret of [folder, resolve("."), hostname(), userInfo().username]) {
    if (new RegExp(`(?<!\\w)${RegExp.escape(secret)}(?!\\w)`).test(text)) {
      throw new Error(`the recording shows ${secret}`);
    }
  }
  writeFileSync(cast, text);
}

try {
  prepare();
  await record();
  save();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
