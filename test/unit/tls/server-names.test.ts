/**
 * The server name in our handshakes (SNI, RFC 6066), and the name that the certificate must carry.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { parseAuthorities } from "../../../src/certificates/authorities.ts";
import { parseIdentity } from "../../../src/certificates/identity.ts";
import { resolveHost } from "../../../src/tls/hosts.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { openWorkshop, ROOT } from "../../support/openssl.ts";
import { servePlainly } from "../../support/plain-tcp.ts";
import { start } from "../../support/processes.ts";
import { dial, faultOf, LOOPBACK, startListener } from "./ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());

// https://github.com/fluent/fluent-bit/issues/11815
describe("the server name in the handshake", () => {
  for (const [host, name] of [
    ["intake.example.org", "intake.example.org"],
    ["intake.example.org.", "intake.example.org"],
    ["München.example.", "xn--mnchen-3ya.example"],
    ["localhost.", "localhost"],
    ["127.0.0.1", undefined],
    ["127.0.0.1.", undefined],
    ["127.1", undefined],
    ["0x7f000001", undefined],
    ["2130706433", undefined],
    ["::1", undefined],
    ["0:0:0:0:0:0:0:1", undefined],
    ["::ffff:127.0.0.1", undefined],
    ["fe80::1%lo", undefined],
  ] as const) {
    for (const trust of ["authorities", "anybody"] as const) {
      test(`for ${host} is ${name ?? "absent"}, with trust in ${trust}`, async () => {
        const hello = Promise.withResolvers<Buffer>();
        using server = await servePlainly((socket) => {
          socket.once("data", (bytes) => {
            hello.resolve(Buffer.from(bytes));
            socket.destroy();
          });
        });

        await faultOf(
          dial(credentials, server.port, {
            serverName: host,
            trust: trust === "anybody" ? trust : { authorities: credentials.authority.cert },
          }),
        );

        expect(serverNameOf(await hello.promise)).toBe(name);
      });
    }
  }
});

describe("the name that the certificate must carry", () => {
  const root = workshop.make({ name: "root", extensions: ROOT });
  const identityFor = (names: string) => {
    const extensions = [`subjectAltName=${names}`];
    return parseIdentity(workshop.make({ issuer: root, extensions }), "server");
  };
  const trust = parseAuthorities(root.cert);

  for (const [names, host] of [
    ["DNS:localhost", "localhost."],
    ["DNS:localhost", "LOCALHOST."],
    ["IP:127.0.0.1", "127.0.0.1"],
    ["IP:127.0.0.1", "127.1"],
    ["IP:127.0.0.1", "2130706433"],
    ["IP:::1", "::1"],
    ["IP:::1", "0:0:0:0:0:0:0:1"],
    ["IP:::1", "::1%lo"],
  ] as const) {
    test(`for ${host} is met by ${names}, and by no other`, async () => {
      const [address] = await resolveHost(host, { seconds: 20 });
      const addresses = [address.includes(":") ? "::1" : LOOPBACK] as const;
      const own = { addresses, trust: "anybody" } as const;
      const client = { address, serverName: host, trust, identity: undefined };
      using good = startListener(credentials, { ...own, identity: identityFor(names) });
      const other = identityFor("DNS:example.org,IP:127.0.0.9,IP:::9");
      using bad = startListener(credentials, { ...own, identity: other });

      const near = await dial(credentials, good.port, client);
      near.channel.close();
      await near.closed;

      const fault = await faultOf(dial(credentials, bad.port, client));
      expect(fault.message).toContain("is for another host name: example.org, 127.0.0.9, ::9, not");
    });
  }

  test("is judged after the chain: a stranger's certificate for another host is untrusted", async () => {
    const stranger = await makeAuthority({ name: "stranger" });
    const identity = await stranger.issue({ purpose: "server", names: ["example.org"] });
    using listener = startListener(credentials, { identity, trust: "anybody" });

    for (const serverName of ["localhost", LOOPBACK]) {
      const fault = await faultOf(dial(credentials, listener.port, { serverName }));
      expect(fault.message).toContain("was not signed by an authority that we trust");
    }
  });
});

// https://github.com/hexchat/hexchat/issues/2563
test("a server that insists on its name is satisfied, with the dot and without", async () => {
  const root = workshop.make({ name: "root", extensions: ROOT });
  const made = workshop.make({ issuer: root, extensions: ["subjectAltName=DNS:localhost"] });
  await using server = start([
    ...["openssl", "s_server", "-accept", `${LOOPBACK}:0`, "-servername", "localhost"],
    ...["-servername_fatal", "-cert", made.certPath, "-key", made.keyPath],
    ...["-cert2", made.certPath, "-key2", made.keyPath],
  ]);
  const [, port] = await server.stdout.next(/^ACCEPT .*:(\d+)$/);

  for (const serverName of ["localhost", "localhost."]) {
    const trust = parseAuthorities(root.cert);
    const near = await dial(credentials, Number(port), { serverName, trust, identity: undefined });
    near.channel.close();
    await near.closed;
  }
});

/** Reads the server name out of a ClientHello (RFC 8446, section 4.1.2). */
function serverNameOf(hello: Buffer): string | undefined {
  const sessionId = 5 + 4 + 2 + 32;
  const ciphers = sessionId + 1 + (hello[sessionId] ?? 0);
  const compressions = ciphers + 2 + hello.readUInt16BE(ciphers);
  const extensions = compressions + 1 + (hello[compressions] ?? 0);
  let offset = extensions + 2;
  while (offset < extensions + 2 + hello.readUInt16BE(extensions)) {
    const [type, length] = [hello.readUInt16BE(offset), hello.readUInt16BE(offset + 2)];
    if (type === 0) {
      return hello.toString("latin1", offset + 4 + 5, offset + 4 + length);
    }
    offset += 4 + length;
  }
  return undefined;
}
