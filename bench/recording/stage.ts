/**
 * Where a session is recorded: one or two terminals of tmux in a terminal of our own, with nothing in
 * them that tells of this machine or of whoever records.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const SIZE = { cols: 100, rows: 26 };

/** By the order in which they open, from the top. */
export type Pane = "client" | "server";
const PANES: Readonly<Record<Pane, string>> = { client: ":0.0", server: ":0.1" };
const TITLES: Readonly<Record<Pane, string>> = { client: " one terminal ", server: " another " };

export interface Stage {
  /** Below which everything is that the recording is made of. */
  readonly folder: string;
  /** Types a command, as a person would, and presses Enter. */
  type(pane: Pane, text: string): Promise<void>;
  /** Waits until a pane shows something that matches; throws when it does not in time. */
  shows(pane: Pane, pattern: RegExp): Promise<void>;
  /** Waits until the command is over; whether a pattern was to be seen at any time until then. */
  ends(pane: Pane, pattern: RegExp): Promise<boolean>;
  /** Opens the server's terminal below the client's. */
  split(): void;
  /** Ends what still runs, and leaves nothing behind. */
  close(): Promise<void>;
}

/** Seconds. */
const KEYSTROKE = 0.07;
const POLL = 0.02;
const PATIENCE = 20;

const PROMPT = "$";
/** What is typed is bold, what is answered is not. */
const SHELL = `PS1='\\[\\e[0;32m\\]${PROMPT}\\[\\e[0;1m\\] '\nPS0='\\e[m'\nunset HISTFILE\n`;

/** @param onOutput gets whatever the terminal is told to show */
export async function openStage(
  executable: string,
  onOutput: (text: string) => void,
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "tlslp-record-"));
  const work = join(folder, "work");
  const env = {
    PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
    HOME: work,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
  };
  const tmux = ["tmux", "-S", join(folder, "tmux"), "-f", join(folder, "settings")];
  prepare(folder, work, executable);
  const decoder = new TextDecoder();
  const terminal = Bun.spawn([...tmux, "new-session"], {
    cwd: work,
    env,
    terminal: { ...SIZE, data: (_, bytes) => onOutput(decoder.decode(bytes, { stream: true })) },
  });

  function tell(...command: readonly string[]): string {
    const { exitCode, stdout, stderr } = Bun.spawnSync([...tmux, ...command], { env });
    if (exitCode !== 0) {
      throw new Error(`tmux ${command.join(" ")}: ${stderr}`);
    }
    return stdout.toString();
  }

  const screen = (pane: Pane) => tell("capture-pane", "-p", "-J", "-t", PANES[pane]).trimEnd();
  const lastLine = (pane: Pane) => screen(pane).split("\n").at(-1)?.trimEnd() ?? "";

  async function until(what: string, pane: Pane, isSo: () => boolean): Promise<void> {
    const begun = performance.now();
    while (!isSo()) {
      if (performance.now() - begun > PATIENCE * 1000) {
        throw new Error(`the ${pane}'s terminal never showed ${what}, but:\n${screen(pane)}`);
      }
      await Bun.sleep(POLL * 1000);
    }
  }

  const stage: Stage = {
    folder,
    async type(pane, text) {
      tell("select-pane", "-t", PANES[pane]);
      await until("its prompt", pane, () => lastLine(pane) === PROMPT);
      for (const keys of text.match(/..?/g) ?? []) {
        tell("send-keys", "-t", PANES[pane], "-l", "--", keys);
        await Bun.sleep(KEYSTROKE * 1000);
      }
      await until(text, pane, () => lastLine(pane) === `${PROMPT} ${text}`);
      await Bun.sleep(3 * KEYSTROKE * 1000);
      tell("send-keys", "-t", PANES[pane], "Enter");
      await until("what was entered", pane, () => lastLine(pane) !== `${PROMPT} ${text}`);
    },
    shows: (pane, pattern) => until(String(pattern), pane, () => pattern.test(screen(pane))),
    async ends(pane, pattern) {
      let isSeen = false;
      await until("the end of a command", pane, () => {
        isSeen ||= pattern.test(screen(pane));
        return lastLine(pane) === PROMPT;
      });
      return isSeen;
    },
    split() {
      tell("split-window", "-v", "-l", "9", "-c", work);
      for (const pane of ["client", "server"] as const) {
        tell("select-pane", "-t", PANES[pane], "-T", TITLES[pane]);
      }
      tell("set", "pane-border-status", "top");
    },
    async close() {
      if (terminal.exitCode === null) {
        await endPrograms(tell);
        tell("kill-server");
        await terminal.exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until("a session", "client", () => terminal.exitCode !== null || hasSession(tmux, env));
    await stage.shows("client", /^\$/);
    return stage;
  } catch (thrown) {
    await stage.close();
    throw thrown;
  }
}

function prepare(folder: string, work: string, executable: string): void {
  mkdirSync(work);
  mkdirSync(join(folder, "bin"));
  symlinkSync(resolve(executable), join(folder, "bin/tlslp"));
  writeFileSync(join(folder, "shell"), SHELL);
  writeFileSync(
    join(folder, "settings"),
    `set -g status off
set -g default-command "bash --noprofile --rcfile ${join(folder, "shell")}"
set -g default-terminal "screen-256color"
set -g pane-border-style fg=colour240
set -g pane-active-border-style fg=colour240
set -g pane-border-format "#[fg=colour245]#{pane_title}"
set -g escape-time 0
`,
  );
}

function hasSession(tmux: readonly string[], env: Readonly<Record<string, string>>): boolean {
  return Bun.spawnSync([...tmux, "has-session"], { env }).exitCode === 0;
}

/** Ends what runs in the panes, and waits until only their shells are left. */
async function endPrograms(tell: (...command: readonly string[]) => string): Promise<void> {
  for (const pane of tell("list-panes", "-s", "-F", "#{pane_id}").trim().split("\n")) {
    const begun = performance.now();
    const isIdle = () =>
      tell("display-message", "-p", "-t", pane, "#{pane_current_command}") === "bash\n";
    tell("send-keys", "-t", pane, "C-c");
    while (!isIdle() && performance.now() - begun < PATIENCE * 1000) {
      await Bun.sleep(POLL * 1000);
    }
  }
}
