/**
 * A scan of our server by sslscan, which looks for weaknesses of TLS servers and must find none.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { startAttackedServer } from "../support/attacked-server.ts";
import { writeCredential } from "../support/certificates.ts";
import { LOOPBACK } from "../support/hostile-peer.ts";
import { makeFolder, run } from "../support/processes.ts";

setDefaultTimeout(120_000);

/** The attributes of one element. */
type Finding = Readonly<Record<string, string>>;

test("sslscan finds TLS 1.2 and 1.3 with strong ciphers and groups, and nothing else", async () => {
  await using server = await startAttackedServer(["--bits", "4", "--other-timeout", "20"]);
  using folder = makeFolder();
  // Without a client certificate it would not see the ciphers of TLS 1.2.
  const { cert, key } = writeCredential(folder.path, "client", server.credentials.client);

  // Its check for Heartbleed writes to a connection that our server has reset, and gives up.
  const { stdout: xml } = await run([
    ...["sslscan", "--xml=-", "--no-colour", "--no-heartbleed"],
    ...[`--certs=${cert}`, `--pk=${key}`, `${LOOPBACK}:${server.port}`],
  ]);

  const enabled = findings(xml, "protocol").filter(({ enabled }) => enabled === "1");
  expect(enabled.map(({ type, version }) => `${type} ${version}`)).toEqual(["tls 1.2", "tls 1.3"]);

  const ciphers = findings(xml, "cipher");
  expect(ciphers.length).toBeGreaterThanOrEqual(6);
  for (const { cipher, bits, strength, curve } of ciphers) {
    expect(cipher).toMatch(/^(TLS_|ECDHE-ECDSA-).*(GCM|POLY1305)/);
    expect(Number(bits)).toBeGreaterThanOrEqual(128);
    expect(strength).toMatch(/^(strong|acceptable)$/);
    expect(curve).toBe("25519");
  }

  const groups = findings(xml, "group");
  expect(groups.length).toBeGreaterThanOrEqual(3);
  expect(groups.filter(({ bits }) => Number(bits) < 128)).toEqual([]);

  expect(findings(xml, "renegotiation")).toEqual([{ supported: "0", secure: "0" }]);
  expect(xml).not.toContain('<compression supported="1"');
  expect(xml).toContain("<signature-algorithm>ecdsa-with-SHA256</signature-algorithm>");
  expect(xml).toContain("<self-signed>false</self-signed>");
  expect(xml).toContain("<expired>false</expired>");
  await server.serveGoodClient();
  await server.settle();
});

function findings(xml: string, element: string): readonly Finding[] {
  return [...xml.matchAll(new RegExp(`<${element} ([^>]*?)/?>`, "g"))].map(([, attributes = ""]) =>
    Object.fromEntries(
      [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    ),
  );
}
