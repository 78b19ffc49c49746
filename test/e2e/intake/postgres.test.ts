/**
 * Two servers with one PostgreSQL database, which crashes in the middle.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { SQL } from "bun";
import { REQUESTS } from "../../../src/wire/message.ts";
import { makeAuthority, writeCredential } from "../../support/certificates.ts";
import {
  ANYBODY,
  eventually,
  expectKept,
  NOT_KEPT,
  readEntries,
  sendParticipants,
  startIntakeServer,
} from "../../support/intake.ts";
import { awkwardAnswers, type Ending, takePart } from "../../support/participants.ts";
import { makeCredentialsFolder, serverArgs } from "../../support/peers.ts";
import { type Postgres, startPostgres } from "../../support/postgres.ts";
import { makeFolder, runTlslp, startTlslp } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentialsFolder();
let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(async () => {
  await postgres[Symbol.asyncDispose]();
  credentials[Symbol.dispose]();
});

test("a database that crashes in the middle keeps every answer whose client saw DONE, on both servers", async () => {
  const url = await postgres.createPlace();
  const args = ["--store", url];
  // Both find an empty database, and make its tables.
  const servers = await Promise.all([1, 2].map(() => startIntakeServer(credentials, args)));
  const loads = servers.map(({ port }, index) => sendParticipants(port, 8, `server ${index}`));
  const heard = () => loads.flatMap(({ endings }) => endings);
  await eventually(() => heard().filter(({ sawDone }) => sawDone).length > 20);
  postgres.stop();
  // Until both have given up, and not only waited.
  const isRefusing = ({ endings }: (typeof loads)[number]) =>
    endings.some(({ refusal }) => refusal === NOT_KEPT);
  await eventually(() => loads.every(isRefusing));
  postgres.start();
  const before = heard().filter(({ sawDone }) => sawDone).length;
  await eventually(() => heard().filter(({ sawDone }) => sawDone).length > before + 20);

  // A server that is killed takes nothing with it.
  servers[0]?.program.kill("SIGKILL");
  await Bun.sleep(50);
  await Promise.all(loads.map((load) => load.stop()));
  servers[1]?.program.kill("SIGTERM");
  expect((await servers[1]?.program.ended())?.code).toBe(0);
  expect(servers[1]?.log).toContain("answers can be kept again");
  expect(servers[1]?.log).not.toContain("not%20a%20secret");
  const submissions = expectKept(await readEntries(url), heard());
  expect(submissions.length).toBeGreaterThan(40);
  for (const server of servers) {
    await server[Symbol.asyncDispose]();
  }
});

test("one pass for each participant, whichever server it asks, races included", async () => {
  const url = await postgres.createPlace();
  const authority = await makeAuthority();
  using folder = makeFolder();
  const ca = writeCredential(folder.path, "ca", authority);
  const identity = writeCredential(
    folder.path,
    "server",
    await authority.issue({ purpose: "server" }),
  );
  const files = { ...credentials, ca, server: identity };
  const args = ["--store", url, "--passes", "1"];
  const start = () => startIntakeServer(files, args, { mode: "mutual" });
  await using first = await start();
  await using second = await start();

  const endings: Ending[] = [];
  const PARTICIPANTS = 5;
  for (let participant = 0; participant < PARTICIPANTS; participant += 1) {
    const name = `participant ${participant}`;
    const { cert, key } = await authority.issue({ purpose: "client", subject: `CN=${name}` });
    const tls = { ...ANYBODY, cert, key };
    const tries = [first, second, first, second].map(({ port }, attempt) =>
      takePart({ port, tls }, awkwardAnswers(`${name}, ${attempt}`)),
    );
    const heard = await Promise.all(tries);
    endings.push(...heard);
    expect(heard.filter(({ sawDone }) => sawDone)).toHaveLength(1);
    expect(heard.filter(({ refusal }) => refusal === "you have answered already")).toHaveLength(3);
  }
  const submissions = expectKept(await readEntries(url), endings);
  expect(submissions.map(({ participant }) => participant)).toEqual(
    Array.from({ length: PARTICIPANTS }, (_, index) => `participant ${index}`),
  );
  expect(Object.keys(submissions[0]?.answers ?? {})).toEqual([...REQUESTS]);
});

test("a database that cannot be reached at the start", async () => {
  const args = ["server", "--port", "0", "--insecure", "--store"];
  const files = ["--server-cert", credentials.server.cert, "--server-key", credentials.server.key];
  const url = "postgres://organiser:secret@127.0.0.1:1/none";
  const { code, stdout, stderr } = await runTlslp([...args, url, ...files]);
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toBe(
    "tlslp: error: cannot use the store postgres://organiser@127.0.0.1:1/none: connection refused, or its host is not known\n",
  );
});

test("a server that waits for another one to migrate its database ends at a signal", async () => {
  const url = await postgres.createPlace();
  await using sql = new SQL({ url, max: 2 });
  await sql.begin(async (other) => {
    // As a migration does.
    await other`select pg_advisory_xact_lock(${0x746c736c70})`;
    const args = serverArgs(credentials, "insecure", ["--store", url]);
    await using program = startTlslp(args);
    await eventually(async () => {
      const [{ waiting }] = await sql`
        select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted`;
      return waiting > 0;
    });
    program.kill("SIGTERM");
    const begin = performance.now();
    expect(await program.ended()).toMatchObject({ code: 0, stdout: "" });
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
