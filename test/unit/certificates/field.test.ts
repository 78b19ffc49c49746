/**
 * Files of certificates, keys and lists as people have them: each test has the report of a program
 * of this kind above it. Their inputs are made by openssl, or from what it makes.
 */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { parseAuthorities, readAuthorities } from "../../../src/certificates/authorities.ts";
import { openAuthority } from "../../../src/certificates/authority.ts";
import { parseIdentity, readIdentity } from "../../../src/certificates/identity.ts";
import { issueClient } from "../../../src/certificates/issue.ts";
import { encodePem } from "../../../src/certificates/pem.ts";
import { commonNameOf } from "../../../src/certificates/subject.ts";
import { type Authorities, readTlsConfig } from "../../../src/certificates/tls-config.ts";
import { hintFor } from "../../../src/cli/hints.ts";
import { Fault, LIBRARY_VOICE } from "../../../src/fault/fault.ts";
import { causeOf } from "../../../src/tls/tls-errors.ts";
import { type Made, openssl, openWorkshop, ROOT, RSA } from "../../support/openssl.ts";
import { dial, faultOf, startListener } from "../tls/ends.ts";

setDefaultTimeout(120_000);

const workshop = openWorkshop();
afterAll(() => workshop[Symbol.dispose]());
const SERVER = ["subjectAltName=DNS:localhost,IP:127.0.0.1", "extendedKeyUsage=serverAuth"];
const CLIENT = ["extendedKeyUsage=clientAuth"];
const root = workshop.make({ name: "good root", extensions: ROOT });
const otherRoot = workshop.make({ name: "other root", extensions: ROOT });
const server = workshop.make({ issuer: root, name: "server", extensions: SERVER });
const client = workshop.make({ issuer: root, name: "client", extensions: CLIENT });

describe("an unusable certificate among good ones", () => {
  // https://github.com/opensearch-project/security/issues/4949
  test("that has expired is set aside, by its subject", async () => {
    const old = workshop.make({ name: "old root", extensions: ROOT, days: -1 });

    const { authorities, setAside } = parseAuthorities(`${old.cert}${root.cert}`);

    expect(messages(setAside)).toEqual([
      expect.stringMatching(/^the CA certificate: CN=old root expired on /),
    ]);
    expect(authorities).toBe(parseAuthorities(root.cert).authorities);
    await expectMutual({ trust: { authorities } });
  });

  test("is refused with the others when none is left", () => {
    const [one, two] = ["one", "two"].map((name) => {
      return workshop.make({ name, extensions: ROOT, days: -1 }).cert;
    });

    expectFault(() => parseAuthorities(`${one}${two}`), /^the CA certificate: CN=one expired on /);
  });

  // https://github.com/certifi/python-certifi/issues/165
  test.if(existsSync("/etc/ssl/certs/ca-certificates.crt"))(
    "leaves a system's bundle usable",
    () => {
      const { authorities } = readAuthorities("/etc/ssl/certs/ca-certificates.crt");

      expect(authorities.match(/BEGIN/g)?.length).toBeGreaterThan(50);
    },
  );

  test("needs no revocation list", async () => {
    const old = workshop.make({ name: "old root", extensions: ROOT, days: -1 });

    const { trust, setAside } = await config(`${old.cert}${root.cert}`, [workshop.revoke(root)]);

    expect(setAside).toHaveLength(1);
    await expectMutual({ trust });
  });

  for (const [what, list] of [
    ["expired", () => workshop.revoke(root, undefined, { seconds: 1 })],
    ["foreign", () => workshop.revoke(otherRoot)],
    ["damaged", () => "-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n"],
  ] as const) {
    test(`has its like in a list that is ${what} beside a good one`, async () => {
      const bad = list();
      await Bun.sleep(what === "expired" ? 2100 : 0);

      const { trust, setAside } = await config(root.cert, [bad, workshop.revoke(root)]);

      expect(setAside).toHaveLength(1);
      expect(typeof trust === "object" && trust.revocations).toHaveLength(1);
    });
  }
});

describe("a key usage without digitalSignature", () => {
  // https://github.com/quay/mirror-registry/issues/5
  for (const [end, extensions] of [
    ["server", SERVER],
    ["client", CLIENT],
  ] as const) {
    for (const key of [RSA, undefined]) {
      test(`is refused for a ${end} with ${key === undefined ? "an EC" : "an RSA"} key`, () => {
        const usage = "keyUsage=critical,keyEncipherment";
        const made = workshop.make({
          ...{ issuer: root, extensions: [...extensions, usage] },
          ...(key === undefined ? {} : { key }),
        });

        const fault = expectFault(
          () => parseIdentity(made, end),
          /^the certificate is not meant for TLS: its key usage lacks digitalSignature$/,
        );
        expect(hintOf(fault)).toBe("its key usage must include digitalSignature, or be left out");
      });
    }
  }

  // https://github.com/electron/electron/issues/31042
  test("in a peer's certificate has its meaning in words", async () => {
    const extensions = [...SERVER, "keyUsage=critical,keyEncipherment"];
    const made = workshop.make({ issuer: root, extensions, key: RSA });

    const fault = await refusalOf(made);

    expect(fault.message).toEndWith("is not meant for TLS: its key usage lacks digitalSignature");
    expect(causeOf(fault)).toBe("wrong-use");
  });
});

describe("a self-signed certificate given as trust", () => {
  // https://github.com/openssl/openssl/issues/15146
  for (const [what, extensions] of [
    ["without basic constraints", SERVER.slice(0, 1)],
    ["that denies to be an authority", ["basicConstraints=critical,CA:FALSE", ...SERVER]],
    ["with the key usage of a leaf", ["keyUsage=digitalSignature", ...SERVER]],
  ] as const) {
    test(`${what} is trusted for itself`, async () => {
      const made = workshop.make({ extensions });

      const { authorities, setAside } = parseAuthorities(made.cert);

      expect(setAside).toEqual([]);
      await expectServer(made, { authorities });
    });
  }

  test("that is an authority without keyCertSign is used, with a warning", async () => {
    const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=digitalSignature"];
    const made = workshop.make({ extensions: [...extensions, ...SERVER.slice(0, 1)] });

    const { trust, warnings } = await config(made.cert, []);

    expect(messages(warnings)).toEqual([
      expect.stringMatching(/ is trusted for itself alone, and .* lacks keyCertSign$/),
    ]);
    await expectServer(made, trust);
  });

  // https://github.com/briansmith/webpki/issues/170
  test("is not one that another signed, and the missing value is named", () => {
    expectFault(
      () => parseAuthorities(server.cert),
      /^the CA certificate is not the certificate of an authority: its basic constraints lack CA:TRUE$/,
    );
    const made = workshop.make({
      ...{ issuer: root, extensions: ["basicConstraints=CA:TRUE", "keyUsage=cRLSign"] },
    });
    expectFault(() => parseAuthorities(made.cert), /its key usage lacks keyCertSign$/);
  });

  for (const digest of ["md5", "sha1", "sha3-256"]) {
    test(`is used whatever its own signature, such as ${digest}`, async () => {
      const old = workshop.make({ name: "old", extensions: ROOT, key: RSA, digest });

      const { authorities, setAside } = parseAuthorities(old.cert);

      expect(setAside).toEqual([]);
      await expectServer(workshop.make({ issuer: old, extensions: SERVER }), { authorities });
    });
  }

  test("for another use than its peers' is set aside", async () => {
    const extensions = [...ROOT, "extendedKeyUsage=serverAuth"];
    const made = workshop.make({ name: "for servers", extensions });

    const fault = await faultOf(config(made.cert, []));

    expect(fault.message).toEndWith("is not meant for a client");
  });
});

describe("PEM", () => {
  const FORMS: Readonly<Record<string, (pem: string) => string | Uint8Array>> = {
    // https://github.com/kommitters/membrane/issues/2266
    "with an indented BEGIN line": (pem) => pem.replace(/^/, " "),
    // https://github.com/helm/helm/issues/5602
    "indented as a whole": (pem) => pem.replaceAll(/^/gm, "    "),
    "folded into one line": (pem) => pem.replaceAll("\n", " "),
    // https://github.com/zenhack/simp_le/issues/149
    "joined to another block without a newline": (pem) => `${otherRoot.cert.trimEnd()}${pem}`,
    "joined to a text without a newline": (pem) => `issued in 2026${pem}`,
    "with CRLF line ends": (pem) => pem.replaceAll("\n", "\r\n"),
    "with CR line ends": (pem) => pem.replaceAll("\n", "\r"),
    "with a byte order mark": (pem) => `\ufeff${pem}`,
    // https://github.com/rustls/rustls-native-certs/issues/48
    "with comments that are not UTF-8": (pem) => Buffer.from(`# f\u00fcr alle\n${pem}`, "latin1"),
    "below a comment that holds a BEGIN line": (pem) => `# -----BEGIN CERTIFICATE-----\n${pem}`,
    "below a certificate that is commented out": (pem) =>
      `${otherRoot.cert.replaceAll(/^/gm, "# ")}\n${pem}`,
    "beside blocks of other kinds": (pem) => `${server.key}${pem}${workshop.revoke(root)}`,
  };

  for (const [what, reshape] of Object.entries(FORMS)) {
    test(`${what} is read, and used`, async () => {
      const { authorities, setAside } = parseAuthorities(reshape(root.cert));

      expect(setAside).toEqual([]);
      await expectMutual({ trust: { authorities } });
    });

    test(`${what} is read in the files of an identity and of a list`, async () => {
      const cert = workshop.write(reshape(server.cert));
      const isJoined = what.startsWith("joined to another");
      const key = workshop.write(reshape(server.key));
      const crl = isJoined ? workshop.revoke(root) : reshape(workshop.revoke(root));
      const { trust } = await config(root.cert, [crl]);

      const identity = readIdentity(isJoined ? server.certPath : cert, key, "server");

      await expectMutual({ trust }, identity);
    });
  }

  const UNREAD: Readonly<Record<string, (pem: string) => string>> = {
    "a misspelt BEGIN line": (pem) => pem.replace("BEGIN", "Begin"),
    "dashes of a word processor": (pem) => pem.replaceAll("-----", "\u2014\u2014"),
    "no BEGIN line at all": (pem) => pem.replace(/^.*\n/, ""),
    "the marks of a quoted mail": (pem) => pem.replaceAll(/^/gm, "> "),
    "the newlines of a JSON text": (pem) => JSON.stringify({ pem }),
    "Base64 around it all, as in a Kubernetes secret": (pem) => btoa(pem),
  };

  for (const [what, spoil] of Object.entries(UNREAD)) {
    // https://github.com/bootc/netbox-chart/issues/567
    test(`with ${what} is not passed over in silence, but named with its line`, () => {
      const file = workshop.write(`${root.cert}${spoil(otherRoot.cert)}\n`);

      const { setAside } = readAuthorities(file);

      const [message = ""] = messages(setAside);
      expect(message).toMatch(
        /^the CA certificate \S+ has Base64 at line \d+ without a BEGIN line/,
      );
      expect(message).toContain(file);
    });
  }

  for (const [what, spoil] of Object.entries(UNREAD)) {
    test(`with ${what} is named with its line, as a key and as a list`, async () => {
      const key = workshop.write(spoil(server.key));
      const list = spoil(workshop.revoke(root));

      const faults = [
        expectFault(() => readIdentity(server.certPath, key, "server"), /without a BEGIN line/),
        await faultOf(config(root.cert, [list])),
      ];

      for (const { code } of faults) {
        expect(code).toBe("outsidePem");
      }
    });
  }

  test("with a damaged block uses the others, and names the line", () => {
    const damaged = otherRoot.cert.replace(/\n.{10}/, "\n!!!!!!!!!!");

    const { setAside } = parseAuthorities(`${root.cert}${damaged}`);

    const line = root.cert.split("\n").length;
    expect(messages(setAside)).toEqual([`the CA certificate is damaged at line ${line}`]);
  });

  // https://github.com/nabla-c0d3/sslyze/issues/670
  for (const encoding of ["UTF-16LE with a mark", "UTF-16LE", "UTF-16BE"]) {
    test(`in ${encoding} has a hint of its own`, () => {
      const mark = encoding.endsWith("mark") ? "\ufeff" : "";
      const little = Buffer.from(`${mark}${root.cert}`, "utf16le");
      const path = workshop.write(encoding === "UTF-16BE" ? little.swap16() : little);

      const fault = expectFault(() => readAuthorities(path), /is text in UTF-16, not in ASCII/);
      expect(hintOf(fault)).toStartWith(`iconv -f UTF-16 -t UTF-8 ${path}`);
    });
  }
});

describe("a revocation list", () => {
  const IDP = ["authorityKeyIdentifier=keyid", "issuingDistributionPoint=critical,@point"];
  // https://github.com/smallstep/certificates/issues/2250
  for (const [name, extensions] of [
    ["issuingDistributionPoint", [...IDP, "[point]", "fullname=URI:http://example.org/"]],
    ["issuingDistributionPoint", [...IDP, "[point]", "onlyuser=TRUE"]],
    ["deltaCRLIndicator", ["2.5.29.27=critical,DER:020101"]],
    ["deltaCRLIndicator", ["2.5.29.27=DER:020101"]],
    ["critical 1.2.3.4", ["1.2.3.4=critical,DER:0500"]],
    ["critical cRLNumber", ["2.5.29.20=critical,DER:020101"]],
  ] as const) {
    test(`with ${extensions.join(" ")} is refused, and the extension named`, async () => {
      const fault = await faultOf(config(root.cert, [workshop.revoke(root, extensions)]));

      expect(fault.family).toBe("usage");
      expect(fault.message).toMatch(/^the revocation list \S+ has the /);
      const [kind = "", id] = name.startsWith("critical") ? name.split(" ") : ["", name];
      expect(fault.message).toContain(`has the ${kind} extension ${id}, `.replace("  ", " "));
      expect(hintOf(fault)).toContain(kind === "" ? "one complete list" : "not critical");
    });
  }

  test("with a malformed extension is refused, and the file named", async () => {
    const list = workshop.revoke(root, ["2.5.29.35=DER:0404AAAAAAAA"]);

    const fault = await faultOf(config(root.cert, [list]));

    expect(fault.message).toMatch(/^the revocation list \S+ is damaged at line 1$/);
  });

  test("of an authority that may not sign lists is refused", async () => {
    const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"];
    const issuer = workshop.make({ name: "no lists", extensions });
    const list = workshop.revoke(issuer, []);

    const fault = await faultOf(config(issuer.cert, [list]));

    expect(fault.message).toMatch(
      /^the revocation list \S+ does not count: the key usage of its authority CN=no lists lacks cRLSign$/,
    );
  });

  // https://github.com/openssl/openssl/issues/6788
  describe("of authorities that share one name", () => {
    const twins = [1, 2].map(() => workshop.make({ name: "twin", extensions: ROOT }));
    const both = twins.map(({ cert }) => cert).join("");

    test("is refused without a key identifier", async () => {
      const fault = await faultOf(
        config(
          both,
          twins.map((twin) => workshop.revoke(twin, [])),
        ),
      );

      expect(fault.message).toEndWith(
        "has no authority key identifier, and two authorities are called CN=twin",
      );
    });

    test("serves the clients of both with one", async () => {
      const { trust } = await config(
        both,
        twins.map((twin) => workshop.revoke(twin)),
      );

      for (const issuer of twins) {
        await expectServer(workshop.make({ issuer, extensions: SERVER }), trust);
      }
    });
  });

  describe("of an authority with several certificates for its key", () => {
    const renewed = workshop.shorten(root, "good root", 86_400);

    for (const [order, cas] of [
      ["the old one first", [root, renewed]],
      ["the new one first", [renewed, root]],
    ] as const) {
      test(`is the list of each: ${order}`, async () => {
        const list = workshop.revoke(root, undefined, { revoked: [client] });
        const { trust, setAside } = await config(cas.map(({ cert }) => cert).join(""), [list]);

        expect(setAside).toEqual([]);
        await expectServer(server, trust);
        const revoked = workshop.revoke(renewed, undefined, { revoked: [server] });
        const { trust: later } = await config(cas.map(({ cert }) => cert).join(""), [revoked]);
        expect((await refusalOf(server, later)).message).toEndWith("was revoked");
      });
    }

    test("is refused if one of them may not sign lists", async () => {
      const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"];
      const bare = workshop.make({ name: "bare", extensions });
      const signing = workshop.shorten(bare, "bare", 86_400);

      for (const cas of [bare.cert + signing.cert, signing.cert + bare.cert]) {
        const fault = await faultOf(config(cas, [workshop.revoke(signing)]));

        expect(fault.message).toEndWith("the key usage of its authority CN=bare lacks cRLSign");
      }
    });
  });

  test("that revokes a certificate has it refused", async () => {
    const { trust } = await config(root.cert, [
      workshop.revoke(root, undefined, { revoked: [server] }),
    ]);

    expect((await refusalOf(server, trust)).message).toEndWith("was revoked");
  });
});

describe("a chain", () => {
  // https://github.com/louislam/uptime-kuma/issues/3323
  test("whose superfluous last certificate has expired is used, with a warning", async () => {
    const old = workshop.make({ name: "old cross-signature", extensions: ROOT, days: -1 });
    const cert = workshop.write(`${server.cert}${old.cert}`);

    const { identity, warnings, expiries } = await config(root.cert, [], { cert });

    expect(messages(warnings)).toEqual([
      expect.stringMatching(/^the server certificate \S+: CN=old cross-signature expired on /),
    ]);
    expect(expiries.map(({ subject }) => subject)).toEqual(["CN=server", undefined]);
    await expectMutual({ trust: parseAuthorities(root.cert) }, identity);
  });

  test("whose intermediate has expired is said to, and not its leaf", async () => {
    const issuer = workshop.make({ issuer: root, name: "old middle", extensions: ROOT, days: -1 });
    const made = workshop.make({ issuer, extensions: SERVER });
    const chain = { cert: `${made.cert}${issuer.cert}`, key: made.key };

    const fault = await refusalOf(chain);

    expect(fault.message).toEndWith("an authority of the peer's certificate has expired");
    expect(causeOf(fault)).toBe("expired");
  });

  test("whose leaf has expired is said to", async () => {
    const old = workshop.make({ issuer: root, extensions: SERVER, days: -1 });

    expect((await refusalOf(old)).message).toEndWith("the peer's certificate has expired");
  });

  for (const [what, extensions, message] of [
    ["is no authority", SERVER, /is not the certificate of an authority/],
    ["is for another use", [...ROOT, "extendedKeyUsage=clientAuth"], /is not meant for a server$/],
  ] as const) {
    test(`with an intermediate that ${what} is used, with a warning`, async () => {
      const issuer = workshop.make({ issuer: root, name: "middle", extensions });
      const made = workshop.make({ issuer, extensions: SERVER });
      const cert = workshop.write(`${made.cert}${issuer.cert}`);

      const { warnings } = await config(root.cert, [], { cert, key: made.keyPath });

      expect(messages(warnings)).toEqual([expect.stringMatching(message)]);
    });
  }

  const intermediate = workshop.make({ issuer: root, name: "middle", extensions: ROOT });
  const leaf = workshop.make({ issuer: intermediate, extensions: SERVER });

  // https://github.com/cloudfoundry/haproxy-boshrelease/issues/72
  test("in another order is shown in the right one", async () => {
    const other = workshop.make({ name: "unrelated", extensions: ROOT });
    const cert = [root, other, intermediate, leaf].map((made) => made.cert).join("");

    const identity = parseIdentity({ cert, key: leaf.key }, "server");

    const right = [leaf, intermediate, root, other].map((made) => made.cert).join("");
    expect(identity.cert.replaceAll(/\s/g, "")).toBe(right.replaceAll(/\s/g, ""));
    await expectMutual({ trust: parseAuthorities(root.cert) }, identity);
  });

  // https://github.com/nodejs/node/issues/36453
  test("does not end with an intermediate alone: its root is said to be missing", () => {
    const fault = expectFault(
      () => parseAuthorities(intermediate.cert),
      /^the CA certificate is an intermediate authority, and its root is missing$/,
    );
    expect(hintOf(fault)).toBe("add the certificate of the root to the same file");
  });

  test("may end with an intermediate whose root is there too", async () => {
    const { authorities, setAside } = parseAuthorities(`${intermediate.cert}${root.cert}`);

    expect(setAside).toEqual([]);
    await expectServer(leaf, { authorities });
  });

  // https://github.com/rustls/rustls/issues/883
  test("does not end with an intermediate whose root has expired", () => {
    const old = workshop.make({ name: "old root", extensions: ROOT, days: -1 });
    const made = workshop.make({ issuer: old, name: "middle", extensions: ROOT });

    const { setAside } = parseAuthorities(`${made.cert}${old.cert}${root.cert}`);

    expect(messages(setAside)).toEqual([
      expect.stringContaining("CN=old root expired"),
      "the CA certificate: CN=middle is an intermediate authority, and its root is missing",
    ]);
  });
});

describe("one file with key, certificate and authority", () => {
  for (const [order, parts] of [
    ["the certificate first", [server.key, server.cert, root.cert]],
    ["the authority first", [root.cert, server.cert, server.key]],
  ] as const) {
    test(`serves for all flags, without a warning: ${order}`, async () => {
      const all = parts.join("");
      const path = workshop.write(all);

      const { trust, setAside, warnings } = await config(all, [], { cert: path, key: path });

      expect([...setAside, ...warnings]).toEqual([]);
      await expectMutual({ trust });
    });
  }

  test("has a warning about the certificate of another", async () => {
    const { setAside } = await config(`${root.cert}${client.cert}`, []);

    expect(messages(setAside)).toEqual([expect.stringContaining("CN=client is not the")]);
  });
});

describe("the names of a server's certificate", () => {
  // https://github.com/linuxmint/warpinator/issues/70
  test("that hold an address as a DNS name are said to", async () => {
    const made = workshop.make({ issuer: root, extensions: ["subjectAltName=DNS:127.0.0.1"] });

    const { warnings } = await config(root.cert, [], { cert: made.certPath, key: made.keyPath });
    const fault = await refusalOf(made, undefined, "127.0.0.1");

    expect(messages(warnings)).toEqual([
      expect.stringMatching(
        /has the address 127\.0\.0\.1 as a DNS name, but clients compare addresses with IP entries only/,
      ),
    ]);
    expect(fault.message).toEndWith(
      "has the address 127.0.0.1 as a DNS name, where it does not count",
    );
    expect(causeOf(fault)).toBe("wrong-name");
  });

  test("that hold an address as a DNS name too are good", async () => {
    const names = ["DNS:127.0.0.1", "IP:127.0.0.1", "DNS:0::1", "IP:::1"];
    const made = workshop.make({
      issuer: root,
      extensions: [`subjectAltName=${names.join(",")}`],
    });

    const { warnings } = await config(root.cert, [], { cert: made.certPath, key: made.keyPath });

    expect(warnings).toEqual([]);
  });

  // https://github.com/FiloSottile/mkcert/issues/161
  for (const names of [undefined, "IP:127.0.0.2", "email:root@example.org"]) {
    test(`are never the common name, with ${names ?? "no other name"}`, async () => {
      const extensions = names === undefined ? [] : [`subjectAltName=${names}`];
      const made = workshop.make({ issuer: root, name: "localhost", extensions });

      const fault = await refusalOf(made);

      expect(causeOf(fault)).toBe("wrong-name");
      const { warnings } = await config(root.cert, [], { cert: made.certPath, key: made.keyPath });
      const isUnnamed = names !== "IP:127.0.0.2";
      expect(fault.message.endsWith("names no host; a common name does not count")).toBe(isUnnamed);
      expect(messages(warnings).some((text) => text.includes("a common name does not count"))).toBe(
        isUnnamed,
      );
    });
  }

  // https://github.com/fluent/fluent-bit/issues/11815
  test("are compared without the dot at the end of a host's name", async () => {
    using listener = hearServer(server);

    const near = await dial(ENDS, listener.port, {
      ...{ serverName: "localhost.", trust: parseAuthorities(root.cert), identity: undefined },
    });

    near.channel.close();
    await near.closed;
  });

  // https://github.com/trailofbits/algo/issues/1675
  test("under IP name constraints are refused in words", async () => {
    const constraints = "nameConstraints=critical,permitted;IP:127.0.0.0/255.0.0.0";
    const issuer = workshop.make({ name: "constrained", extensions: [...ROOT, constraints] });
    const made = workshop.make({ issuer, extensions: SERVER });

    const fault = await refusalOf(made, parseAuthorities(issuer.cert));

    expect(fault.message).toEndWith(
      "an authority of the peer has name constraints of a type that cannot be checked here",
    );
    expect(causeOf(fault)).toBe("untrusted");
  });
});

describe("below an authority with name constraints", () => {
  const CONSTRAINTS = {
    DNS: "permitted;DNS:example.org",
    "excluded DNS": "excluded;DNS:example.org",
    IP: "permitted;IP:10.0.0.0/255.0.0.0",
    email: "permitted;email:example.org",
    URI: "permitted;URI:.example.org",
  };

  for (const [kind, constraints] of Object.entries(CONSTRAINTS)) {
    test(`the certificates that we issue to people are accepted: ${kind}`, async () => {
      const extensions = [...ROOT, `nameConstraints=critical,${constraints}`];
      const issuer = workshop.make({ name: "constrained", extensions });
      const authority = await openAuthority({ certificate: issuer.cert, key: issuer.key });

      for (const name of ["alice", "10.1.2.3", "a@example.com", 'Bob "B", CN=x+y\\', "\u674e"]) {
        const issued = await issueClient(authority, { name, days: 1 });

        await expectClient(issued, parseAuthorities(issuer.cert));
        expect(commonNameOf(new X509Certificate(issued.cert))).toBe(name);
      }
    });
  }

  test("a client whose common name could be a host's is refused in words", async () => {
    const extensions = [...ROOT, `nameConstraints=critical,${CONSTRAINTS.IP}`];
    const issuer = workshop.make({ name: "constrained", extensions });
    const alice = workshop.make({ issuer, name: "alice", extensions: CLIENT });

    const fault = await faultOf(expectClient(alice, parseAuthorities(issuer.cert)));

    expect(fault.message).toEndWith("and no alternative name, but its authority constrains names");
    expect(causeOf(fault)).toBe("untrusted");
  });
});

// https://github.com/testssl/testssl.sh/issues/454
for (const end of ["server", "client"] as const) {
  test(`anyExtendedKeyUsage alone is not for a ${end}, as its peers say`, () => {
    const extensions = ["extendedKeyUsage=anyExtendedKeyUsage"];
    const made = workshop.make({ issuer: root, extensions });

    expectFault(() => parseIdentity(made, end), new RegExp(`is not meant for a ${end}$`));
  });
}

describe("a malformed extension, for which every peer refuses a certificate", () => {
  const MALFORMED: Readonly<Record<string, readonly string[]>> = {
    keyUsage: ["2.5.29.15=DER:0404AAAAAAAA", "2.5.29.15=DER:03020980"],
    subjectKeyIdentifier: ["2.5.29.14=DER:3003020101"],
    subjectAltName: ["2.5.29.17=DER:0404AAAAAAAA", "2.5.29.17=DER:30020500"],
    basicConstraints: ["2.5.29.19=critical,DER:0404AAAAAAAA", "2.5.29.19=DER:30060201010101FF"],
    nameConstraints: ["2.5.29.30=critical,DER:0404AAAAAAAA"],
    cRLDistributionPoints: ["2.5.29.31=DER:0404AAAAAAAA"],
    certificatePolicies: ["2.5.29.32=DER:0404AAAAAAAA", "2.5.29.32=DER:3000"],
    policyConstraints: ["2.5.29.36=critical,DER:3000"],
    authorityKeyIdentifier: ["2.5.29.35=DER:0404AAAAAAAA"],
    extKeyUsage: ["2.5.29.37=DER:0404AAAAAAAA"],
    inhibitAnyPolicy: ["2.5.29.54=critical,DER:0404AAAAAAAA"],
  };

  for (const [name, all] of Object.entries(MALFORMED)) {
    for (const extension of all) {
      test(`is named: ${name} (${extension})`, () => {
        const own = workshop.make({ issuer: root, extensions: [extension] });
        const authority = workshop.make({ name: "odd", extensions: [extension] });
        const message = new RegExp(`has a malformed extension ${name}, for which`);

        expectFault(() => parseIdentity(own, "client"), message);
        const { setAside } = parseAuthorities(`${root.cert}${authority.cert}`);
        expect(messages(setAside)).toEqual([expect.stringMatching(message)]);
      });
    }
  }
});

test("certificates that are too large for a handshake are refused with their size", () => {
  const names = Array.from({ length: 2500 }, (_, i) => `DNS:${i}.a-long-name.example.org`);
  const large = () => {
    return workshop.make({ issuer: root, extensions: [`subjectAltName=${names.join(",")}`] });
  };
  const leaf = large();
  const chain = { cert: `${leaf.cert}${large().cert}`, key: leaf.key };

  expectFault(
    () => parseIdentity(chain, "server"),
    /^the certificate has \d{6} bytes of certificates; TLS stacks accept 102400$/,
  );
  expect(() => parseIdentity(leaf, "server")).not.toThrow();
});

test("a critical extension that no peer knows is refused by name", () => {
  const extensions = [...SERVER, "1.2.3.4=critical,DER:0500"];
  const made = workshop.make({ issuer: root, extensions });

  expectFault(() => parseIdentity(made, "server"), /has the critical extension 1\.2\.3\.4, which/);
});

describe("a private key", () => {
  const UNUSABLE: Readonly<Record<string, readonly string[]>> = {
    Ed448: ["-algorithm", "ED448"],
    X25519: ["-algorithm", "X25519"],
    "RSA-PSS": ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    "elliptic curve": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
  };

  // https://github.com/nodejs/node/issues/27825
  for (const [kind, args] of Object.entries(UNUSABLE)) {
    test(`of the kind ${kind} is named by its kind`, () => {
      const key = openssl("genpkey", ...args).toString();

      const fault = expectFault(
        () => parseIdentity({ cert: server.cert, key }, "server"),
        new RegExp(`^the private key is of the kind ${kind}.*, which cannot be used$`),
      );
      expect(hintOf(fault)).toStartWith("use a key of one of these kinds: RSA");
    });
  }

  test("of OpenSSH is named by its format", () => {
    const key = encodePem("OPENSSH PRIVATE KEY", Buffer.of(0, 0, 0));
    const path = workshop.write(key);

    const fault = expectFault(() => readIdentity(server.certPath, path, "server"), /of OpenSSH/);
    expect(hintOf(fault)).toStartWith(`ssh-keygen -p -m PKCS8 -f ${path} `);
  });

  test("that is a public key is named so", () => {
    const path = workshop.write(openssl("pkey", "-in", server.keyPath, "-pubout"));

    expectFault(
      () => readIdentity(server.certPath, path, "server"),
      /holds no PEM private key, only a public key$/,
    );
  });

  test("of an unusable curve in the older form of PEM is named by its kind", () => {
    const key = openssl("ecparam", "-name", "secp224r1", "-genkey", "-noout").toString();

    expectFault(
      () => parseIdentity({ cert: server.cert, key }, "server"),
      /^the private key is of the kind elliptic curve \(P-224\), which cannot be used$/,
    );
  });

  test("that is a certificate is said to hold no key", () => {
    expectFault(
      () => readIdentity(server.certPath, workshop.write(server.cert, 0o644), "server"),
      /holds no PEM private key, only a certificate$/,
    );
  });

  test("in PKCS #12 leads to its parts", () => {
    const p12 = openssl(
      ...["pkcs12", "-export", "-in", server.certPath, "-inkey", server.keyPath],
      ...["-passout", "pass:"],
    );
    const path = workshop.write(p12);

    const key = expectFault(
      () => readIdentity(server.certPath, path, "server"),
      /holds no PEM private key, only PKCS #12$/,
    );
    const cert = expectFault(
      () => readIdentity(path, server.keyPath, "server"),
      /holds no PEM certificate, only PKCS #12$/,
    );
    expect([key, cert].map(hintOf)).toEqual([
      "openssl pkcs12 -nocerts -noenc extracts the key",
      "openssl pkcs12 -nokeys extracts the certificates",
    ]);
  });

  test("in DER is named so, however short", () => {
    const { key } = workshop.make({ key: ["-algorithm", "ED25519"] });
    const der = createPrivateKey(key).export({ type: "pkcs8", format: "der" });

    const fault = expectFault(
      () => readIdentity(server.certPath, workshop.write(der), "server"),
      /holds no PEM private key, only DER$/,
    );
    expect(hintOf(fault)).toBe("openssl pkey converts it to PEM");
  });

  for (const form of ["pkcs8", "traditional"]) {
    test(`that is encrypted (${form}) is named so`, () => {
      const key = openssl(
        ...["pkey", "-in", server.keyPath, "-aes256", "-passout", "pass:secret"],
        ...(form === "traditional" ? ["-traditional"] : []),
      ).toString();

      expectFault(
        () => parseIdentity({ cert: server.cert, key }, "server"),
        /^the private key is encrypted$/,
      );
    });
  }

  // https://github.com/moby/moby/issues/30991
  test("on a mount that has its own permissions is told the mount's own way", () => {
    const path = workshop.write(server.key, 0o444);

    const fault = expectFault(() => readIdentity(server.certPath, path, "server"), /read by every/);
    const hint = hintOf(fault) ?? "";
    for (const way of [`chmod 600 ${path}`, "mode:", "defaultMode:", "umask=077"]) {
      expect(hint).toContain(way);
    }
  });
});

test("a folder given as trust is named so, with what to give instead", () => {
  const fault = expectFault(() => readAuthorities(workshop.path), /is a folder, not a file$/);

  expect(hintOf(fault)).toContain("cat ");
});

test("PKCS #7 in DER, given as trust, has a hint that converts it to PEM", () => {
  const pkcs7 = ["crl2pkcs7", "-nocrl", "-certfile", root.certPath, "-outform", "DER"];
  const path = workshop.write(openssl(...pkcs7));

  const fault = expectFault(() => readAuthorities(path), /no PEM certificate, only PKCS #7$/);
  expect(hintOf(fault)).toBe("openssl pkcs7 -inform DER -print_certs converts it to PEM");
});

test("a request given as a certificate is named so", () => {
  const request = openssl("req", "-new", "-key", server.keyPath, "-subj", "/CN=x").toString();

  expectFault(
    () => parseIdentity({ cert: request, key: server.key }, "server"),
    /holds no PEM certificate, only a certificate request$/,
  );
});

/** The defaults of `dial` and `startListener`; tests replace some of them. */
const ENDS = {
  authority: { ...parseIdentity(client, "client"), issue: unused, revoke: unused },
  server: parseIdentity(server, "server"),
  client: parseIdentity(client, "client"),
};

function unused(): never {
  throw new Error("nothing is issued here");
}

/** Reads a server's configuration from files of this content. */
function config(
  authorities: string,
  lists: readonly (string | Uint8Array)[],
  { cert = server.certPath, key = server.keyPath } = {},
) {
  return readTlsConfig({
    end: "server",
    cert: { path: cert, purpose: "serverCert" },
    key: { path: key, purpose: "serverKey" },
    trust: {
      authorities: { path: workshop.write(authorities), purpose: "authorities" },
      revocations: lists.map((list) => ({ path: workshop.write(list), purpose: "revocations" })),
    },
  });
}

/** A server that asks for no certificate. */
function hearServer({ cert, key }: { readonly cert: string; readonly key: string }) {
  const identity = { cert, key } as ReturnType<typeof parseIdentity>;
  return startListener(ENDS, { identity, trust: "anybody" });
}

/** Shows that a client with this trust accepts a server. */
async function expectServer(made: Made, trust: Authorities | "anybody"): Promise<void> {
  using listener = hearServer(parseIdentity(made, "server"));
  const near = await dial(ENDS, listener.port, { trust, identity: undefined });
  near.channel.close();
  await near.closed;
}

/** Shows that a server with this trust accepts a client; rejects with its reason if not. */
async function expectClient(
  { cert, key }: Pick<Made, "cert" | "key">,
  trust: Authorities,
): Promise<void> {
  const identity = parseIdentity({ cert, key }, "client");
  using listener = startListener(ENDS, { identity: ENDS.server, trust });
  const near = await dial(ENDS, listener.port, { trust: "anybody", identity });
  const accepted = await Promise.race([
    listener.accepted.next(),
    listener.rejected.next().then(({ fault }) => fault),
  ]);
  near.channel.close();
  await near.closed;
  if (accepted instanceof Fault) {
    throw accepted;
  }
}

/** Why a client with this trust, by default in the good root, refuses a server. */
async function refusalOf(
  made: Pick<Made, "cert" | "key">,
  trust: Authorities | "anybody" = parseAuthorities(root.cert),
  serverName = "localhost",
): Promise<Fault> {
  using listener = hearServer(made);
  return await faultOf(dial(ENDS, listener.port, { trust, serverName, identity: undefined }));
}

/** Shows that a server with this trust lets in a client of the good root, and the client it. */
async function expectMutual(
  { trust }: { readonly trust: Authorities | "anybody" },
  identity = parseIdentity(server, "server"),
): Promise<void> {
  using listener = startListener(ENDS, { identity, trust });
  const near = await dial(ENDS, listener.port, { trust: parseAuthorities(root.cert) });
  const far = await listener.accepted.next();
  expect(far.identity?.subject).toBe("CN=client");
  near.channel.close();
  await Promise.all([near.closed, far.closed]);
}

function messages(faults: readonly Fault[]): readonly string[] {
  return faults.map(({ message }) => message);
}

function hintOf(fault: Fault): string | undefined {
  return hintFor(fault, LIBRARY_VOICE);
}

function expectFault(action: () => unknown, message: RegExp): Fault {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof Fault) {
      expect(thrown.message).toMatch(message);
      expect(thrown.family).toBe("usage");
      return thrown;
    }
    throw thrown;
  }
  throw new Error(`expected a fault like ${message}`);
}
