/**
 * SIGHUP: the server uses new certificates for new connections, and drops no session.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, writeFileSync } from "node:fs";
import {
  type CredentialsFolder,
  makeCredentialsFolder,
  type Running,
  readReport,
  runPythonClient,
  startPythonClient,
  startServer,
} from "../support/peers.ts";

setDefaultTimeout(120_000);

const RELOADED = /certificates reloaded/;

test.concurrent("a session goes on, and the next one sees the new certificates", async () => {
  using credentials = await makeCredentialsFolder();
  using next = await makeCredentialsFolder();
  // A search that outlasts a reload, and that Python ends in time on a busy machine.
  await using server = await startServer(credentials, "mutual", ["--bits", "18"]);
  await using client = startPythonClient(credentials, "mutual", server.port);
  await client.stdout.next(/"received".*WORK /);

  replace(credentials, next);
  await reload(server, RELOADED);

  expect(readReport(await client.ended()).outcome).toBe("ok");
  expect((await runPythonClient(next, "mutual", server.port)).outcome).toBe("ok");
});

test.concurrent("files that cannot be used are an error in the log, and the old ones stay", async () => {
  using credentials = await makeCredentialsFolder();
  await using server = await startServer(credentials, "mutual", ["--bits", "0"]);
  writeFileSync(credentials.server.cert, "never gonna give you up\n");

  await reload(server, /error.* certificates not reloaded, the old ones stay .*server-cert\.pem/);

  expect((await runPythonClient(credentials, "mutual", server.port)).outcome).toBe("ok");
});

test.concurrent("no client is refused while certificates are reloaded again and again", async () => {
  using credentials = await makeCredentialsFolder();
  const flags = ["--bits", "0", "--requests", "EMAIL1", "--log-level", "info"];
  await using server = await startServer(credentials, "mutual", flags);
  let busy = true;

  const reloads = async () => {
    let count = 0;
    while (busy) {
      await reload(server, RELOADED);
      count += 1;
    }
    return count;
  };
  const sessions = async () => {
    for (const _ of Array.from({ length: 4 })) {
      const reports = Array.from({ length: 3 }, () =>
        runPythonClient(credentials, "mutual", server.port),
      );
      for (const { outcome, detail } of await Promise.all(reports)) {
        expect(`${outcome} ${detail}`).toStartWith("ok");
      }
    }
    busy = false;
  };

  const [count] = await Promise.all([reloads(), sessions().finally(() => (busy = false))]);
  expect(count).toBeGreaterThan(4);
});

async function reload({ program }: Running, said: RegExp): Promise<void> {
  program.kill("SIGHUP");
  await program.stderr.next(said);
}

/** Puts other certificates into the files of a server. */
function replace(credentials: CredentialsFolder, next: CredentialsFolder): void {
  for (const [from, to] of [
    [next.ca.cert, credentials.ca.cert],
    [next.server.cert, credentials.server.cert],
    [next.server.key, credentials.server.key],
  ] as const) {
    copyFileSync(from, to);
  }
}
