import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeAuthority } from "../../../src/certificates/authority.ts";
import { issueClient } from "../../../src/certificates/issue.ts";
import { explainToInvited, readInvited } from "../../../src/commands/invited.ts";
import { PeerText } from "../../../src/fault/define.ts";
import { Fault } from "../../../src/fault/fault.ts";
import type { TlsError } from "../../../src/fault/sentences/tls.ts";
import { formatInvitation } from "../../../src/invitations/invitation.ts";
import { faultOf, hintOf, summary } from "../../support/faults.ts";
import { type Folder, makeFolder } from "../../support/processes.ts";

const authority = await makeAuthority();
const credential = await issueClient(authority, { name: "Ada", days: 15 });
const text = formatInvitation({
  name: "Ada",
  host: "[::1]",
  ports: "7883,8235",
  serverKey: `sha256/${"A".repeat(43)}=`,
  ...credential,
  authorities: authority.credential.cert,
});

let folder: Folder;
let path: string;

beforeEach(() => {
  folder = makeFolder();
  path = join(folder.path, "ada.tlslp");
  writeFileSync(path, text, { mode: 0o600 });
});

afterEach(() => folder[Symbol.dispose]());

test("an invitation gives the settings as flags do, and its parts", () => {
  const { host, ports, pins, cert, key, authorities, isExposed } = readInvited(path);
  expect({ host, ports, pins, isExposed }).toEqual({
    host: "::1",
    ports: [7883, 8235],
    pins: [`sha256/${"A".repeat(43)}=`],
    isExposed: false,
  });
  const contents = [key, cert, authorities].map((file) => String(file?.content?.()));
  expect(contents).toEqual([credential.key, credential.cert, authority.credential.cert]);
  // A fault may carry the file, and be printed.
  expect(Bun.inspect(key)).not.toContain("PRIVATE");
});

test.skipIf(process.platform === "win32")("others may read it, and not write it", () => {
  for (const [mode, isExposed] of [
    [0o400, false],
    [0o640, true],
    [0o644, true],
  ] as const) {
    chmodSync(path, mode);
    expect(readInvited(path).isExposed).toBe(isExposed);
  }
  for (const mode of [0o620, 0o602, 0o666]) {
    chmodSync(path, mode);
    expect(summary(faultOf(() => readInvited(path)))).toBe(
      `usage: the invitation ${path} can be written by others than its owner`,
    );
  }
  writeFileSync(
    path,
    text.replace(/-----BEGIN PRIVATE.*?END PRIVATE KEY-----\n/s, () => ""),
  );
  chmodSync(path, 0o644);
  expect(readInvited(path).isExposed).toBe(false);
});

describe("a failure in the words of a participant", () => {
  const explained = (fault: Fault) => explainToInvited(fault, readInvited(path));
  const inHandshake = (error: TlsError) =>
    explained(new Fault("tlsError", { error }, { endpoint: "[::1]:7883" }));
  const afterHandshake = (cause: Fault) => {
    const reason = new PeerText(cause.message);
    return explained(
      new Fault("closedBeforeHello", { reason, showedCertificate: true }, { cause }),
    );
  };

  test.each([
    [
      "peerUntrusted",
      /^the server's certificate was not signed by the authority in the invitation/,
    ],
    [
      "peerSelfSigned",
      /^the server's certificate was not signed by the authority in the invitation/,
    ],
    ["ourAuthorityUnknown", /is not valid for this server, which does not know its authority$/],
    ["ourCertificateExpired", /^the server says that the invitation .* has expired$/],
    ["ourCertificateRevoked", /^the invitation .* was revoked$/],
    ["ourCertificateRejected", /^the server does not accept the invitation/],
  ] as const)("for %s", (error, sentence) => {
    const early = inHandshake(error);
    expect(early.family).toBe("transport");
    expect(early.message).toStartWith("[::1]:7883: ");
    const late = afterHandshake(new Fault("tlsError", { error }));
    expect(late.message).toMatch(sentence);
    expect(early.message.slice("[::1]:7883: ".length)).toBe(late.message);
    expect(hintOf(late)).toEndWith("ask the organiser for a new invitation");
  });

  test("for a server that says nothing", () => {
    const fault = afterHandshake(new Fault("closedByPeer", {}));
    expect(fault.message).toMatch(
      /said nothing: the invitation .* may not be valid for this server$/,
    );
    expect(hintOf(fault)).toEndWith("ask the organiser for a new invitation");
  });

  test("says of a server that does not answer that the invitation named it", () => {
    const fault = explained(new Fault("noServer", { host: "::1", ports: [1] }));

    expect(fault.message).toBe("no server answers at ::1 on port 1");
    expect(hintOf(fault)).toEndWith("ask the organiser");
  });

  test("keeps the words for a client that showed no certificate", () => {
    const reason = new PeerText("the peer closed the connection");
    const fault = new Fault("closedBeforeHello", { reason, showedCertificate: false });

    expect(explained(fault)).toBe(fault);
  });

  test("leaves others as they are", () => {
    const faults = [new Fault("tlsError", { error: "notTls" }), new Fault("answeredAlready", {})];
    expect(faults.map(explained)).toEqual(faults);
  });
});
