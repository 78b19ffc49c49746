/**
 * The certificates that we make, verified by OpenSSL and in live connections.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { parseAuthorities } from "../../../src/certificates/authorities.ts";
import type { Credential } from "../../../src/certificates/credentials.ts";
import { parseIdentity } from "../../../src/certificates/identity.ts";
import { makeCredentials } from "../../../src/certificates/make-credentials.ts";
import { connect } from "../../../src/tls/connect.ts";
import { type Accepted, listen } from "../../../src/tls/listen.ts";
import { writeCredential } from "../../support/certificates.ts";
import { makeFolder, run } from "../../support/processes.ts";

setDefaultTimeout(120_000);

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const HOSTS = ["localhost", "intake.example.org", "127.0.0.1", "::1"];
const NOW = new Date();
const DAYS = 30;

const credentials = await makeCredentials(HOSTS, DAYS, { authorityDays: DAYS, now: NOW });
const { ca, server, client } = credentials;
const all: Readonly<Record<string, Credential>> = { ca, server, client };
const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const paths = Object.fromEntries(
  Object.entries(all).map(([name, credential]) => [
    name,
    writeCredential(folder.path, name, credential),
  ]),
);

describe("OpenSSL's strict verification", () => {
  test("finds the server's certificate right for a server", async () => {
    const { code, stderr } = await verify("server", "sslserver");

    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("finds the client's certificate right for a client", async () => {
    const { code, stderr } = await verify("client", "sslclient");

    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("does not take the server's certificate for a client's", async () => {
    expect((await verify("server", "sslclient")).code).not.toBe(0);
  });

  test("does not take the client's certificate for a server's", async () => {
    expect((await verify("client", "sslserver")).code).not.toBe(0);
  });

  for (const host of HOSTS) {
    test(`finds ${host} in the server's certificate`, async () => {
      const flag = host.includes(":") || host === "127.0.0.1" ? "-verify_ip" : "-verify_hostname";

      expect((await verify("server", "sslserver", flag, host)).code).toBe(0);
    });
  }

  test("does not find another host in the server's certificate", async () => {
    const { code } = await verify("server", "sslserver", "-verify_hostname", "example.com");

    expect(code).not.toBe(0);
  });
});

test("the server is for exactly the hosts that were asked for", () => {
  const names = new X509Certificate(server.cert).subjectAltName;

  expect(names).toBe(
    "DNS:localhost, DNS:intake.example.org, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
  );
});

test("the client's certificate is for no host", () => {
  expect(new X509Certificate(client.cert).subjectAltName).toBe("DirName:CN=tlslp client");
});

for (const [name, { cert, key }] of Object.entries(all)) {
  describe(`the certificate ${name}`, () => {
    test("is valid from a little before now for as long as was asked", () => {
      const { validFrom, validTo } = new X509Certificate(cert);
      const from = NOW.getTime() - Date.parse(validFrom);
      const to = Date.parse(validTo) - NOW.getTime();

      expect(from).toBeGreaterThan(0);
      expect(from).toBeLessThanOrEqual(60 * MINUTE);
      // A certificate counts in whole seconds.
      expect(Math.abs(to - DAYS * DAY)).toBeLessThanOrEqual(1000);
    });

    test("has a P-256 key, which is its own", async () => {
      const text = await describeCertificate(name);

      expect(text).toContain("ASN1 OID: prime256v1");
      expect(text).toContain("Signature Algorithm: ecdsa-with-SHA256");
      const privateKey = createPrivateKey(key);
      expect(new X509Certificate(cert).checkPrivateKey(privateKey)).toBe(true);
    });

    test("ends with exactly one newline, and so does its key", () => {
      expect(cert).toMatch(/^-{5}BEGIN CERTIFICATE-{5}\n[\s\S]+[^\n]\n$/);
      expect(key).toMatch(/^-{5}BEGIN PRIVATE KEY-{5}\n[\s\S]+[^\n]\n$/);
    });

    test("has a positive serial number of at most 20 octets, with 64 random bits or more", () => {
      const { serialNumber } = new X509Certificate(cert);

      expect(serialNumber).toMatch(/^[0-7][0-9A-F]{17,39}$/);
    });
  });
}

test("serial numbers and keys never repeat", async () => {
  const more = await makeCredentials(["localhost"], 1, { now: NOW });
  const certificates = [...Object.values(all), more.ca, more.server, more.client];
  const serials = certificates.map(({ cert }) => new X509Certificate(cert).serialNumber);
  const keys = certificates.map(({ key }) => key);

  expect(new Set(serials).size).toBe(certificates.length);
  expect(new Set(keys).size).toBe(certificates.length);
});

describe("key usages", () => {
  test("let the authority sign certificates and lists, and nothing else, one level deep", async () => {
    const text = await describeCertificate("ca");

    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:TRUE, pathlen:0\n/);
    expect(text).toMatch(/Key Usage: critical\n\s+Certificate Sign, CRL Sign\n/);
    expect(text).not.toContain("Extended Key Usage");
  });

  for (const [name, usage] of [
    ["server", "TLS Web Server Authentication"],
    ["client", "TLS Web Client Authentication"],
  ] as const) {
    test(`let the ${name} sign handshakes as a ${name} only`, async () => {
      const text = await describeCertificate(name);

      expect(text).toMatch(/Basic Constraints: critical\n\s+CA:FALSE\n/);
      expect(text).toMatch(/X509v3 Key Usage: critical\n\s+Digital Signature\n/);
      expect(text).toMatch(new RegExp(`Extended Key Usage: ?\\n\\s+${usage}\\n`));
    });
  }
});

test("all of them together carry a mutual TLS connection", async () => {
  const trust = parseAuthorities(ca.cert);
  const accepted = Promise.withResolvers<Accepted>();
  const { ports, stop } = listen({
    ...{ addresses: ["127.0.0.1"], ports: [0], identity: parseIdentity(server, "server"), trust },
    ...{ allowedClients: [], reusePort: false, handshakeTimeout: 20 },
    capacity: { sessions: 1, perAddress: 1, limitsLoopback: true, connections: 1 },
    onAccepted: accepted.resolve,
    onRejected: (_, fault) => accepted.reject(fault),
  });
  const near = await connect({
    ...{ address: "127.0.0.1", port: ports[0], serverName: "127.0.0.1", trust },
    ...{ identity: parseIdentity(client, "client"), pins: [], timeout: 20 },
  });
  if ("unreachable" in near) {
    throw near.unreachable;
  }
  const far = await accepted.promise;

  await near.channel.send("hello");

  expect(await far.channel.receive()).toBe("hello");
  near.channel.close();
  await Promise.all([near.closed, far.closed]);
  stop();
});

function verify(name: string, purpose: string, ...more: readonly string[]) {
  return run([
    ...["openssl", "verify", "-x509_strict", "-purpose", purpose, ...more],
    ...["-CAfile", `${paths["ca"]?.cert}`, `${paths[name]?.cert}`],
  ]);
}

async function describeCertificate(name: string): Promise<string> {
  const { stdout } = await run([
    "openssl",
    "x509",
    "-noout",
    "-text",
    "-in",
    `${paths[name]?.cert}`,
  ]);
  return stdout;
}
