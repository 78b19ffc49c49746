/**
 * Certificates of every kind that a peer may meet: what changes, and all its values.
 */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Credential } from "../../../src/certificates/credentials.ts";
import type { End } from "../../../src/fault/sentences/certificates.ts";

export interface Animal {
  readonly name: string;
  readonly end: End;
  readonly leaf: Credential;
  /** The file of certificates that its peer trusts. */
  readonly trust: string;
}

interface Signer {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

interface Kind {
  readonly extensions?: readonly Extension[];
  readonly issuer?: Signer;
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly subject?: string;
  readonly days?: readonly [number, number];
  readonly hash?: string;
}

const DAY = 24 * 60 * 60 * 1000;
const ENDS = ["server", "client"] as const;
const CA = new BasicConstraintsExtension(true, undefined, true);
const SIGNS = new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true);
const NAMES = new SubjectAlternativeNameExtension([
  { type: "dns", value: "localhost" },
  { type: "ip", value: "127.0.0.1" },
]);
const EMAIL = "1.3.6.1.5.5.7.3.4";
const ANY = "2.5.29.37.0";
const NETSCAPE_TYPE = "2.16.840.1.113730.1.1";
const PERIODS = { current: [-1, 30], expired: [-3, -2], early: [2, 3] } as const;

const algorithms = {
  "P-256": { name: "ECDSA", namedCurve: "P-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384" },
  "P-521": { name: "ECDSA", namedCurve: "P-521" },
  Ed25519: { name: "Ed25519" },
  "RSA-2048": rsa(2048),
  "RSA-1024": rsa(1024),
} as const;

function rsa(modulusLength: number) {
  const publicExponent = Uint8Array.of(1, 0, 1);
  return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength, publicExponent };
}

function keyUsage(...names: readonly (keyof typeof KeyUsageFlags)[]): Extension[] {
  const flags = names.reduce((sum, name) => sum | KeyUsageFlags[name], 0);
  return [new KeyUsagesExtension(flags, true)];
}

const KEY_USAGES: Readonly<Record<string, readonly Extension[]>> = {
  "no key usage": [],
  digitalSignature: keyUsage("digitalSignature"),
  keyEncipherment: keyUsage("keyEncipherment"),
  keyAgreement: keyUsage("keyAgreement"),
  nonRepudiation: keyUsage("nonRepudiation"),
  "digitalSignature and keyEncipherment": keyUsage("digitalSignature", "keyEncipherment"),
  "digitalSignature and keyCertSign": keyUsage("digitalSignature", "keyCertSign"),
};

const EXTENDED_USAGES: Readonly<Record<string, readonly Extension[]>> = {
  "no extended usage": [],
  serverAuth: extended(ExtendedKeyUsage.serverAuth),
  clientAuth: extended(ExtendedKeyUsage.clientAuth),
  "both uses": extended(ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth),
  emailProtection: extended(EMAIL),
  any: extended(ANY),
  "any and emailProtection": extended(ANY, EMAIL),
};

function extended(...uses: readonly string[]): Extension[] {
  return [new ExtendedKeyUsageExtension([...uses])];
}

const CONSTRAINTS: Readonly<Record<string, readonly Extension[]>> = {
  "no basic constraints": [],
  "CA:TRUE": [CA],
  "CA:FALSE": [new BasicConstraintsExtension(false, undefined, true)],
  "CA:TRUE, pathlen:0": [new BasicConstraintsExtension(true, 0, true)],
};

/** Keys are slow to make, so most certificates share these. */
const p256 = await generate(algorithms["P-256"]);
const leafKeys = await generate(algorithms["P-256"]);
const rsaKeys = await generate(algorithms["RSA-2048"]);
let serial = 0;

function generate(algorithm: object): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, [
    ...(["sign", "verify"] as const),
  ]);
}

async function make(kind: Kind): Promise<Signer> {
  const { extensions = [], issuer, keys = leafKeys, subject = "CN=leaf" } = kind;
  const [from, to] = kind.days ?? PERIODS.current;
  serial += 1;
  const signer = issuer?.keys ?? keys;
  const { name } = signer.privateKey.algorithm;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${serial.toString(16).padStart(8, "0")}`,
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + to * DAY),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: { name, hash: kind.hash ?? "SHA-256" },
    extensions: [...extensions],
  });
  return { certificate, keys };
}

/** A certificate without a purpose, and the names that it has. */
interface Named extends Credential {
  readonly what: string;
}

/** The hosts that each `Named` is asked for. */
export const HOSTS = [
  ...["localhost", "LOCALHOST", "example.org", "a.example.org", "a.b.example.org"],
  ...["foo.example.org", "127.0.0.1", "::1"],
];

const ALTERNATIVE_NAMES: Readonly<Record<string, JsonGeneralName>> = {
  "DNS localhost": { type: "dns", value: "localhost" },
  "DNS LOCALHOST": { type: "dns", value: "LOCALHOST" },
  "DNS example.org": { type: "dns", value: "example.org" },
  "DNS *.example.org": { type: "dns", value: "*.example.org" },
  "DNS f*.example.org": { type: "dns", value: "f*.example.org" },
  "DNS *.org": { type: "dns", value: "*.org" },
  "DNS *": { type: "dns", value: "*" },
  "DNS 127.0.0.1": { type: "dns", value: "127.0.0.1" },
  "IP address 127.0.0.1": { type: "ip", value: "127.0.0.1" },
  "IP address ::1": { type: "ip", value: "::1" },
  "email address": { type: "email", value: "root@localhost" },
};

/** Self-signed certificates with the common name "localhost" and one alternative name, or none. */
export async function breedNamed(): Promise<readonly Named[]> {
  const named = Object.entries(ALTERNATIVE_NAMES).map(([what, name]) => ({
    what,
    extensions: [new SubjectAlternativeNameExtension([name])],
  }));
  const all = [{ what: "no name", extensions: [] }, ...named];
  return Promise.all(
    all.map(async ({ what, extensions }) => {
      return { what, ...(await toCredential(await make({ subject: "CN=localhost", extensions }))) };
    }),
  );
}

/** All animals, the plainest first. */
export async function breed(): Promise<readonly Animal[]> {
  const root = await make({ keys: p256, subject: "CN=root", extensions: [CA, SIGNS] });
  const groups = await Promise.all([
    breedPair("plain", { issuer: root, extensions: [NAMES] }, [root]),
    breedUsages(root),
    breedKeys(root),
    breedDigests(root),
    breedPeriods(root),
    breedConstraints(root),
    breedAuthorityUses(),
    breedExtensions(root),
    breedNameConstraints(),
  ]);
  return groups.flat();
}

/** One certificate, shown by either end to a peer with this trust. */
async function breedPair(
  name: string,
  kind: Kind,
  trust: readonly Signer[] | "itself",
): Promise<readonly Animal[]> {
  const leaf = await make(kind);
  const credential = await toCredential(leaf);
  const trusted = trust === "itself" ? [leaf] : trust;
  const pem = trusted.map(({ certificate }) => `${certificate.toString("pem")}\n`).join("");
  return ENDS.map((end) => ({ name: `${end}: ${name}`, end, leaf: credential, trust: pem }));
}

/** The same below a root of its own. */
async function breedBelow(name: string, kind: Kind, leaf: Kind = { extensions: [NAMES] }) {
  const root = await make({ keys: p256, subject: "CN=other root", ...kind });
  return breedPair(name, { ...leaf, issuer: root }, [root]);
}

/** The same below an intermediate. */
async function breedDeep(name: string, root: Signer, kind: Kind) {
  const middle = await make({ issuer: root, subject: "CN=intermediate", ...kind });
  return breedPair(name, { issuer: middle, extensions: [NAMES] }, [middle, root]);
}

async function flatten(work: readonly Promise<readonly Animal[]>[]): Promise<readonly Animal[]> {
  return (await Promise.all(work)).flat();
}

function breedUsages(issuer: Signer) {
  const pairs = Object.entries(KEY_USAGES).flatMap(([usage, usages]) =>
    Object.entries(EXTENDED_USAGES).map(([use, uses]) => ({
      what: `${usage}, ${use}`,
      kind: { issuer, extensions: [NAMES, ...usages, ...uses] },
    })),
  );
  return flatten(
    pairs.flatMap(({ what, kind }) => [
      breedPair(`EC, ${what}`, kind, [issuer]),
      ...(what.endsWith("both uses")
        ? [breedPair(`RSA, ${what}`, { ...kind, keys: rsaKeys }, [issuer])]
        : []),
    ]),
  );
}

function breedKeys(issuer: Signer) {
  return flatten(
    Object.entries(algorithms).flatMap(([kind, algorithm]) => {
      const keys = generate(algorithm);
      return [
        keys.then((own) => {
          return breedPair(`key ${kind}`, { issuer, keys: own, extensions: [NAMES] }, [issuer]);
        }),
        keys.then((own) => {
          return breedPair(`self-signed, ${kind}`, { keys: own, extensions: [NAMES] }, "itself");
        }),
        keys.then((own) => {
          return breedBelow(`issued with ${kind}`, { keys: own, extensions: [CA, SIGNS] });
        }),
      ];
    }),
  );
}

function breedDigests(root: Signer) {
  return flatten(
    ["SHA-1", "SHA-256", "SHA-384", "SHA-512"].flatMap((hash) => [
      breedPair(`signed with ${hash}`, { issuer: root, hash, extensions: [NAMES] }, [root]),
      breedBelow(`root signed with ${hash}`, { hash, extensions: [CA, SIGNS] }),
      breedDeep(`intermediate signed with ${hash}`, root, { hash, extensions: [CA, SIGNS] }),
    ]),
  );
}

function breedPeriods(root: Signer) {
  return flatten(
    Object.entries(PERIODS).flatMap(([period, days]) => [
      breedPair(period, { issuer: root, days, extensions: [NAMES] }, [root]),
      breedPair(`self-signed, ${period}`, { days, extensions: [NAMES] }, "itself"),
      breedBelow(`root ${period}`, { days, extensions: [CA, SIGNS] }),
      breedDeep(`intermediate ${period}`, root, { days, extensions: [CA, SIGNS] }),
    ]),
  );
}

function breedConstraints(root: Signer) {
  const usages = Object.entries({ ...KEY_USAGES, keyCertSign: [SIGNS] });
  return flatten(
    Object.entries(CONSTRAINTS).flatMap(([constraint, constraints]) => [
      breedBetween(constraint, constraints),
      ...usages.flatMap(([usage, own]) => {
        const what = `${constraint}, ${usage}`;
        const extensions = [...constraints, ...own];
        const named = [NAMES, ...extensions];
        return [
          breedBelow(`root of ${what}`, { extensions }),
          breedDeep(`intermediate of ${what}`, root, { extensions }),
          breedPair(`leaf of ${what}`, { issuer: root, extensions: named }, [root]),
          breedPair(`self-signed, ${what}`, { extensions: named }, "itself"),
        ];
      }),
    ]),
  );
}

/** An intermediate below a root of these constraints, with that root in the trust and without. */
async function breedBetween(constraint: string, constraints: readonly Extension[]) {
  const extensions = [...constraints, SIGNS];
  const root = await make({ keys: p256, subject: "CN=constrained root", extensions });
  const middle = await make({ issuer: root, subject: "CN=middle", extensions: [CA, SIGNS] });
  const kind = { issuer: middle, extensions: [NAMES] };
  return flatten([
    breedPair(`intermediate below ${constraint}`, kind, [middle, root]),
    breedPair(`intermediate alone below ${constraint}`, kind, [middle]),
  ]);
}

function breedAuthorityUses() {
  return flatten(
    Object.entries(EXTENDED_USAGES).flatMap(([use, uses]) => [
      breedBelow(`root for ${use}`, { extensions: [CA, SIGNS, ...uses] }),
      breedPair(`self-signed for ${use}`, { extensions: [NAMES, ...uses] }, "itself"),
    ]),
  );
}

function breedExtensions(root: Signer) {
  const ids = ["1.2.3.4", "2.5.29.18", "2.5.29.31", "1.3.6.1.5.5.7.1.1"];
  const extensions = ids.flatMap((id) =>
    [true, false].map((isCritical) => ({
      what: `${isCritical ? "critical" : "other"} extension ${id}`,
      extension: new Extension(id, isCritical, Uint8Array.of(0x30, 0x00)),
    })),
  );
  // Netscape's certificate types: a BIT STRING, whose first bit is a client, and second a server.
  const types = ["client", "server"].map((use, bit) => ({
    what: `Netscape's type ${use}`,
    extension: new Extension(NETSCAPE_TYPE, false, Uint8Array.of(0x03, 0x02, 0x06, 0x80 >> bit)),
  }));
  return flatten(
    [...extensions, ...types].flatMap(({ what, extension }) => [
      breedPair(what, { issuer: root, extensions: [NAMES, extension] }, [root]),
      breedBelow(`root with ${what}`, { extensions: [CA, SIGNS, extension] }),
    ]),
  );
}

function breedNameConstraints() {
  const dns = new SubjectAlternativeNameExtension([{ type: "dns", value: "localhost" }]);
  return flatten(
    Object.entries(nameConstraints()).flatMap(([what, value]) => {
      const kind = { extensions: [CA, SIGNS, new Extension("2.5.29.30", true, value)] };
      return [
        breedBelow(`name constraints: ${what}`, kind),
        breedBelow(`a DNS name under constraints: ${what}`, kind, { extensions: [dns] }),
        breedBelow(`a common name under constraints: ${what}`, kind, {}),
      ];
    }),
  );
}

/** Name constraints (RFC 5280, section 4.2.1.10), DER, of one subtree each. */
function nameConstraints(): Readonly<Record<string, Uint8Array>> {
  const constraint = (tree: number, tag: number, value: Uint8Array) => {
    const name = [tag, value.length, ...value];
    const subtree = [0x30, name.length, ...name];
    const trees = [tree, subtree.length, ...subtree];
    return Uint8Array.of(0x30, trees.length, ...trees);
  };
  const [PERMITTED, EXCLUDED, DNS, IP] = [0xa0, 0xa1, 0x82, 0x87];
  const text = (value: string) => new TextEncoder().encode(value);
  return {
    "DNS localhost permitted": constraint(PERMITTED, DNS, text("localhost")),
    "DNS example.org permitted": constraint(PERMITTED, DNS, text("example.org")),
    "DNS localhost excluded": constraint(EXCLUDED, DNS, text("localhost")),
    "DNS example.org excluded": constraint(EXCLUDED, DNS, text("example.org")),
    "IP 127.0.0.0/8 permitted": constraint(
      PERMITTED,
      IP,
      Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0),
    ),
    "IP 10.0.0.0/8 permitted": constraint(PERMITTED, IP, Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0)),
    "IP 127.0.0.0/8 excluded": constraint(EXCLUDED, IP, Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0)),
  };
}

async function toCredential({ certificate, keys }: Signer): Promise<Credential> {
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    cert: `${certificate.toString("pem")}\n`,
    key: `${PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}
