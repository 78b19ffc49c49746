import { afterAll, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAuthorities, readAuthorities } from "../../../src/certificates/authorities.ts";
import type { InputFile } from "../../../src/io/input.ts";
import { makeAuthority, makeCredentials } from "../../support/certificates.ts";
import { hintOf, usageFaultOf } from "../../support/faults.ts";
import { makeFolder } from "../../support/processes.ts";

const { authority, server } = await makeCredentials();
const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());

const GARBAGE = {
  "an empty file": "",
  "a file of something else": "never gonna give you up\n",
  "a certificate cut short": `${server.cert.slice(0, 200)}\n`,
  "a certificate's frame around nothing":
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  "DER instead of PEM": new X509Certificate(server.cert).raw,
  "a private key": server.key,
};

describe("authorities", () => {
  test("are the certificates of the file", () => {
    const { authorities, setAside } = readAuthorities(place(authority.cert));

    expect(authorities).toBe(authority.cert);
    expect(setAside).toEqual([]);
  });

  test("may be several in one file, and each counts once", async () => {
    const other = await makeAuthority({ name: "another authority" });
    const both = `${authority.cert}${other.cert}`;

    expect(readAuthorities(place(`${both}${authority.cert}`)).authorities).toBe(
      parseAuthorities(both).authorities,
    );
  });

  for (const [what, content] of Object.entries(GARBAGE)) {
    test(`are not ${what}`, () => {
      usageFaultOf(
        () => readAuthorities(place(content)),
        /^the CA certificate \S+ (holds no PEM certificate(, only DER|, only a private key)?|is damaged at line 1)$/,
      );
    });
  }

  test("that came from no file are judged by the same rules", () => {
    expect(parseAuthorities(authority.cert).authorities).toBe(authority.cert);
    usageFaultOf(() => parseAuthorities(""), /^the CA certificate holds no PEM certificate$/);
  });

  test("may have signed themselves with SHA-1, because they are trusted by their file", async () => {
    const { cert } = await makeAuthority({ forgeable: true });

    expect(readAuthorities(place(cert)).authorities).toBe(cert);
  });

  test("are not a certificate that they signed", () => {
    const fault = usageFaultOf(
      () => readAuthorities(place(server.cert)),
      /is not the certificate of an authority: its key usage lacks keyCertSign$/,
    );
    expect(hintOf(fault)).toBe(
      "name the file of the authority that signed the peers' certificates",
    );
  });

  test("may be in OpenSSL's oldest form", () => {
    const old = authority.cert.replaceAll("CERTIFICATE", "X509 CERTIFICATE");

    expect(readAuthorities(place(old)).authorities).toBe(authority.cert);
  });

  test("are not used in OpenSSL's form with conditions, which would be lost", () => {
    const trusted = authority.cert.replaceAll("CERTIFICATE", "TRUSTED CERTIFICATE");

    const fault = usageFaultOf(
      () => readAuthorities(place(trusted)),
      /^the CA certificate \S+ has a "BEGIN TRUSTED CERTIFICATE", which is not read$/,
    );
    expect(hintOf(fault)).toContain("openssl x509");
  });

  for (const [validity, complaint] of [
    ["expired", /expired on \w+/],
    ["not yet valid", /is valid only from \w+/],
  ] as const) {
    test(`cannot be ${validity}`, async () => {
      const { cert } = await makeAuthority({ validity });

      usageFaultOf(() => readAuthorities(place(cert)), complaint);
    });
  }

  test("cannot be a folder", () => {
    const path = join(folder.path, "folder");
    mkdirSync(path);

    usageFaultOf(
      () => readAuthorities({ path, purpose: "authorities" }),
      /^the CA certificate \S+ is (a folder, not a file|not a regular file)$/,
    );
  });
});

let placed = 0;

/** Writes a file of its own. */
function place(content: string | Uint8Array): InputFile {
  placed += 1;
  const path = join(folder.path, `${placed}.pem`);
  writeFileSync(path, content);
  return { path, purpose: "authorities" };
}
