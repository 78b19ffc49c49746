/**
 * A PostgreSQL server of its own for a test: on a free port of the loopback, with a password, in a
 * folder that is removed with it.
 */
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { freePort } from "./free-port.ts";

const USER = "organiser";
const PASSWORD = "not a secret/";

export interface Postgres extends AsyncDisposable {
  readonly port: number;
  /** Makes an empty schema, and returns its URL. (Making a database would take longer.) */
  createPlace(): Promise<string>;
  /** Makes an empty database with another encoding, such as LATIN1, and returns its URL. */
  createDatabase(encoding: string): Promise<string>;
  /** Stops at once, as a crash does. */
  stop(): void;
  start(): void;
}

/** Starts a server. Throws where PostgreSQL is not installed; Debian calls it `postgresql`. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "tlslp-postgres-"));
  const owner = unprivilegedUser();
  if (owner !== undefined) {
    chownSync(folder, owner.uid, owner.gid);
  }
  const data = join(folder, "data");
  const port = await freePort();
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, PASSWORD);
  const run = (...command: string[]) => runAs(owner, folder, command);
  // Only the server crashes in tests, never the machine, so nothing need reach the disk.
  const options = `-c fsync=off -p ${port} -h 127.0.0.1 -k ${folder}`;
  const start = () =>
    run(program("pg_ctl"), "-D", data, "-l", join(folder, "log"), "-o", options, "-w", "start");
  const stop = () => run(program("pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop");
  const login = ["-U", USER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  run(program("initdb"), "-D", data, ...login, "-E", "UTF8", "--locale=C", "--no-sync");
  start();

  const urlOf = (database: string) =>
    `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  let places = 0;
  return {
    port,
    async createPlace() {
      places += 1;
      const name = `place_${places}`;
      await using sql = new SQL({ url: urlOf("postgres"), max: 1 });
      await sql.unsafe(`create schema ${name}`);
      return `${urlOf("postgres")}?search_path=${name}`;
    },
    async createDatabase(encoding) {
      const name = encoding.toLowerCase();
      await using sql = new SQL({ url: urlOf("postgres"), max: 1 });
      await sql.unsafe(`create database ${name} encoding '${encoding}' template template0`);
      return urlOf(name);
    },
    stop,
    start,
    async [Symbol.asyncDispose]() {
      if (existsSync(join(data, "postmaster.pid"))) {
        stop();
      }
      rmSync(folder, { recursive: true });
    },
  };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Returns the user that PostgreSQL's package made: root may not run PostgreSQL. */
function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const id = (flag: string) => Number(Bun.spawnSync(["id", flag, "postgres"]).stdout.toString());
  return { uid: id("-u"), gid: id("-g") };
}

function runAs(user: User | undefined, cwd: string, command: readonly string[]): void {
  const prefix =
    user === undefined
      ? []
      : ["setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"];
  // The server would keep a pipe open that it inherits.
  const { exitCode } = Bun.spawnSync([...prefix, ...command], {
    cwd,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  if (exitCode !== 0) {
    throw new Error(`${command.join(" ")} ended with ${exitCode}`);
  }
}

/** Returns a program's path. Debian has those of PostgreSQL in a folder for each version. */
function program(name: string): string {
  const versions = "/usr/lib/postgresql";
  const found = existsSync(versions)
    ? readdirSync(versions)
        .sort((some, other) => Number(other) - Number(some))
        .map((version) => join(versions, version, "bin", name))
        .find((path) => existsSync(path) && statSync(path).isFile())
    : undefined;
  const path = found ?? Bun.which(name);
  if (path === null) {
    throw new Error(`${name} is not here; install PostgreSQL (apt-get install postgresql)`);
  }
  return path;
}
