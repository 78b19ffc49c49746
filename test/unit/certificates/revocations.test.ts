/**
 * Lists of revoked certificates: which of them are used, and which clients are refused then.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vetAuthorities } from "../../../src/certificates/authorities.ts";
import type { FiledCertificate } from "../../../src/certificates/certificate-file.ts";
import { readRevocations } from "../../../src/certificates/revocations.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import type { InputFile } from "../../../src/io/input.ts";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import { type Authority, makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { makeFolder } from "../../support/processes.ts";
import { connectBoth, dial, faultOf, startListener } from "../tls/ends.ts";

setDefaultTimeout(120_000);

const credentials = await makeCredentials();
const { authority } = credentials;
const other = await makeAuthority({ name: "another authority" });
const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());

let written = 0;

function file(content: string | Uint8Array, mode = 0o644): InputFile {
  written += 1;
  const path = join(folder.path, `${written}.crl`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return { path, purpose: "revocations" };
}

function makers(...authorities: readonly Authority[]): readonly FiledCertificate[] {
  const pem = authorities.map(({ cert }) => cert).join("");
  return vetAuthorities(Buffer.from(pem), { purpose: "authorities" }).used;
}

function der(pem: string): Uint8Array {
  return Buffer.from(pem.replaceAll(/-----[^-]+-----/g, ""), "base64");
}

async function listsOf(...contents: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const files = contents.map((content) => file(content));
  return (await readRevocations(files, makers(authority))).lists;
}

describe("a revocation list", () => {
  test("may be PEM or DER", async () => {
    const pem = await authority.revoke([]);

    const [fromPem, fromDer] = [await listsOf(pem), await listsOf(der(pem))];

    expect(fromPem).toEqual(fromDer);
    expect(fromPem).toEqual([pem]);
  });

  test("may be in one file with others, and each counts", async () => {
    const both = `${await other.revoke([])}${await authority.revoke([])}`;

    const { lists, expiries } = await readRevocations([file(both)], makers(authority, other));

    expect(lists).toHaveLength(2);
    expect(expiries).toHaveLength(2);
  });

  test("has the date by which there must be a new one", async () => {
    const { expiries } = await readRevocations(
      [file(await authority.revoke([]))],
      makers(authority),
    );

    const [days] = expiries.map(({ date }) => (date.getTime() - Date.now()) / (24 * 3600 * 1000));
    expect(days).toBeCloseTo(30, 1);
  });

  const damaged = async () =>
    (await authority.revoke([])).replace(/\n[^\n]+\n-----END/, "\n-----END");
  const REFUSED: Readonly<Record<string, [() => Promise<string>, RegExp]>> = {
    "an empty file": [
      async () => "",
      /^the revocation list \S+ holds no revocation list, PEM or DER$/,
    ],
    "a certificate": [
      async () => authority.cert,
      /^the revocation list \S+ holds no revocation list, PEM or DER, only a certificate$/,
    ],
    "one cut short": [damaged, /^the revocation list \S+ is damaged at line 1$/],
    "one that has expired": [
      () => authority.revoke([], "expired"),
      /^the revocation list \S+ expired on /,
    ],
    "one that is not valid yet": [
      () => authority.revoke([], "not yet valid"),
      /^the revocation list \S+ is valid only from /,
    ],
    "one of another authority": [
      () => other.revoke([]),
      /^the revocation list \S+ was not signed by an authority that we trust$/,
    ],
    "one of an impostor with the authority's name": [
      async () => (await makeAuthority()).revoke([]),
      /^the revocation list \S+ was not signed by an authority that we trust$/,
    ],
  };

  for (const [what, [make, message]] of Object.entries(REFUSED)) {
    test(`is not ${what}`, async () => {
      const fault = await faultOf(listsOf(await make()));

      expect(fault.family).toBe("usage");
      expect(fault.message).toMatch(message);
    });
  }

  test("is not a file that everybody can write", async () => {
    const writable = file(await authority.revoke([]), 0o646);

    const fault = await faultOf(readRevocations([writable], makers(authority)));

    expect(fault.message).toEndWith("can be written by everybody");
    expect(hintFor(fault, LIBRARY_VOICE)).toStartWith(`chmod o-w ${writable.path} #`);
  });

  test("is named with the others, where several could be the authority's", async () => {
    const files = [
      file(await authority.revoke([], "expired")),
      file(await other.revoke([])),
    ] as const;

    const fault = await faultOf(readRevocations(files, makers(authority)));

    expect(fault.message).toStartWith(
      `there is no usable revocation list of the authority CN=test authority: the revocation list ${files[0].path} expired on `,
    );
    expect(fault.message).toEndWith(
      `; the revocation list ${files[1].path} was not signed by an authority that we trust`,
    );
  });

  test("is needed of every authority, if there is any", async () => {
    const files = [file(await authority.revoke([]))];

    const fault = await faultOf(readRevocations(files, makers(authority, other)));

    expect(fault.message).toBe("there is no revocation list of the authority CN=another authority");
  });
});

describe("with a revocation list", () => {
  test("a client that is not on it is served", async () => {
    const revoked = await authority.issue({ purpose: "client" });
    const revocations = [await authority.revoke([revoked])];
    using listener = startListener(credentials, {
      trust: { authorities: authority.cert, revocations },
    });

    const { near, far } = await connectBoth(credentials, listener);

    near.channel.close();
    await far.closed;
  });

  test("a client that is on it is refused", async () => {
    const revocations = [await authority.revoke([credentials.client])];
    using listener = startListener(credentials, {
      trust: { authorities: authority.cert, revocations },
    });
    const near = await dial(credentials, listener.port);

    const { fault } = await listener.rejected.next();

    expect([causeOf(fault), fault.message]).toEqual([
      "revoked",
      "the peer's certificate was revoked",
    ]);
    await near.closed;
    expect(listener.accepted.count).toBe(0);
  });

  test("that came with a reload, a client on it is refused too", async () => {
    using listener = startListener(credentials);
    const revocations = [await authority.revoke([credentials.client])];
    listener.reload({
      identity: credentials.server,
      trust: { authorities: authority.cert, revocations },
    });
    const near = await dial(credentials, listener.port);

    const { fault } = await listener.rejected.next();

    expect(fault.message).toContain("revoked");
    await near.closed;
  });

  test("that has expired meanwhile, every client is refused", async () => {
    const revocations = [await authority.revoke([], "expired")];
    using listener = startListener(credentials, {
      trust: { authorities: authority.cert, revocations },
    });
    const near = await dial(credentials, listener.port);

    const { fault } = await listener.rejected.next();

    expect(causeOf(fault)).toBe("revocation-list");
    await near.closed;
  });

  test("a server that is on it is refused", async () => {
    const revocations = [await authority.revoke([credentials.server])];
    using listener = startListener(credentials);

    const trust = { authorities: authority.cert, revocations };
    const fault = await faultOf(dial(credentials, listener.port, { trust }));

    expect(fault.message).toContain("the peer's certificate was revoked");
  });
});
