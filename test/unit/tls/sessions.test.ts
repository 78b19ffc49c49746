/**
 * No session is resumed: a resumed one would skip the check of the certificate, which may have
 * expired since.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeCredentials } from "../../support/certificates.ts";
import { type Ear, STRICT_LISTENERS, startOpensslClient, writeAuthority } from "./ends.ts";

setDefaultTimeout(60_000);

const credentials = await makeCredentials();
const files = writeAuthority(credentials);
const { cert, key } = files.add("client", credentials.client);
afterAll(() => files[Symbol.dispose]());

/** What OpenSSL's client says of its session, and of what it could resume it with. */
const SIGNS = /^(New|Reused), TLSv1|session ticket|New Session Ticket arrived/gm;

const IDENTITY = ["-CAfile", files.ca, "-cert", cert, "-key", key];

describe.each(STRICT_LISTENERS)("of %s", (_, listenStrictly) => {
  for (const version of ["-tls1_2", "-tls1_3"]) {
    test(`a client that asks for it gets neither ticket nor session (${version})`, async () => {
      using ear = listenStrictly(credentials);
      const session = join(files.path, `session${version}`);
      const first = await converse(ear, [version, "-sess_out", session]);
      const resumption = existsSync(session) ? ["-sess_in", session] : [];

      const second = await converse(ear, [version, ...resumption]);

      for (const output of [first, second]) {
        expect(output.match(SIGNS)).toEqual(["New, TLSv1"]);
      }
      expect(ear.accepted.count).toBe(2);
    });
  }

  test("a client that reconnects five times shakes hands anew each time", async () => {
    using ear = listenStrictly(credentials);
    await using client = startOpensslClient(ear.port, [...IDENTITY, "-tls1_2", "-reconnect"]);
    for (let times = 0; times < 6; times += 1) {
      await ear.accepted.next();
    }
    await client.stdout.next(/drop connection and then reconnect/);
    client.closeInput();

    const { stdout } = await client.ended();

    expect(stdout.match(/^New, /gm)).toHaveLength(6);
    expect(stdout).not.toContain("Reused");
  });
});

/** One connection on which the server says a line, so that tickets before it have arrived. */
async function converse(ear: Ear, args: readonly string[]): Promise<string> {
  await using client = startOpensslClient(ear.port, [...IDENTITY, ...args]);
  const { channel } = await ear.accepted.next();
  await channel.send("hello from the server");
  await client.stdout.next(/hello from the server/);
  channel.close();
  const { stdout } = await client.ended();
  return stdout;
}
