import { describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { makeAuthority } from "../../../src/certificates/authority.ts";
import { encryptKey } from "../../../src/certificates/encrypt-key.ts";
import { issueClient } from "../../../src/certificates/issue.ts";
import { formatInvitation, parseInvitation } from "../../../src/invitations/invitation.ts";
import { faultOf, summary, throwsOnly } from "../../support/faults.ts";

const NAME = 'Zoë, +"#\\;<the> 1st= \u200e名';
const FILE = { purpose: "invitation", path: "zoë.tlslp" } as const;
const SETTINGS = { seed: 20_271, numRuns: 300 };

const authority = await makeAuthority();
const authorities = authority.credential.cert;
const zoë = await issueClient(authority, { name: NAME, days: 15 });
const other = await issueClient(authority, { name: "Mallory", days: 15 });
const header = { name: NAME, host: "intake.example.org", ports: "7883,8235" };
const serverKey = `sha256/${"A".repeat(43)}=`;
const invitation = { ...header, serverKey, ...zoë, authorities };
const text = formatInvitation(invitation);
const [lines = "", ...blocks] = text.split(/(?=-----BEGIN )/);

const parse = (content: string | Uint8Array) => parseInvitation(Buffer.from(content), FILE);
const refusal = (content: string | Uint8Array) => summary(faultOf(() => parse(content)));

describe("an invitation", () => {
  test("is text that a person can read, and then its blocks", () => {
    expect(lines).toBe(
      `tlslp-invitation: 1\nname: ${NAME}\nhost: intake.example.org\nports: 7883,8235\nserver-key: ${serverKey}\n`,
    );
    expect(blocks.map((block) => /BEGIN (.*?)-/.exec(block)?.[1])).toEqual([
      "PRIVATE KEY",
      "CERTIFICATE",
      "CERTIFICATE",
    ]);
  });

  test("is read as it was written, with or without its optional parts", () => {
    expect(parse(text)).toEqual(invitation);
    const { key: _, ...keyless } = { ...invitation, serverKey: undefined };
    expect(parse(formatInvitation(keyless))).toEqual({ ...keyless, key: undefined });
  });

  test("keeps an encrypted key as it is, in both forms", async () => {
    const key = await encryptKey(zoë.key, "secret");
    expect(parse(formatInvitation({ ...invitation, key })).key).toBe(key);
    const old = `${mark("BEGIN EC PRIVATE KEY")}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n${mark("END EC PRIVATE KEY")}\n`;
    expect(parse(formatInvitation({ ...invitation, key: old })).key).toBe(old);
  });

  test("is read in one pass, however many spaces are within its lines", () => {
    const spaces = " ".repeat(900_000);
    const begun = performance.now();
    expect(refusal(text.replace(": 1\n", `: 1${spaces}x\n`))).toContain("version");
    expect(parse(text.replace("example.org", `${spaces}x`)).host).toEndWith(" x");
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  test("is read without the spaces around its values", () => {
    expect(parse(text.replaceAll(/: (.*)/g, ":\t$1 \t"))).toEqual(invitation);
  });

  test("is read with a name whose accents are characters of their own", () => {
    expect(text.normalize("NFD")).not.toBe(text);
    expect(parse(text.normalize("NFD")).host).toBe(header.host);
  });

  test("is read with a name that a mail program garbled", () => {
    const latin1 = Buffer.from(text).toString("latin1");
    expect(parse(Buffer.from(latin1)).host).toBe(header.host);
    expect(parse(text.replaceAll(/[^\x00-\x7f]/g, "?")).host).toBe(header.host);
    expect(parse(Buffer.from(text.replaceAll(/[^\x00-\xff]/g, "?"), "latin1")).host).toBe(
      header.host,
    );
  });

  test("is read with a name that looks like a part of the file", async () => {
    for (const name of [
      mark("BEGIN PRIVATE KEY"),
      `x ${mark("BEGIN CERTIFICATE")}`,
      mark("END CERTIFICATE"),
      "tlslp-invitation: 1",
      "host: mallory.example",
    ]) {
      const mine = await issueClient(authority, { name, days: 15 });
      expect(parse(formatInvitation({ ...invitation, ...mine, name }))).toEqual({
        ...invitation,
        ...mine,
        name,
      });
    }
  });

  test("may have lines of a later version, spaces and other case", () => {
    const changed = text
      .replace("host: ", "  Host :\t")
      .replace("ports:", "motto: carpe diem\n\nports:")
      .replace("tlslp-", "\ufeff  TLSLP-");
    expect(parse(changed)).toEqual(invitation);
  });
});

/** Lines that people and mail programs write around an invitation. */
const prose = fc.array(
  fc.oneof(
    fc.constantFrom(
      "Dear Zoë,",
      "> Content-Type: text/plain; charset=utf-8",
      "Subject: your invitation",
      "-- ",
      "-----Original message-----",
      "----- BEGIN -----",
      "\t",
      "",
    ),
    fc.string({ unit: "grapheme", maxLength: 40 }).map((line) => line.replaceAll(/[\r\n]/g, " ")),
  ),
  { maxLength: 4 },
);

test("an invitation is read in any order, with any line ends, and text around its parts", () => {
  fc.assert(
    fc.property(
      fc.shuffledSubarray([lines, ...blocks], { minLength: 4, maxLength: 4 }),
      fc.array(prose, { minLength: 5, maxLength: 5 }),
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.constantFrom("", "\ufeff"),
      (parts, between, lineEnd, mark) => {
        const mail = between
          .map((each, index) => `${each.map((line) => `${line}\n`).join("")}${parts[index] ?? ""}`)
          .join("");
        expect(parse(mark + mail.replaceAll("\n", lineEnd))).toMatchObject({
          ...header,
          serverKey,
          key: zoë.key,
          cert: zoë.cert,
          authorities,
        });
      },
    ),
    SETTINGS,
  );
});

test("bytes that are no invitation end in a usage fault", () => {
  const bytes = Buffer.from(text);
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          at: fc.nat({ max: bytes.length }),
          drop: fc.nat({ max: 80 }),
          put: fc.oneof(
            fc.uint8Array({ maxLength: 20 }),
            fc.constantFrom(Buffer.from("-----BEGIN "), Buffer.from("\nhost: x\n")),
          ),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      (changes) => {
        const changed = changes.reduce(
          (all, { at, drop, put }) =>
            Buffer.concat([all.subarray(0, at), put, all.subarray(at + drop)]),
          bytes,
        );
        expect(throwsOnly("usage", () => parse(changed))).toBe(true);
      },
    ),
    SETTINGS,
  );
});

describe("an invitation is refused, with one error", () => {
  const named = "usage: the invitation zoë.tlslp";
  const [key = "", cert = "", ca = ""] = blocks;
  const lineAfter = (before: string) => before.split("\n").length;
  const replaced = (before: string, after: string) => text.replace(before, () => after);

  test.each([
    ["nothing", "", `${named} has no line "tlslp-invitation: 1"`],
    [
      "no title",
      replaced("tlslp-invitation", "invitation"),
      `${named} has no line "tlslp-invitation: 1"`,
    ],
    [
      "another version",
      replaced(": 1\n", ": 2\n"),
      `${named} has version "2", and this program reads version 1`,
    ],
    [
      "two invitations",
      text + text,
      `${named} holds several invitations, and exactly one is allowed`,
    ],
    [
      "two keys",
      text + other.key,
      `${named} holds several private keys, and exactly one is allowed`,
    ],
    [
      "two participants",
      text + other.cert,
      `${named} holds several certificates of participants, and exactly one is allowed`,
    ],
    [
      "two hosts",
      replaced("ports:", "host: evil.example\nports:"),
      `${named} holds several lines "host: …", and exactly one is allowed`,
    ],
    ["no host", replaced(`host: ${header.host}\n`, ""), `${named} lacks the line "host: …"`],
    [
      "an empty host",
      replaced(`host: ${header.host}\n`, "host:\n"),
      `${named}: the line "host: …" is empty`,
    ],
    [
      "a host with a control character",
      replaced("intake.", "in\u0007take."),
      `${named}: the line "host: …" holds "in\\u{7}take.example.org", with characters that do not print`,
    ],
    [
      "ports with a control character",
      replaced("7883", "78\u000083"),
      `${named}: the line "ports: …" holds "78\\u{0}83,8235", with characters that do not print`,
    ],
    [
      "a path for a name",
      replaced(`name: ${NAME}`, "name: ../../etc/passwd"),
      `${named} is for "../../etc/passwd", and its certificate is of ${JSON.stringify(NAME).replaceAll("\\\\", "\\").replaceAll('\\"', '"').replace("\u200e", "\\u{200e}")}`,
    ],
    ["no certificate", lines + key, `${named} lacks the certificate`],
    ["no participant", lines + key + ca, `${named} lacks the certificate of the participant`],
    ["no authority", lines + key + cert, `${named} lacks the certificate of the authority`],
    [
      "a damaged certificate",
      lines + key + cert.replace(/\n.{4}/, "\n") + ca,
      `${named} is damaged at line ${lineAfter(lines + key)}`,
    ],
    [
      "a damaged key",
      lines + key.replace(/\n.{3}/, "\n") + cert + ca,
      `${named} is damaged at line ${lineAfter(lines)}`,
    ],
    [
      "a key without an end",
      lines + cert + ca + key.slice(0, -10),
      `${named} is damaged at line ${lineAfter(lines + cert + ca)}`,
    ],
    [
      "UTF-16",
      Buffer.from(`\ufeff${text}`, "utf16le"),
      `${named} is text in UTF-16, not in ASCII or UTF-8`,
    ],
  ])("%s", (_, content, expected) => {
    expect(refusal(content)).toBe(expected);
  });

  test("the certificate of another person", () => {
    const changed = formatInvitation({ ...invitation, cert: other.cert });
    expect(refusal(changed)).toEndWith('and its certificate is of "Mallory"');
    expect(new X509Certificate(other.cert).subject).toBe("CN=Mallory");
  });
});

/** Returns a line of PEM, such as the one before a key. */
function mark(text: string): string {
  return `-----${text}-----`;
}
