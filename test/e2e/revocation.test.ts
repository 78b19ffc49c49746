/**
 * Lists of revoked certificates: the server notices new ones by itself, and several programs can
 * make one at once.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Authority,
  type Credential,
  makeAuthority,
  writeCredential,
} from "../support/certificates.ts";
import { type CredentialsFolder, type Running, runClient, startServer } from "../support/peers.ts";
import { makeFolder, type Program, run, runTlslp, start } from "../support/processes.ts";

setDefaultTimeout(120_000);

const RELOADED = /info.* revocation lists reloaded/;
const KEPT = /error.* revocation lists not reloaded, the old ones stay .*crl\.pem/;

interface Intake extends Disposable {
  readonly authority: Authority;
  readonly alice: Credential;
  /** With the files of the client "alice". */
  readonly files: CredentialsFolder;
  /** The same for the client "bob". */
  readonly filesOfBob: CredentialsFolder;
  readonly crl: string;
  /** Puts a list in the place of the last one, in one step. */
  publish(list: string): void;
}

async function openIntake(): Promise<Intake> {
  const folder = makeFolder();
  const authority = await makeAuthority();
  const [server, alice, bob] = await Promise.all([
    authority.issue({ purpose: "server" }),
    authority.issue({ purpose: "client", subject: "CN=alice" }),
    authority.issue({ purpose: "client", subject: "CN=bob" }),
  ]);
  const crl = join(folder.path, "crl.pem");
  const close = () => folder[Symbol.dispose]();
  const files = {
    ca: writeCredential(folder.path, "ca", authority),
    server: writeCredential(folder.path, "server", server),
    client: writeCredential(folder.path, "alice", alice),
    [Symbol.dispose]: close,
  };
  writeFileSync(crl, await authority.revoke([]));
  return {
    authority,
    alice,
    files,
    filesOfBob: { ...files, client: writeCredential(folder.path, "bob", bob) },
    crl,
    publish(list) {
      writeFileSync(`${crl}.new`, list);
      renameSync(`${crl}.new`, crl);
    },
    [Symbol.dispose]: close,
  };
}

function serve({ files, crl }: Intake): Promise<Running> {
  const flags = ["--crl", crl, "--crl-refresh", "0.1", "--bits", "4", "--other-timeout", "60"];
  return startServer(files, "mutual", flags);
}

test.concurrent("a participant is refused from the new list on, and others are served", async () => {
  using intake = await openIntake();
  await using server = await serve(intake);
  expect((await runClient(intake.files, "mutual", server.port)).code).toBe(0);

  intake.publish(await intake.authority.revoke([intake.alice]));
  await server.program.stderr.next(RELOADED);

  const { code, stderr } = await runClient(intake.files, "mutual", server.port);
  expect(code).toBe(3);
  expect(stderr).toContain("our certificate");
  expect((await runClient(intake.filesOfBob, "mutual", server.port)).code).toBe(0);
  await using bob = startOpenssl(intake.filesOfBob, server.port);
  await bob.stdout.next(/^HELLO$/);
  await using alice = startOpenssl(intake.files, server.port);
  expect((await alice.ended()).stdout).not.toContain("HELLO");
});

test.concurrent("a list that cannot be used is one error, and the next one is tried", async () => {
  using intake = await openIntake();
  await using server = await serve(intake);
  const stranger = await makeAuthority({ name: "stranger" });

  intake.publish(await stranger.revoke([intake.alice]));
  await server.program.stderr.next(KEPT);
  expect((await runClient(intake.files, "mutual", server.port)).code).toBe(0);
  intake.publish(await intake.authority.revoke([intake.alice]));
  await server.program.stderr.next(RELOADED);

  expect((await runClient(intake.files, "mutual", server.port)).code).toBe(3);
  expect(server.program.stderr.text.match(new RegExp(KEPT, "g"))).toHaveLength(1);
});

test.concurrent("a session goes on when its participant is revoked", async () => {
  using intake = await openIntake();
  await using server = await serve(intake);
  await using alice = startOpenssl(intake.files, server.port);
  await alice.stdout.next(/^HELLO$/);

  intake.publish(await intake.authority.revoke([intake.alice]));
  await server.program.stderr.next(RELOADED);
  alice.write("HELLOBACK\n");

  await alice.stdout.next(/^WORK /);
});

test.concurrent("of people who are revoked at the same time, all are on the list", async () => {
  using folder = makeFolder();
  const cwd = folder.path;
  const people = ["Ann", "Ben", "Cem", "Dan", "Eva", "Fay"];
  for (const args of [["certs"], ["invite", ...people, "--host", "localhost"]]) {
    expect((await runTlslp(args, { cwd })).code).toBe(0);
  }

  const ended = await Promise.all(people.map((name) => runTlslp(["revoke", name], { cwd })));

  expect(ended.map(({ code }) => code)).toEqual(people.map(() => 0));
  const { stdout } = await run(["openssl", "crl", "-in", "certs/crl.pem", "-noout", "-text"], {
    cwd,
  });
  expect(stdout.match(/Serial Number: /g)).toHaveLength(people.length);
  const journal = readFileSync(join(cwd, "certs/issued.jsonl"), "utf8");
  expect(journal.match(/"revoked":/g)).toHaveLength(people.length);
});

/** Starts OpenSSL as a client, which prints what the server says. */
function startOpenssl({ ca, client }: CredentialsFolder, port: number): Program {
  const to = ["-connect", `127.0.0.1:${port}`, "-CAfile", ca.cert];
  const own = ["-cert", client.cert, "-key", client.key];
  return start(["openssl", "s_client", "-quiet", ...to, ...own]);
}
