import { describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { identify } from "../../../src/certificates/fingerprint.ts";
import { makeAuthority, writeCredential } from "../../support/certificates.ts";
import { makeFolder, run } from "../../support/processes.ts";

const authority = await makeAuthority();

async function subjectOf(subject: string): Promise<string> {
  const { cert } = await authority.issue({ purpose: "client", subject });
  return identify(new X509Certificate(cert)).subject;
}

describe("a peer's subject", () => {
  test("is in one line, in the certificate's order", async () => {
    expect(await subjectOf("C=CH, O=Example, CN=reader 7")).toBe("C=CH, O=Example, CN=reader 7");
  });

  test("cannot break out of its line, or pass for another name", async () => {
    const subject = await subjectOf("CN=a\\0aO=admin\u001b[31m\\, OU=b");

    expect(subject).toBe("CN=a\\0AO=admin\\1B[31m\\, OU=b");
  });

  test("shows no character that turns the text around", async () => {
    expect(await subjectOf("CN=a\u202eb")).not.toContain("\u202e");
  });

  test("is cut when it is very long", async () => {
    const subject = await subjectOf(
      Array.from({ length: 20 }, (_, i) => `OU=unit${i}${"x".repeat(40)}`).join(", "),
    );

    expect(subject.length).toBeLessThanOrEqual(201);
    expect(subject).toEndWith("…");
  });
});

describe("a peer's name", () => {
  const nameOf = async (subject: string) => {
    const { cert } = await authority.issue({ purpose: "client", subject });
    return identify(new X509Certificate(cert)).name;
  };

  test("is the common name, as it is written", async () => {
    expect(await nameOf("C=CH, CN=Zo\u00eb \\, reader \\+ 1")).toBe("Zo\u00eb , reader + 1");
  });

  test("is the subject where there is no common name", async () => {
    expect(await nameOf("C=CH, O=Example")).toBe("C=CH, O=Example");
  });

  test("keeps the marks of its script, and no control characters", async () => {
    expect(await nameOf("CN=\u0645\u06cc\u200c\u062e\u0648")).toBe(
      "\u0645\u06cc\u200c\u062e\u0648",
    );
    expect(await nameOf("CN=a\u202eb\u001b[31m")).toBe("a\u202eb\\1B[31m");
  });
});

test("two peers with one name have different fingerprints", async () => {
  const identityOf = ({ cert }: { cert: string }) => identify(new X509Certificate(cert));
  const one = await authority.issue({ purpose: "client", subject: "CN=one" });
  const namesake = await authority.issue({ purpose: "client", subject: "CN=one" });

  const [first, other, again] = [one, namesake, one].map(identityOf);

  expect(again).toEqual(first);
  expect(other?.subject).toBe("CN=one");
  expect(other?.fingerprint).not.toBe(first?.fingerprint);
});

test("a peer's fingerprint is the one that OpenSSL computes", async () => {
  using folder = makeFolder();
  const credential = await authority.issue({ purpose: "client" });
  const { cert } = writeCredential(folder.path, "client", credential);

  const { fingerprint } = identify(new X509Certificate(credential.cert));

  const pipeline =
    'openssl x509 -in "$0" -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64';
  const { stdout } = await run(["sh", "-c", pipeline, cert]);
  expect(fingerprint).toBe(`sha256/${stdout.trim()}`);
});
