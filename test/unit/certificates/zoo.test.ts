/**
 * A few hundred certificates of every kind, each judged by `openssl verify`, by a live handshake
 * with our peer, and by our vetting. Where the three do not agree, the difference has a reason in
 * `DIFFERENCES`, which docs/security.md tells too.
 */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { parseAuthorities } from "../../../src/certificates/authorities.ts";
import { type Identity, parseIdentity } from "../../../src/certificates/identity.ts";
import { nameFault } from "../../../src/certificates/names.ts";
import { Fault } from "../../../src/fault/fault.ts";
import type { ConnectOptions } from "../../../src/tls/connect.ts";
import { unvetted } from "../../support/certificates.ts";
import { makeFolder, REPOSITORY } from "../../support/processes.ts";
import { dial, LOOPBACK, startListener } from "../tls/ends.ts";
import { type Animal, breed, breedNamed, HOSTS } from "./zoo.ts";

setDefaultTimeout(120_000);

interface Difference {
  readonly animals: RegExp;
  /** The verdicts of openssl, the handshake and the vetting: "+" is good, "-" is bad. */
  readonly verdicts: string;
  /** A sentence of docs/security.md. */
  readonly reason: string;
}

const DIFFERENCES: readonly Difference[] = [
  {
    animals: /key(Encipherment|Agreement)/,
    verdicts: "+--",
    reason: "A key usage without digitalSignature is refused",
  },
  {
    animals: /critical extension 2\.5\.29\.31/,
    verdicts: "+--",
    reason: "A critical cRLDistributionPoints is refused",
  },
  {
    animals: /a common name under constraints: /,
    verdicts: "+-+",
    reason: "A common name that could be a host's is refused below name constraints",
  },
  {
    animals: /constraints: IP .* permitted/,
    verdicts: "+-+",
    reason: "Name constraints for IP addresses cannot be checked",
  },
  {
    animals: /constraints: /,
    verdicts: "--+",
    reason: "Name constraints are judged by the peer alone",
  },
  {
    animals: /pathlen:0$/,
    verdicts: "--+",
    reason: "Path lengths are judged by the peer alone",
  },
  {
    animals: /root of/,
    verdicts: "--+",
    reason: "A self-signed certificate that is no authority is trusted for itself",
  },
  {
    animals: /issued with RSA-1024|intermediate signed with SHA-1/,
    verdicts: "-+-",
    reason: "Weak authorities are set aside by the vetting, not by the TLS stack",
  },
  {
    animals: /Netscape's type/,
    verdicts: "-++",
    reason: "Netscape's certificate type counts for OpenSSL alone",
  },
  {
    animals: /^name: (no|email|IP address) .* localhost$/i,
    verdicts: "+--",
    reason: "A common name never counts",
  },
  {
    animals: /^name: DNS f\*\.example\.org for foo\.example\.org$/,
    verdicts: "+--",
    reason: "A wildcard matches a whole label",
  },
];

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const animals = await breed();
const named = await breedNamed();
const judged = new Map<Animal, Verdicts>();
let judgedNames: Awaited<ReturnType<typeof judgeNames>> = [];

interface Verdicts {
  readonly openssl: boolean;
  readonly handshake: boolean;
  readonly vetting: boolean;
  readonly words: string;
}

beforeAll(async () => {
  judgedNames = await judgeNames();
  const openssl = verifyAll(animals);
  for (const animal of animals) {
    const [handshake, vetting] = [await shakeHands(animal), vet(animal)];
    judged.set(animal, {
      openssl: openssl.get(animal) === undefined,
      handshake: handshake === undefined,
      vetting: vetting === undefined,
      words: JSON.stringify({ openssl: openssl.get(animal), handshake, vetting }),
    });
  }
});

test("the zoo has a few hundred animals, and each name is there once", () => {
  expect(animals.length).toBeGreaterThan(200);
  expect(new Set(animals.map(({ name }) => name)).size).toBe(animals.length);
});

test("all verdicts agree, or differ for a reason that is known", () => {
  const differing = Array.from(judged)
    .map(([animal, verdicts]) => ({ name: animal.name, signs: signsOf(verdicts), ...verdicts }))
    .filter(({ signs }) => new Set(signs).size > 1);

  expect(differing.filter(({ name, signs }) => reasonFor(name, signs) === undefined)).toEqual([]);
});

test("the names of certificates count as they do for openssl, or differ for a known reason", () => {
  const differing = judgedNames.filter(({ signs }) => new Set(signs).size > 1);

  expect(differing.filter(({ name, signs }) => reasonFor(name, signs) === undefined)).toEqual([]);
});

test("each difference is real, and told in docs/security.md", () => {
  const page = readFileSync(join(REPOSITORY, "docs/security.md"), "utf8").replaceAll(/\s+/g, " ");
  const verdicts = [
    ...Array.from(judged, ([{ name }, all]) => ({ name, signs: signsOf(all) })),
    ...judgedNames,
  ];

  for (const { reason } of DIFFERENCES) {
    expect(page).toContain(reason);
    expect(verdicts.some(({ name, signs }) => reasonFor(name, signs) === reason)).toBeTrue();
  }
});

function signsOf({ openssl, handshake, vetting }: Omit<Verdicts, "words">): string {
  return [openssl, handshake, vetting].map((isGood) => (isGood ? "+" : "-")).join("");
}

function reasonFor(name: string, signs: string): string | undefined {
  return DIFFERENCES.find(({ animals, verdicts }) => verdicts === signs && animals.test(name))
    ?.reason;
}

/** The verdicts of openssl, of a client, and of our check alone, for each certificate and host. */
async function judgeNames(): Promise<readonly { readonly name: string; readonly signs: string }[]> {
  const verdicts: { readonly name: string; readonly signs: string }[] = [];
  for (const [i, { what, cert, key }] of named.entries()) {
    const path = write(`named-${i}`, cert);
    const identity = { cert: unvetted(cert), key: unvetted(key) };
    const addresses = [LOOPBACK, "::1"] as const;
    using listener = startListener(endsOf(identity), { identity, addresses, trust: "anybody" });
    for (const host of HOSTS) {
      const flag = isIP(host) === 0 ? "-verify_hostname" : "-verify_ip";
      const command = ["openssl", "verify", flag, host, "-CAfile", path, path];
      const options = {
        address: isIP(host) === 0 ? LOOPBACK : host,
        serverName: host,
        identity: undefined,
        trust: { authorities: identity.cert },
      };
      const signs = signsOf({
        openssl: Bun.spawnSync(command).exitCode === 0,
        handshake: (await greet(identity, listener.port, options)) === undefined,
        vetting: nameFault(new X509Certificate(cert), host) === undefined,
      });
      verdicts.push({ name: `name: ${what} for ${host}`, signs });
    }
  }
  return verdicts;
}

/** Returns the complaints of openssl; one call judges all animals of one trust and end. */
function verifyAll(all: readonly Animal[]): ReadonlyMap<Animal, string> {
  const complaints = new Map<Animal, string>();
  const groups = Map.groupBy(all, ({ trust, end }) => `${end}\n${trust}`);
  for (const [index, group] of Array.from(groups.values()).entries()) {
    const [first] = group;
    const ca = write(`ca-${index}`, first?.trust ?? "");
    const paths = new Map(
      group.map((animal, i) => [write(`${index}-${i}`, animal.leaf.cert), animal]),
    );
    const command = ["openssl", "verify", "-auth_level", "2", "-CAfile", ca];
    const purpose = ["-purpose", first?.end === "client" ? "sslclient" : "sslserver"];
    const { stdout, stderr } = Bun.spawnSync([...command, ...purpose, ...paths.keys()]);
    const said = `${stdout}${stderr}`;
    for (const [path, animal] of paths) {
      if (!said.includes(`${path}: OK`)) {
        complaints.set(animal, complaintOf(said, path));
      }
    }
  }
  return complaints;
}

/** The line above "error <path>: verification failed" says why. */
function complaintOf(said: string, path: string): string {
  const before = said.slice(0, said.indexOf(`error ${path}:`)).trimEnd();
  return before.slice(before.lastIndexOf("\n") + 1);
}

function write(name: string, content: string): string {
  const path = join(folder.path, `${name}.pem`);
  writeFileSync(path, content);
  return path;
}

/** Returns the complaint of our peer about an animal, if it has one. */
async function shakeHands({ leaf, trust, end }: Animal): Promise<string | undefined> {
  const identity = { cert: unvetted(leaf.cert), key: unvetted(leaf.key) };
  const authorities = { authorities: unvetted(trust) };
  const ends = endsOf(identity);
  try {
    if (end === "server") {
      using listener = startListener(ends, { identity, trust: "anybody" });
      return await greet(identity, listener.port, { trust: authorities, identity: undefined });
    }
    using listener = startListener(ends, { trust: authorities });
    const near = await dial(ends, listener.port, { trust: "anybody", identity });
    const outcome = await Promise.race([
      listener.accepted.next().then(() => undefined),
      listener.rejected.next().then(({ fault }) => fault.message),
    ]);
    near.channel.close();
    await near.closed;
    return outcome;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Returns the complaint of a client about a server, if it has one. */
async function greet(
  identity: Identity,
  port: number,
  options: Partial<ConnectOptions>,
): Promise<string | undefined> {
  try {
    const near = await dial(endsOf(identity), port, options);
    near.channel.close();
    await near.closed;
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Defaults of `dial` and `startListener`, which each call here replaces. */
function endsOf(identity: Identity) {
  const authority = { ...identity, issue: unused, revoke: unused };
  return { authority, server: identity, client: identity };
}

function unused(): never {
  throw new Error("nothing is issued here");
}

/** Returns the complaint of our vetting about an animal or its authorities, if it has one. */
function vet({ leaf, trust, end }: Animal): string | undefined {
  try {
    parseIdentity(leaf, end);
    const { setAside } = parseAuthorities(trust, end);
    return setAside[0]?.message;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Fault) {
    return thrown.message;
  }
  throw thrown;
}
