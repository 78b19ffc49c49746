/**
 * Invitations from beginning to end: an organiser makes them, and participants take part with
 * ours and with other programs.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority } from "../../src/certificates/authority.ts";
import { issueClient } from "../../src/certificates/issue.ts";
import { formatInvitation } from "../../src/invitations/invitation.ts";
import { readIssued } from "../../src/invitations/issued.ts";
import { openssl } from "../support/openssl.ts";
import {
  type Ended,
  type Folder,
  makeFolder,
  run,
  runTlslp,
  startTlslp,
  tlslp,
} from "../support/processes.ts";
import { startInTerminal } from "../support/terminal.ts";

setDefaultTimeout(240_000);

let folder: Folder;
/** In the folder. */
const at = (...names: readonly string[]) => join(folder.path, ...names);
const tlslpHere = (...args: readonly string[]) => runTlslp(args, { cwd: folder.path });

/** Runs it, expects success, and returns the lines of its stdout. */
async function must(...args: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await tlslpHere(...args);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trim().split("\n");
}

beforeAll(async () => {
  folder = makeFolder();
  await must("certs");
});

afterAll(() => folder[Symbol.dispose]());

/** Starts a server in the folder; resolves with its port. */
async function serve(...args: readonly string[]) {
  const program = startTlslp(["server", "--port", "0", "--bits", "0", ...args], {
    cwd: folder.path,
  });
  const [, port = ""] = await program.stdout.next(/^listening on localhost:(\d+)$/);
  return { program, port, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Makes an invitation to a server; returns its path. */
async function inviteTo(port: string, name: string, ...args: readonly string[]): Promise<string> {
  const [path = ""] = await must("invite", name, "--ports", port, ...args);
  return path;
}

const outcomeOf = ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr });
const client = (path: string) => tlslpHere("client", path, "--log-level", "error");

test("a thousand people of a list get a thousand certificates, which all verify", async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `Person ${index % 500} é`);
  writeFileSync(at("thousand.csv"), `name\n${names.join("\n")}\n`);
  const dir = "thousand";
  await must("certs", "--dir", dir);

  const paths = await inviteMany("--from", "thousand.csv", "--dir", dir, "--out", "made");

  expect(new Set(paths).size).toBe(1000);
  expect(readdirSync(at("made"))).toHaveLength(1000);
  const certificates = paths.map((path) => new X509Certificate(certificateIn(at(path))));
  expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(1000);
  expect(
    new Set(certificates.map(({ publicKey }) => publicKey.export({ type: "spki", format: "pem" })))
      .size,
  ).toBe(1000);
  expect(certificates.map(({ subject }) => subject)).toEqual(names.map((name) => `CN=${name}`));
  const verified = openssl(
    ...["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", at(dir, "ca-cert.pem")],
    ...paths.map((path) => at(path)),
  );
  expect(String(verified).match(/: OK$/gm)).toHaveLength(1000);
  const { records, cutLines } = readIssued(at(dir));
  expect(cutLines).toEqual([]);
  expect(records.map(({ serial }) => serial)).toEqual(
    certificates.map(({ serialNumber }) => serialNumber.toLowerCase()),
  );
});

/** Makes invitations, however long that takes on a busy machine; returns their paths. */
async function inviteMany(...args: readonly string[]): Promise<readonly string[]> {
  const child = Bun.spawn([tlslp(), "invite", ...args], { cwd: folder.path, stderr: "ignore" });
  const paths = (await child.stdout.text()).trim().split("\n");
  expect(await child.exited).toBe(0);
  return paths;
}

/** Returns the first certificate of an invitation: the participant's. */
function certificateIn(path: string): string {
  return (
    /-{5}BEGIN CERTIFICATE-{5}[^-]*-{5}END CERTIFICATE-{5}/.exec(readFileSync(path, "utf8"))?.[0] ??
    ""
  );
}

test("programs that invite at once lose no line and no file", async () => {
  mkdirSync(at("busy"));
  await must("certs", "--dir", "busy");
  const all = await Promise.all(
    Array.from({ length: 5 }, () =>
      must("invite", "Alice", "Bob", "--dir", "busy", "--out", "together"),
    ),
  );
  const paths = all.flat();
  expect(new Set(paths).size).toBe(10);
  expect(readdirSync(at("together"))).toHaveLength(10);
  const serials = paths.map((path) =>
    new X509Certificate(certificateIn(at(path))).serialNumber.toLowerCase(),
  );
  expect(
    readIssued(at("busy"))
      .records.map(({ serial }) => serial)
      .toSorted(),
  ).toEqual(serials.toSorted());
});

describe("with an invitation", () => {
  test("people of any name take part, and the intake knows them by it", async () => {
    await using server = await serve("--store", "sqlite:names.db");
    const names = [
      'Zoë, Müller + "Söhne" <#;=>\\',
      "李小龍",
      "O'Brien",
      "محمد\u200f علي",
      "-",
      "🙂",
    ];
    const paths = await must("invite", "--ports", server.port, "--out", "named", "--", ...names);
    for (const path of paths) {
      expect(outcomeOf(await client(path))).toEqual({
        code: 0,
        stdout: "OK 8 answered\n",
        stderr: "",
      });
    }

    const [, ...lines] = await must("submissions", "list", "--store", "sqlite:names.db");
    const shown = lines.map((line) => line.split("\t")[2]).toReversed();
    expect(shown).toEqual(names.map((name) => name.replace("\u200f", "\\u{200f}")));
    const exported = await must(
      "submissions",
      "export",
      "--format",
      "jsonl",
      "--store",
      "sqlite:names.db",
    );
    const known = readIssued(at("certs")).records.slice(-names.length);
    expect(
      exported
        .map((line) => JSON.parse(line))
        .map(({ participant, fingerprint }) => ({ participant, fingerprint })),
    ).toEqual(known.map(({ name, fingerprint }) => ({ participant: name, fingerprint })));
  });

  test("and --passes 1 each person takes part once", async () => {
    await using server = await serve("--store", "sqlite:once.db", "--passes", "1");
    const paths = await must("invite", "Ada", "Ada", "--ports", server.port, "--out", "once");
    const first = await Promise.all(paths.map(client));
    expect(first.map(({ code }) => code)).toEqual([0, 0]);
    for (const path of paths) {
      const { code, stderr } = await client(path);
      expect(code).toBe(6);
      expect(stderr).toContain("you have answered already");
    }
    expect(await must("submissions", "list", "--store", "sqlite:once.db")).toHaveLength(3);
  });

  test("Python's ssl takes part", async () => {
    await using server = await serve("--store", "none");
    const path = await inviteTo(server.port, "Python");
    const script = [
      "import socket, ssl, sys",
      "path, port = sys.argv[1:]",
      "context = ssl.create_default_context(cafile=path)",
      "context.verify_flags |= ssl.VERIFY_X509_STRICT",
      "context.load_cert_chain(path)",
      "with socket.create_connection(('localhost', int(port))) as plain:",
      "    with context.wrap_socket(plain, server_hostname='localhost') as tls:",
      "        print(tls.makefile().readline(), end='')",
    ].join("\n");
    const { stdout, stderr, code } = await run(["python3", "-c", script, at(path), server.port], {
      env: { PATH: process.env["PATH"] },
    });
    expect({ stdout, stderr, code }).toEqual({
      stdout: "HELLO\n",
      stderr: "",
      code: 0,
    });
  });

  test.skipIf(Bun.which("certtool") === null)(
    "GnuTLS accepts its parts, of high strength",
    async () => {
      const path = await inviteTo("1", "GnuTLS");
      writeFileSync(at("leaf.pem"), certificateIn(at(path)));
      const ca = ["--load-ca-certificate", at("certs/ca-cert.pem")];
      const { stdout, code } = await run([
        "certtool",
        "--verify",
        "--verify-profile",
        "high",
        ...ca,
        "--infile",
        at("leaf.pem"),
      ]);
      expect(stdout).toContain("Verified.");
      expect(code).toBe(0);
      expect((await run(["certtool", "--key-info", "--infile", at(path)])).code).toBe(0);
    },
  );
});

describe("a failure tells a participant what to do", () => {
  const hinted = (problem: string, hint: string) => ({
    code: 3,
    stdout: "",
    stderr: expect.stringMatching(
      new RegExp(`^tlslp: error: .*${problem}\ntlslp: hint: .*${hint}\n$`),
    ),
  });

  test("when the server's key has changed, or its authority, or its names", async () => {
    await must("certs", "--dir", "changed");
    const path = await inviteTo("1", "Eve", "--dir", "changed", "--out", "eve");
    const files = ["cert", "key"].flatMap((part) => [
      `--server-${part}`,
      `changed/server-${part}.pem`,
    ]);
    const moveTo = (port: string) =>
      writeFileSync(
        at(path),
        readFileSync(at(path), "utf8").replace(/^ports: .*/m, `ports: ${port}`),
      );
    const arrive = async () => {
      await using server = await serve(
        "--store",
        "none",
        ...files,
        "--ca-cert",
        "changed/ca-cert.pem",
      );
      moveTo(server.port);
      return outcomeOf(await client(path));
    };

    await must("certs", "renew", "server", "--dir", "changed");
    expect(await arrive()).toEqual(
      hinted(
        "the server's key is not the one in the invitation eve/eve.tlslp: it has changed, or this is another server",
        "ask the organiser whether the key is new, and for a new invitation if it is",
      ),
    );
    await must("certs", "--force", "--dir", "changed");
    expect(await arrive()).toEqual(
      hinted(
        "was not signed by the authority in the invitation eve/eve.tlslp",
        "ask the organiser for a new invitation",
      ),
    );
    const fresh = await inviteTo(
      "1",
      "Eve",
      "--dir",
      "changed",
      "--out",
      "eve",
      "--force",
      "--host",
      "127.0.0.1",
    );
    expect(fresh).toBe(path);
    await must("certs", "renew", "server", "--dir", "changed", "--hosts", "intake.example.org");
    writeFileSync(at(path), readFileSync(at(path), "utf8").replace(/^server-key: .*\n/m, ""));
    expect(await arrive()).toEqual(
      hinted(
        "the server's certificate is not for the host in the invitation eve/eve.tlslp",
        "ask the organiser for a new invitation",
      ),
    );
  });

  test("when the server does not know the invitation's authority, or refuses it", async () => {
    await must("certs", "--dir", "another");
    await using server = await serve("--store", "none", "--ca-cert", "another/ca-cert.pem");
    const path = await inviteTo(server.port, "Stranger");
    expect(outcomeOf(await client(path))).toEqual(
      hinted(
        `said nothing: the invitation ${path} may not be valid for this server`,
        "ask the organiser for a new invitation",
      ),
    );
  });
});

test("an invitation that has expired says when, and is never shown to a server", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const authority = await makeAuthority(3650, now);
  const content = formatInvitation({
    name: "Late",
    host: "localhost",
    ports: "1",
    ...(await issueClient(authority, { name: "Late", days: 15, now })),
    authorities: authority.credential.cert,
  });
  writeFileSync(at("late.tlslp"), content, { mode: 0o600 });
  expect(outcomeOf(await client("late.tlslp"))).toEqual({
    code: 2,
    stdout: "",
    stderr: [
      "tlslp: error: the invitation late.tlslp expired on Mar 16 12:00:00 2026 GMT",
      "tlslp: hint: ask the organiser for a new invitation\n",
    ].join("\n"),
  });
});

describe("on a terminal", () => {
  test("the password of new keys is typed twice, and not shown", async () => {
    await using program = startInTerminal(["invite", "Tess", "--encrypt-key"], {
      cwd: folder.path,
    });
    await program.find(/password of the new keys: /);
    program.type("geheim ☂x\u007f\r");
    await program.find(/the same again: /);
    program.type("geheim ☂\r");

    expect(await program.ended()).toBe(0);
    expect(program.text).toContain("invitations/tess.tlslp");
    expect(program.text).not.toContain("geheim");
    const key = openssl("pkey", "-in", at("invitations/tess.tlslp"), "-passin", "pass:geheim ☂");
    expect(String(key)).toMatch(/^-{5}BEGIN PRIVATE KEY-{5}\n/);
  });

  test.each([
    ["one\rtwo\r", "the two passwords differ"],
    ["\r\r", "the password is empty"],
  ])("%j makes nothing", async (typed, problem) => {
    const before = readIssued(at("certs")).records.length;
    await using program = startInTerminal(["invite", "Tom", "--encrypt-key"], { cwd: folder.path });
    await program.find(/password of the new keys: /);
    program.type(typed);

    expect(await program.ended()).toBe(2);
    expect(program.text).toContain(problem);
    expect(readIssued(at("certs")).records).toHaveLength(before);
  });

  test("the progress of more than a hundred is a line that changes", async () => {
    writeFileSync(at("many.csv"), `name\n${"Person\n".repeat(120)}`);
    await using program = startInTerminal(["invite", "--from", "many.csv", "--out", "many"], {
      cwd: folder.path,
    });
    await program.find(/\d+ of 120 invitations/);
    await program.find(/many\/person-120\.tlslp/);
    expect(await program.ended()).toBe(0);
  });
});
