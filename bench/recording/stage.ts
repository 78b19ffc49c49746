/**
 * The stage for a recording: one or two tmux panes in a terminal of our own. They show nothing
 * about this machine or its user.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const SIZE = { cols: 100, rows: 26 };

/** In the order in which they open, from the top. */
export type Pane = "client" | "server";
const PANES: Readonly<Record<Pane, string>> = { client: ":0.0", server: ":0.1" };
const TITLES: Readonly<Record<Pane, string>> = { client: " one terminal ", server: " another " };

export interface Stage {
  /** Holds every file of the recording. */
  readonly folder: string;
  /** Types a command at the speed of a person and presses Enter. */
  type(pane: Pane, text: string): Promise<void>;
  /** Waits until a pane shows text that matches. Throws after a timeout. */
  shows(pane: Pane, pattern: RegExp): Promise<void>;
  /** Waits until the command ends. Resolves to whether the pattern was seen before. */
  ends(pane: Pane, pattern: RegExp): Promise<boolean>;
  /** Opens the server's terminal below the client's. */
  split(): void;
  /** Stops all programs and removes all files. */
  close(): Promise<void>;
}

/** Seconds. */
const KEYSTROKE = 0.07;
const POLL = 0.02;
const TIMEOUT = 20;

const PROMPT = "$";
/** Shows typed text bold, and output plain. */
const SHELL = `PS1='\\[\\e[0;32m\\]${PROMPT}\\[\\e[0;1m\\] '\nPS0='\\e[m'\nunset HISTFILE\n`;

/** @param onOutput receives all output of the terminal */
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

  function runTmux(...command: readonly string[]): string {
    const { exitCode, stdout, stderr } = Bun.spawnSync([...tmux, ...command], { env });
    if (exitCode !== 0) {
      throw new Error(`tmux ${command.join(" ")}: ${stderr}`);
    }
    return stdout.toString();
  }

  const screen = (pane: Pane) => runTmux("capture-pane", "-p", "-J", "-t", PANES[pane]).trimEnd();
  const lastLine = (pane: Pane) => screen(pane).split("\n").at(-1)?.trimEnd() ?? "";

  async function until(event: string, pane: Pane, condition: () => boolean): Promise<void> {
    const begun = performance.now();
    while (!condition()) {
      if (performance.now() - begun > TIMEOUT * 1000) {
        throw new Error(`the ${pane}'s terminal never showed ${event}, but:\n${screen(pane)}`);
      }
      await Bun.sleep(POLL * 1000);
    }
  }

  const stage: Stage = {
    folder,
    async type(pane, text) {
      runTmux("select-pane", "-t", PANES[pane]);
      await until("its prompt", pane, () => lastLine(pane) === PROMPT);
      for (const keys of text.match(/..?/g) ?? []) {
        runTmux("send-keys", "-t", PANES[pane], "-l", "--", keys);
        await Bun.sleep(KEYSTROKE * 1000);
      }
      await until(text, pane, () => lastLine(pane) === `${PROMPT} ${text}`);
      await Bun.sleep(3 * KEYSTROKE * 1000);
      runTmux("send-keys", "-t", PANES[pane], "Enter");
      await until("the command start", pane, () => lastLine(pane) !== `${PROMPT} ${text}`);
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
      runTmux("split-window", "-v", "-l", "9", "-c", work);
      for (const pane of ["client", "server"] as const) {
        runTmux("select-pane", "-t", PANES[pane], "-T", TITLES[pane]);
      }
      runTmux("set", "pane-border-status", "top");
    },
    async close() {
      if (terminal.exitCode === null) {
        await endPrograms(runTmux);
        runTmux("kill-server");
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

/** Stops the programs in the panes and waits until only the shells are left. */
async function endPrograms(runTmux: (...command: readonly string[]) => string): Promise<void> {
  for (const pane of runTmux("list-panes", "-s", "-F", "#{pane_id}").trim().split("\n")) {
    const begun = performance.now();
    const isIdle = () =>
      runTmux("display-message", "-p", "-t", pane, "#{pane_current_command}") === "bash\n";
    runTmux("send-keys", "-t", pane, "C-c");
    while (!isIdle() && performance.now() - begun < TIMEOUT * 1000) {
      await Bun.sleep(POLL * 1000);
    }
  }
}
