/**
 * Peers, keys, certificates and revocation lists that other programs make: GnuTLS's certtool and
 * server, Java's keytool and JSSE, and Node. (OpenSSL and Python are in other files.)
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import {
  makeFolder,
  type Program,
  REPOSITORY,
  run,
  runTlslp,
  start,
  startTlslp,
} from "../support/processes.ts";

setDefaultTimeout(120_000);

const folder = makeFolder();
afterAll(() => folder[Symbol.dispose]());
const at = (name: string) => join(folder.path, name);

/** Whether programs are here; says which are not. */
function needs(...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length > 0) {
    process.stderr.write(`skipped: tests that need ${missing.join(", ")}\n`);
  }
  return missing.length === 0;
}

async function must(...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command);
  if (code !== 0) {
    throw new Error(`${command.join(" ")}: ${stdout}${stderr}`);
  }
  return stdout;
}

/** Files by the flags of both commands. */
const SERVER_FLAGS = (name: string) => [
  ...["--ca-cert", at(`${name}-ca.pem`), "--server-cert", at(`${name}-server.pem`)],
  ...["--server-key", at(`${name}-server.key`)],
];
const CLIENT_FLAGS = (name: string, client = `${name}-client`) => [
  ...["--ca-cert", at(`${name}-ca.pem`), "--client-cert", at(`${client}.pem`)],
  ...["--private-key", at(`${client}.key`)],
];

async function startServer(flags: readonly string[]): Promise<{ server: Program; port: string }> {
  const server = startTlslp([
    "server",
    "--host",
    "localhost",
    "--port",
    "0",
    "--bits",
    "0",
    ...flags,
  ]);
  const [, port = ""] = await server.stdout.next(/^listening on localhost:(\d+)$/);
  return { server, port };
}

function runClient(port: string, flags: readonly string[], host = "localhost", seconds = 20) {
  const waiting = ["--other-timeout", `${seconds}`, "--log-level", "error", "--json"];
  return runTlslp(["client", "--host", host, "--ports", port, ...waiting, ...flags]);
}

describe.skipIf(!needs("certtool", "gnutls-serv"))("GnuTLS", () => {
  beforeAll(async () => {
    const sign = async (name: string, key: readonly string[], template: readonly string[]) => {
      const config = at(`${name}.template`);
      writeFileSync(
        config,
        `${[`cn = "${name}"`, "expiration_days = 30", ...template].join("\n")}\n`,
      );
      await must("certtool", "--generate-privkey", ...key, "--outfile", at(`${name}.key`));
      const isAuthority = name.endsWith("-ca");
      const how = isAuthority
        ? ["--generate-self-signed"]
        : [
            ...["--generate-certificate", "--load-ca-certificate", at("gnutls-ca.pem")],
            ...["--load-ca-privkey", at("gnutls-ca.key")],
          ];
      const files = ["--load-privkey", at(`${name}.key`), "--template", config];
      await must("certtool", ...how, ...files, "--outfile", at(`${name}.pem`));
    };
    const EC = ["--key-type", "ecdsa", "--curve", "secp256r1"];
    const RSA = ["--key-type", "rsa", "--bits", "2048"];
    await sign("gnutls-ca", EC, ["ca", "cert_signing_key", "crl_signing_key"]);
    const names = ['dns_name = "localhost"', 'ip_address = "127.0.0.1"', 'ip_address = "::1"'];
    await sign("gnutls-server", RSA, [...names, "tls_www_server", "signing_key"]);
    await sign("gnutls-client", EC, ["tls_www_client", "signing_key"]);
    await sign("gnutls-left", ["--key-type", "ed25519"], ["tls_www_client", "signing_key"]);
    writeFileSync(at("list.template"), "crl_next_update = 30\ncrl_number = 1\n");
    await must(
      ...["certtool", "--generate-crl", "--load-ca-certificate", at("gnutls-ca.pem")],
      ...["--load-ca-privkey", at("gnutls-ca.key"), "--load-certificate", at("gnutls-left.pem")],
      ...["--template", at("list.template"), "--outfile", at("gnutls.crl")],
    );
  });

  // Its PEM has text above each block, and its keys are in the forms of RSA and EC.
  test("makes certificates and lists that both ends use", async () => {
    const { server, port } = await startServer([
      ...SERVER_FLAGS("gnutls"),
      "--crl",
      at("gnutls.crl"),
    ]);
    await using _ = server;

    const served = await runClient(port, [...CLIENT_FLAGS("gnutls"), "--crl", at("gnutls.crl")]);
    const revoked = await runClient(port, CLIENT_FLAGS("gnutls", "gnutls-left"));

    expect(JSON.parse(served.stdout)).toMatchObject({ outcome: "ok", answered: 8 });
    expect(JSON.parse(revoked.stdout)).toMatchObject({ outcome: "transport", answered: 0 });
  });

  // https://github.com/fluent/fluent-bit/issues/11815
  for (const host of ["localhost.", "127.0.0.1", "127.1", "::1"]) {
    test.concurrent(`shakes hands with our client that calls it ${host}`, async () => {
      // It does not say which one it takes.
      const port = `${await freePort()}`;
      await using server = start([
        ...[
          "gnutls-serv",
          "--port",
          port,
          "--echo",
          "--require-client-cert",
          "--verify-client-cert",
        ],
        ...["--x509cafile", at("gnutls-ca.pem"), "--x509certfile", at("gnutls-server.pem")],
        ...["--x509keyfile", at("gnutls-server.key")],
      ]);
      await server.stderr.next(/listening on IPv6/);

      const { stdout } = await runClient(port, CLIENT_FLAGS("gnutls"), host, 6);

      // It says nothing of its own accord.
      expect(JSON.parse(stdout)).toMatchObject({ outcome: "timeout", tls_version: "TLSv1.3" });
    });
  }
});

describe.skipIf(!needs("java", "javac", "keytool", "openssl"))("Java", () => {
  /** For programs that run for a moment only. */
  const QUICK = ["-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"];
  const STORE = ["-storetype", "pkcs12", "-storepass", "password"];
  const keytool = (...args: readonly string[]) => must("keytool", ...QUICK, ...args, ...STORE);
  const java = (...args: readonly string[]) =>
    start([
      ...["java", "-cp", folder.path, `-Djavax.net.ssl.keyStore=${at(`java-${args[0]}.p12`)}`],
      ...[
        "-Djavax.net.ssl.keyStorePassword=password",
        "-Djavax.net.ssl.trustStorePassword=password",
      ],
      ...[`-Djavax.net.ssl.trustStore=${at("java-trust.p12")}`, "Jsse", ...args],
    ]);

  beforeAll(async () => {
    await must("javac", ...QUICK, "-d", folder.path, join(REPOSITORY, "test/peers/Jsse.java"));
    const make = async (name: string, ...extensions: readonly string[]) => {
      const store = ["-keystore", at(`java-${name}.p12`), "-alias", name];
      const key = ["-keyalg", "EC", "-groupname", "secp256r1", "-dname", `CN=java ${name}`];
      const all = extensions.flatMap((extension) => ["-ext", extension]);
      await keytool("-genkeypair", ...store, ...key, "-validity", "30", ...all);
      return { store, all };
    };
    const sign = async (name: string, ...extensions: readonly string[]) => {
      const { store, all } = await make(name, ...extensions);
      await keytool("-certreq", ...store, "-file", at(`${name}.csr`));
      const authority = ["-keystore", at("java-ca.p12"), "-alias", "ca"];
      const files = ["-infile", at(`${name}.csr`), "-outfile", at(`java-${name}.pem`), "-rfc"];
      await keytool("-gencert", ...authority, ...files, ...all, "-validity", "30");
      const trust = ["-importcert", "-noprompt", "-keystore", at(`java-${name}.p12`)];
      await keytool(...trust, "-alias", "ca", "-file", at("java-ca.pem"));
      await keytool(...trust, "-alias", name, "-file", at(`java-${name}.pem`));
      const p12 = ["pkcs12", "-in", at(`java-${name}.p12`), "-passin", "pass:password"];
      // With the attributes that it writes above the key.
      const key = await must("openssl", ...p12, "-nocerts", "-noenc");
      writeFileSync(at(`java-${name}.key`), key, { mode: 0o600 });
    };
    const { store } = await make("ca", "bc:c", "ku:c=keyCertSign,cRLSign");
    writeFileSync(at("java-ca.pem"), await keytool("-exportcert", "-rfc", ...store));
    await sign("server", "san=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1", "eku=serverAuth");
    await sign("client", "eku=clientAuth");
    await keytool(
      ...["-importcert", "-noprompt", "-alias", "ca", "-file", at("java-ca.pem")],
      ...["-keystore", at("java-trust.p12")],
    );
  }, 240_000);

  test("is served by our server, with certificates of its own keytool", async () => {
    const { server, port } = await startServer(SERVER_FLAGS("java"));
    await using _ = server;
    await using client = java("client", "localhost", port);

    const { stdout } = await client.ended();

    expect(stdout.trim().split("\n")).toHaveLength(11);
    expect(stdout).toEndWith("asked DONE\n");
    await server.stderr.find(/session finished .*outcome=ok/);
  });

  // Java ends the handshake for an address or a trailing dot in the server's name.
  for (const [host, names] of [
    ["localhost", "[type=host_name (0), value=localhost]"],
    ["localhost.", "[type=host_name (0), value=localhost]"],
    ["127.0.0.1", "[]"],
    ["::1", "[]"],
  ] as const) {
    test(`serves our client that calls it ${host}`, async () => {
      await using server = java("server");
      const [, port = ""] = await server.stdout.next(/^listening (\d+)$/);

      const { stdout } = await runClient(port, CLIENT_FLAGS("java"), host);

      expect(JSON.parse(stdout)).toMatchObject({ outcome: "ok", exit_code: 0, answered: 0 });
      expect((await server.ended()).stdout).toContain(`names ${names}`);
    });
  }
});

describe.skipIf(!needs("node", "openssl"))("Node", () => {
  const SERVER = `
    const { createServer } = require("node:tls");
    const { readFileSync } = require("node:fs");
    const [cert, key, ca] = process.argv.slice(1).map((path) => readFileSync(path));
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
      console.log("name " + socket.servername);
      const lines = ["HELLO", "WORK token 0", "DONE"];
      const next = () => (lines.length > 0 ? socket.write(lines.shift() + "\\n") : socket.end());
      socket.on("data", next).on("error", () => undefined);
      next();
    });
    server.listen(0, "::", () => console.log("listening " + server.address().port));
  `;

  beforeAll(async () => {
    const { code } = await runTlslp(["certs", "--dir", folder.path]);
    expect(code).toBe(0);
  });

  for (const [host, name] of [
    ["localhost.", "localhost"],
    ["127.0.0.1", "false"],
    ["::1", "false"],
  ] as const) {
    test(`serves our client that calls it ${host}`, async () => {
      const files = ["server-cert.pem", "server-key.pem", "ca-cert.pem"].map(at);
      await using server = start(["node", "-e", SERVER, ...files]);
      const [, port = ""] = await server.stdout.next(/^listening (\d+)$/);

      const flags = [
        ...["--ca-cert", at("ca-cert.pem"), "--client-cert", at("client-cert.pem")],
        ...["--private-key", at("client-key.pem")],
      ];
      const { stdout } = await runClient(port, flags, host);

      expect(JSON.parse(stdout)).toMatchObject({ outcome: "ok", exit_code: 0 });
      await server.stdout.find(new RegExp(`^name ${name}$`));
    });
  }
});
