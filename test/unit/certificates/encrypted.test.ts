/**
 * Keys with a password, and PKCS #12, in every form that openssl writes.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { encodePem, readPem } from "../../../src/certificates/pem.ts";
import { readTlsConfig } from "../../../src/certificates/tls-config.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { type Made, openssl, openWorkshop, ROOT, RSA } from "../../support/openssl.ts";

setDefaultTimeout(120_000);

const PASSWORD = "pässword $x";
const LEGACY = ["-provider", "legacy", "-provider", "default"];

const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());

const root = workshop.make({ extensions: ROOT });
const made: Readonly<Record<string, Made>> = {
  EC: workshop.make({ issuer: root }),
  RSA: workshop.make({ issuer: root, key: RSA }),
  Ed25519: workshop.make({ issuer: root, key: ["-algorithm", "ED25519"] }),
};
const ec = made["EC"] as Made;

describe("PKCS #12", () => {
  const FORMS: Readonly<Record<string, readonly string[]>> = {
    "new ciphers": [],
    "old ciphers": ["-legacy"],
    "old ciphers, no RC2": ["-legacy", "-certpbe", "PBE-SHA1-3DES"],
    "AES-128 and a MAC of SHA-512": ["-certpbe", "AES-128-CBC", "-macalg", "sha512"],
    "no MAC": ["-nomac"],
    "no encryption": ["-keypbe", "NONE", "-certpbe", "NONE"],
    "names and an authority": ["-name", "ünter", "-caname", "root", "-certfile", root.certPath],
  };
  for (const [kind, pair] of Object.entries(made)) {
    for (const [form, flags] of Object.entries(FORMS)) {
      for (const password of [PASSWORD, ""]) {
        const title = password === "" ? "no password" : "a password";
        test(`${kind}, ${form}, ${title}`, async () => {
          const cert = workshop.write(exportPkcs12(pair, password, flags));

          const { identity, asked } = await read({ cert }, PASSWORD);

          expectPair(identity, pair);
          if (password === "") {
            expect(asked).toEqual([]);
          }
        });
      }
    }
  }

  test("with octets in pieces of unknown length", async () => {
    const cert = workshop.write(inPieces(exportPkcs12(ec, PASSWORD)));

    expectPair((await read({ cert }, PASSWORD)).identity, ec);
  });

  test("puts the certificate of the key before that of its authority", async () => {
    const mixed = workshop.write(`${root.cert}${ec.cert}`);
    const cert = workshop.write(
      openssl(
        ...["pkcs12", "-export", "-inkey", ec.keyPath, "-in", mixed],
        ...["-passout", `pass:${PASSWORD}`],
      ),
    );

    expectPair((await read({ cert }, PASSWORD)).identity, ec);
  });

  test("holds the key alone, or is named as both", async () => {
    const path = workshop.write(exportPkcs12(ec, PASSWORD));

    expectPair((await read({ cert: ec.certPath, key: path }, PASSWORD)).identity, ec);
    const { identity, asked } = await read({ cert: path, key: path }, PASSWORD);
    expectPair(identity, ec);
    expect(asked).toEqual([path]);
  });

  test("that others can read is refused as a key is", async () => {
    const cert = workshop.write(exportPkcs12(ec, PASSWORD), 0o644);

    await expectFault(read({ cert }, PASSWORD), /can be read by everybody|read by every/);
  });

  for (const [form, flags] of Object.entries(FORMS)) {
    if (form !== "no encryption") {
      test(`with ${form} and a wrong password names the file`, async () => {
        const cert = workshop.write(exportPkcs12(ec, PASSWORD, flags));

        await expectFault(
          read({ cert }, "secret?"),
          RegExp(`^the password of the server certificate ${cert} is wrong$`),
        );
      });
    }
  }

  test("is said to be encrypted where there is no password and no terminal", async () => {
    const cert = workshop.write(exportPkcs12(ec, PASSWORD));

    const fault = await expectFault(read({ cert }), /^the server certificate \S+ is encrypted$/);
    expect(hintFor(fault, LIBRARY_VOICE)).toContain("TLSLP_PASSWORD");
  });

  test("that was cut anywhere is damaged", async () => {
    const whole = exportPkcs12(ec, PASSWORD);
    for (let size = 40; size < whole.length; size += 37) {
      const cert = workshop.write(whole.subarray(0, size));

      await expectFault(
        read({ cert }, PASSWORD),
        /^the server certificate \S+ is damaged PKCS #12$/,
      );
    }
  });

  test("with any byte changed is read or refused, and nothing else happens", async () => {
    const whole = exportPkcs12(ec, PASSWORD, ["-iter", "1", "-maciter"]);
    for (let offset = 0; offset < whole.length; offset += 5) {
      const cert = workshop.write(whole.with(offset, (whole[offset] ?? 0) ^ 0x41));
      await read({ cert }, PASSWORD).catch((thrown) => expect(thrown).toBeInstanceOf(Fault));
    }
  });

  test("of 10 MB is too large", async () => {
    const whole = exportPkcs12(ec, PASSWORD);
    const cert = workshop.write(Buffer.concat([whole, Buffer.alloc(10_000_000)]));

    await expectFault(read({ cert }, PASSWORD), /larger than|too large/);
  });

  test("with millions of rounds is refused in seconds", async () => {
    const whole = exportPkcs12(ec, PASSWORD, ["-iter", "2000000"]);
    const start = process.cpuUsage();

    await expectFault(
      read({ cert: workshop.write(whole) }, PASSWORD),
      /needs too much work or memory to be decrypted$/,
    );
    // Of a processor: a busy machine gives a part of each second.
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(20);
  });

  test("with no key is said to hold none", async () => {
    const p12 = openssl(
      ...["pkcs12", "-export", "-nokeys", "-in", ec.certPath, "-passout", `pass:${PASSWORD}`],
    );

    await expectFault(read({ cert: workshop.write(p12) }, PASSWORD), /holds no PEM private key/);
  });
});

describe("a key", () => {
  const FORMS: Readonly<Record<string, readonly string[]>> = {
    "PBKDF2 and AES-256": ["-v2", "aes256"],
    "PBKDF2 with SHA-512": ["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"],
    "PBKDF2 with SHA-1 and 3DES": ["-v2", "des3", "-v2prf", "hmacWithSHA1"],
    "600,000 rounds": ["-v2", "aes256", "-iter", "600000"],
    scrypt: ["-scrypt"],
    "old 3DES": ["-v1", "PBE-SHA1-3DES"],
    "old RC2 of 40 bits": ["-v1", "PBE-SHA1-RC2-40"],
    "old RC2 of 128 bits": ["-v1", "PBE-SHA1-RC2-128"],
  };
  for (const [kind, pair] of Object.entries(made)) {
    for (const [form, flags] of Object.entries(FORMS)) {
      test(`${kind}, PKCS #8, ${form}`, async () => {
        const key = workshop.write(encryptPkcs8(pair, flags));

        expectPair((await read({ cert: pair.certPath, key }, PASSWORD)).identity, pair);
        await expectFault(
          read({ cert: pair.certPath, key }, "secret?"),
          RegExp(`^the password of the server key ${key} is wrong$`),
        );
      });
    }
  }

  for (const kind of ["EC", "RSA"]) {
    for (const cipher of ["aes256", "aes-192-cbc", "des3"]) {
      test(`${kind}, traditional PEM, ${cipher}`, async () => {
        const pair = made[kind] as Made;
        const key = workshop.write(encryptTraditional(pair, cipher));

        expectPair((await read({ cert: pair.certPath, key }, PASSWORD)).identity, pair);
        await expectFault(
          read({ cert: pair.certPath, key }, "secret?"),
          RegExp(`^the password of the server key ${key} is wrong$`),
        );
      });
    }
  }

  for (const [form, key, algorithm] of [
    ["MD5 and DES", encryptPkcs8(ec, ["-v1", "PBE-MD5-DES"]), "MD5 and DES"],
    ["RC2", encryptPkcs8(ec, ["-v2", "rc2"]), "RC2"],
    ["Camellia", encryptTraditional(ec, "camellia256"), "CAMELLIA-256-CBC"],
  ] as const) {
    test(`protected by ${form} leads to another form`, async () => {
      const path = workshop.write(key);

      const fault = await expectFault(
        read({ cert: ec.certPath, key: path }, PASSWORD),
        RegExp(`^the server key ${path} is protected by ${algorithm}, which is not read$`),
      );
      expect(hintFor(fault, LIBRARY_VOICE)).toContain(`openssl pkcs8 -topk8 -in ${path}`);
    });
  }

  test("whose derivation has no bound is refused at once", async () => {
    const key = workshop.write(encryptPkcs8(ec, ["-v2", "aes256", "-iter", "6000000"]));

    await expectFault(read({ cert: ec.certPath, key }, PASSWORD), /needs too much work or memory/);
  });

  for (const [form, flags] of Object.entries({
    PBKDF2: ["-v2", "aes256", "-iter", "1"],
    scrypt: ["-scrypt", "-scrypt_N", "2"],
  })) {
    test(`of ${form} with any byte changed is read or refused, and nothing else happens`, async () => {
      const whole = openssl(
        ...["pkcs8", "-topk8", "-in", ec.keyPath, "-outform", "DER", ...flags],
        ...["-passout", `pass:${PASSWORD}`],
      );
      for (let offset = 0; offset < whole.length; offset += 1) {
        const changed = whole.with(offset, (whole[offset] ?? 0) ^ 0x01);
        const key = workshop.write(encodePem("ENCRYPTED PRIVATE KEY", changed));
        await read({ cert: ec.certPath, key }, PASSWORD).catch((thrown) =>
          expect(thrown).toBeInstanceOf(Fault),
        );
      }
    });
  }

  test("with an IV of another size is damaged", async () => {
    const pem = Buffer.from(encryptPkcs8(ec, ["-v2", "aes256", "-iter", "1"]));
    const [{ der = Buffer.alloc(0) } = {}] = readPem(pem, { purpose: "key" }).blocks;
    const iv = der.indexOf("0410", der.indexOf("60864801650304012a", "hex"), "hex");
    der.set([0x04, 0x08], iv);
    der.set([0x04, 0x06], iv + 10);
    const key = workshop.write(encodePem("ENCRYPTED PRIVATE KEY", der));

    await expectFault(
      read({ cert: ec.certPath, key }, PASSWORD),
      RegExp(`^the server key ${key} is damaged at line 1$`),
    );
  });

  const encrypted = {
    "PKCS #8": encryptPkcs8(ec, ["-v2", "aes256"]),
    "traditional PEM": encryptTraditional(ec, "aes256"),
    SEC1: openssl("ec", "-in", ec.keyPath).toString(),
    "SEC1 with its parameters": `${openssl("ecparam", "-name", "prime256v1")}${openssl("ec", "-in", ec.keyPath)}`,
  };
  const LAYOUTS: Readonly<Record<string, (key: string) => string>> = {
    "with its certificate after it": (key) => `${key}${ec.cert}`,
    "with its certificate before it": (key) => `${ec.cert}${key}`,
    "with the attributes of a bag": (key) =>
      `Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n${key}subject=CN = x\n${ec.cert}`,
    "with CRLF": (key) => `${key}${ec.cert}`.replaceAll("\n", "\r\n"),
    "with a byte order mark and text after it": (key) => `\ufeff${key}${ec.cert}\nThe end.\n`,
    indented: (key) => `${key}${ec.cert}`.replaceAll(/^/gm, "  "),
  };
  for (const [form, key] of Object.entries(encrypted)) {
    for (const [layout, lay] of Object.entries(LAYOUTS)) {
      test(`${form} in one file ${layout}`, async () => {
        const path = workshop.write(lay(key));

        expectPair((await read({ cert: path, key: path }, PASSWORD)).identity, ec);
      });
    }
  }
});

interface Files {
  readonly cert: string;
  readonly key?: string;
}

/** Reads a server's identity; says for which files a password was wanted. */
async function read({ cert, key }: Files, password?: string) {
  const asked: (string | undefined)[] = [];
  const { identity } = await readTlsConfig({
    end: "server",
    cert: { path: cert, purpose: "serverCert" },
    key: { path: key ?? "certs/server-key.pem", purpose: "serverKey" },
    isKeyOptional: key === undefined,
    password: async ({ path }) => {
      asked.push(path);
      return password;
    },
    trust: "anybody",
  });
  return { identity, asked };
}

function exportPkcs12(pair: Made, password: string, flags: readonly string[] = []): Buffer {
  return openssl(
    ...["pkcs12", "-export", "-in", pair.certPath, "-inkey", pair.keyPath],
    ...["-passout", `pass:${password}`, ...flags],
  );
}

function encryptPkcs8({ keyPath }: Made, flags: readonly string[]): string {
  const password = ["-passout", `pass:${PASSWORD}`];
  return openssl("pkcs8", "-topk8", "-in", keyPath, ...flags, ...password, ...LEGACY).toString();
}

function encryptTraditional({ keyPath }: Made, cipher: string): string {
  const password = ["-passout", `pass:${PASSWORD}`];
  return openssl("pkey", "-in", keyPath, "-traditional", `-${cipher}`, ...password).toString();
}

/** Encodes a PKCS #12 file again, in lengths that are unknown until the end, as Java does. */
function inPieces(p12: Buffer): Buffer {
  const path = workshop.write(p12);
  const lines = openssl("asn1parse", "-inform", "DER", "-in", path).toString().split("\n");
  const places = lines.map((line) => {
    const [, offset, depth, header, length] =
      /^ *(\d+):d=(\d+) +hl=(\d+) +l= *(\d+)/.exec(line) ?? [];
    return {
      start: Number(offset),
      depth: Number(depth),
      header: Number(header),
      length: Number(length),
    };
  });
  const octets = places.find(({ depth }) => depth === 3);
  const mac = places.findLast(({ depth }) => depth === 1);
  if (octets === undefined || mac === undefined) {
    throw new Error("openssl wrote another form of PKCS #12");
  }
  const start = octets.start + octets.header;
  const content = p12.subarray(start, start + octets.length);
  const pieces = [content.subarray(0, 100), content.subarray(100, 200), content.subarray(200)];
  const end = Buffer.alloc(2);
  return Buffer.concat([
    ...[Buffer.of(0x30, 0x80, 0x02, 0x01, 0x03, 0x30, 0x80)],
    ...[Buffer.from("06092a864886f70d010701", "hex"), Buffer.of(0xa0, 0x80, 0x24, 0x80)],
    ...pieces.flatMap((piece) => {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(piece.length);
      return [Buffer.of(0x04, 0x82), size, piece];
    }),
    ...[end, end, end, p12.subarray(mac.start), end],
  ]);
}

function expectPair(identity: { readonly cert: string; readonly key: string }, pair: Made): void {
  expect(new X509Certificate(identity.cert).fingerprint256).toBe(
    new X509Certificate(readFileSync(pair.certPath)).fingerprint256,
  );
  expect(createPrivateKey(identity.key).equals(createPrivateKey(pair.key))).toBe(true);
}

async function expectFault(reading: Promise<unknown>, message: RegExp): Promise<Fault> {
  const thrown = await reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof Fault)) {
    throw thrown ?? new Error(`expected a fault like ${message}`);
  }
  expect(thrown.message).toMatch(message);
  expect(thrown.family).toBe("usage");
  return thrown;
}
