/**
 * No session is resumed: a resumed one would skip the check of the certificate, which may have
 * expired since.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeCredentials } from "../../support/certificates.ts";
import { STRICT_LISTENERS, startOpensslClient, type TestListener, writeAuthority } from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const files = writeAuthority(credentials);
const { cert, key } = files.add("client", credentials.client);
afterAll(() => files[Symbol.dispose]());

/** Returns OpenSSL's report of its session and its tickets. */
const SIGNS = /^(New|Reused), TLSv1|session ticket|New Session Ticket arrived/gm;

const IDENTITY = ["-CAfile", files.ca, "-cert", cert, "-key", key];

describe.each(STRICT_LISTENERS)("of %s", (_, listenStrictly) => {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    test(`a client that asks for it gets neither ticket nor session (${version})`, async () => {
      using listener = listenStrictly(credentials);
      const session = join(files.path, `session${version}`);
      const first = await converse(listener, [version, "-sess_out", session]);
      const resumption = existsSync(session) ? ["-sess_in", session] : [];

      const second = await converse(listener, [version, ...resumption]);

      for (const output of [first, second]) {
        expect(output.match(SIGNS)).toEqual(["New, TLSv1"]);
      }
      expect(listener.accepted.count).toBe(2);
    });
  }

  test("a client that reconnects five times does a full handshake each time", async () => {
    using listener = listenStrictly(credentials);
    await using client = startOpensslClient(listener.port, [...IDENTITY, "-tls1_2", "-reconnect"]);
    for (let times = 0; times < 6; times += 1) {
      await listener.accepted.next();
    }
    await client.stdout.next(/drop connection and then reconnect/);
    client.closeInput();

    const { stdout } = await client.ended();

    expect(stdout.match(/^New, /gm)).toHaveLength(6);
    expect(stdout).not.toContain("Reused");
  });
});

/** Connects; the server sends a line, so that tickets that it sent before have arrived too. */
async function converse(listener: TestListener, args: readonly string[]): Promise<string> {
  await using client = startOpensslClient(listener.port, [...IDENTITY, ...args]);
  const { channel } = await listener.accepted.next();
  await channel.send("hello from the server");
  await client.stdout.next(/hello from the server/);
  channel.close();
  const { stdout } = await client.ended();
  return stdout;
}
