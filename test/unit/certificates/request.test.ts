import { afterAll, describe, expect, test } from "bun:test";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { readRequestedKey } from "../../../src/certificates/request.ts";
import { rejectionOf, summary } from "../../support/faults.ts";
import { openssl, openWorkshop, RSA } from "../../support/openssl.ts";

const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());

let made = 0;

/** Makes a key and its request; returns their paths. */
function request(key: readonly string[], ...options: readonly string[]) {
  made += 1;
  const [keyPath, path] = [`${workshop.path}/${made}.key`, `${workshop.path}/${made}.csr`];
  openssl("genpkey", ...key, "-out", keyPath);
  openssl("req", "-new", "-key", keyPath, "-subj", "/CN=Mallory", "-out", path, ...options);
  return { keyPath, path };
}

const curve = (name: string) => ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${name}`];
const read = (path: string) => readRequestedKey({ purpose: "request", path });
const refusal = async (path: string) =>
  summary(await rejectionOf(read(path))).replace(workshop.path, "…");

describe("a request", () => {
  test.each([
    ["RSA", RSA, []],
    ["RSA, signed with RSA-PSS", RSA, ["-sigopt", "rsa_padding_mode:pss"]],
    ["P-256", curve("P-256"), []],
    ["P-384", curve("P-384"), ["-sha384"]],
    ["P-521", curve("P-521"), ["-sha512"]],
    ["Ed25519", ["-algorithm", "ED25519"], []],
  ])("of %s gives its public key", async (_, key, options) => {
    const { keyPath, path } = request(key, ...options);
    const expected = createPublicKey(createPrivateKey(readFileSync(keyPath, "utf8")));
    expect(Buffer.from(await read(path))).toEqual(expected.export({ type: "spki", format: "der" }));
  });

  test("is found among other text, by its old label too", async () => {
    const { path } = request(curve("P-256"));
    const text = readFileSync(path, "utf8").replaceAll(
      "CERTIFICATE REQUEST",
      "NEW CERTIFICATE REQUEST",
    );
    const mail = workshop.write(
      `Dear organiser,\r\n${text.replaceAll("\n", "\r\n")}Yours, Alice\r\n`,
    );
    expect(Buffer.from(await read(mail))).toEqual(Buffer.from(await read(path)));
  });
});

describe("a request is refused", () => {
  test("for a weak key, and for kinds that TLS does not use", async () => {
    const weak = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
    expect(await refusal(request(weak).path)).toMatch(
      /^usage: the certificate request .* has an RSA key of 1024 bits; 2048 is the least$/,
    );
    for (const key of [["-algorithm", "ED448"], curve("secp256k1"), ["-algorithm", "RSA-PSS"]]) {
      expect(await refusal(request(key).path)).toMatch(
        /^usage: the certificate request .* has a key of a kind that cannot be used$/,
      );
    }
  });

  test("for the signature of another key", async () => {
    const [one, other] = [request(curve("P-256")), request(curve("P-256"))];
    const der = (path: string) => openssl("req", "-in", path, "-outform", "DER");
    const key = createPublicKey(createPrivateKey(readFileSync(one.keyPath, "utf8"))).export({
      type: "spki",
      format: "der",
    });
    const otherKey = createPublicKey(createPrivateKey(readFileSync(other.keyPath, "utf8"))).export({
      type: "spki",
      format: "der",
    });
    const forged = der(one.path);
    forged.set(otherKey, forged.indexOf(key));
    const base64 = forged.toString("base64").replaceAll(/.{64}/g, "$&\n");
    const path = workshop.write(
      `-----BEGIN CERTIFICATE REQUEST-----\n${base64}\n-----END CERTIFICATE REQUEST-----\n`,
    );
    expect(await refusal(path)).toMatch(/^usage: .* was not signed by the key that it is for$/);
  });

  test("where there is none, several, or damage", async () => {
    const { keyPath, path } = request(curve("P-256"));
    const text = readFileSync(path, "utf8");
    expect(await refusal(keyPath)).toMatch(/^usage: .* holds no PEM certificate request$/);
    expect(await refusal(workshop.write(text + text))).toMatch(/^usage: .* holds several requests/);
    expect(await refusal(workshop.write(text.replace(/\n.{4}/, "\n")))).toMatch(
      /^usage: .* is damaged at line 1$/,
    );
    expect(await refusal(`${workshop.path}/absent`)).toMatch(/^usage: .* does not exist$/);
  });
});
