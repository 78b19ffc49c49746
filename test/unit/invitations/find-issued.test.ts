import { describe, expect, test } from "bun:test";
import { type Findable, findIssued } from "../../../src/invitations/find-issued.ts";
import { faultOf, hintOf } from "../../support/faults.ts";

const NOW = new Date("2027-01-31T18:00:00Z");
const CURRENT = "2027-02-15T18:00:00.000Z";
const PAST = "2027-01-15T18:00:00.000Z";

let count = 0;

function certificate(name: string, changes: Partial<Findable> = {}): Findable {
  count += 1;
  const serial = `40${count.toString(16).padStart(30, "0")}`;
  const fingerprint = `sha256/${count.toString().padStart(43, "A")}=`;
  return { serial, name, fingerprint, until: CURRENT, revoked: null, ...changes };
}

function find(word: string, findables: readonly Findable[]): readonly (string | null)[] {
  return findIssued(word, findables, { path: "certs", now: NOW }).map(({ serial }) => serial);
}

const alice = certificate("Alice");
const zoe = certificate("Zoë");
const ALL = [alice, zoe];

describe("a certificate is found", () => {
  test("by the name in it, composed in any way", () => {
    expect(find("Alice", ALL)).toEqual([alice.serial]);
    expect(find("Zoe\u0308", ALL)).toEqual([zoe.serial]);
  });

  test("by its serial number as programs print it", () => {
    const pairs = alice.serial.match(/../g) ?? [];
    const printed = [
      alice.serial,
      alice.serial.toUpperCase(),
      pairs.join(":"),
      `0x${alice.serial}`,
    ];
    for (const word of printed) {
      expect(find(word, ALL)).toEqual([alice.serial]);
    }
  });

  test("by the fingerprint of its key, with all others of the key", () => {
    const renewed = certificate("Alice", { fingerprint: alice.fingerprint });
    expect(find(alice.fingerprint, [...ALL, renewed])).toEqual([alice.serial, renewed.serial]);
  });

  test("by a name that looks like a serial number", () => {
    const ada = certificate("ada");
    expect(find("ada", [...ALL, ada])).toEqual([ada.serial]);
  });

  test("with zeros before its serial number", () => {
    const old = certificate("old", { serial: "00ff" });
    expect(find("ff", [old])).toEqual(["00ff"]);
  });
});

describe("of several certificates with a name", () => {
  test("the one counts that is neither revoked nor expired", () => {
    const revoked = certificate("Alice", { revoked: PAST });
    const expired = certificate("Alice", { until: PAST });
    expect(find("Alice", [revoked, expired, alice])).toEqual([alice.serial]);
    expect(find("Alice", [revoked, expired])).toEqual([expired.serial]);
  });

  test("two that count are refused, and listed", () => {
    const other = certificate("Alice");
    const fault = faultOf(() => find("Alice", [alice, other]));
    expect(fault.message).toBe(
      `"Alice" is the name of 2 certificates: ${alice.serial} until ${CURRENT}, ${other.serial} until ${CURRENT}`,
    );
    expect(hintOf(fault)).toStartWith(`tlslp revoke ${alice.serial} `);
  });

  test("the hint is about their folder", () => {
    const at = { path: "my certs", now: NOW };
    const hintFor = (word: string) =>
      hintOf(faultOf(() => findIssued(word, [alice, certificate("Alice")], at)));
    expect(hintFor("Alice")).toBe(
      `tlslp revoke ${alice.serial} --dir 'my certs' revokes the first; tlslp invite --list --dir 'my certs' shows more of each`,
    );
    expect(hintFor("Mallory")).toBe("tlslp invite --list --dir 'my certs' prints the names");
  });

  test("no more than ten are listed", () => {
    const many = Array.from({ length: 12 }, () => certificate("Bob"));
    expect(faultOf(() => find("Bob", many)).message).toEndWith(" and 2 more");
  });

  test("one of those that are all revoked is found, because nothing is left to decide", () => {
    const revoked = [1, 2].map(() => certificate("Eve", { revoked: PAST }));
    expect(find("Eve", revoked)).toHaveLength(1);
  });
});

describe("a word that means no certificate", () => {
  test("is refused, and the nearest name is the hint", () => {
    const fault = faultOf(() => find("Alise", ALL));
    expect(fault.message).toBe(
      '"Alise" is no name, fingerprint or serial number of a certificate in certs',
    );
    expect(fault.family).toBe("usage");
    expect(hintOf(fault)).toBe("did you mean Alice?");
  });

  test("is refused, and the list is the hint where no name is near", () => {
    expect(hintOf(faultOf(() => find("Mallory", ALL)))).toBe(
      "tlslp invite --list prints the names",
    );
  });

  for (const word of ["0123", "sha256/x", "", "40", "alice", `${"f".repeat(41)}`]) {
    test(`is refused: "${word}"`, () => {
      expect(faultOf(() => find(word, ALL)).code).toBe("issuedUnknown");
    });
  }

  test("is a serial number of a certificate from elsewhere, if it is long enough", () => {
    const found = findIssued("1234567890ABCDEF1", ALL, { path: "certs", now: NOW });
    expect(found).toEqual([{ serial: "01234567890abcdef1", name: null, revoked: null }]);
  });
});
