/**
 * The invitation of `tlslp client FILE`: the settings and certificates in it, and the failures that
 * mean something else to the person who was invited.
 */
import { shellWord } from "../cli/quote.ts";
import { Fault, isFault } from "../fault/fault.ts";
import { nameOf } from "../fault/sentences/files.ts";
import type { InvitationProblem } from "../fault/sentences/invitations.ts";
import type { TlsError } from "../fault/sentences/tls.ts";
import { parseInvitation } from "../invitations/invitation.ts";
import { type InputFile, readMailed } from "../io/input.ts";
import type { Log } from "../log/log.ts";
import { readPin, readPorts } from "./connection-flags.ts";
import { readHost } from "./host.ts";

/** An invitation, with its settings as the flags of the same names would give them. */
export interface Invited {
  readonly file: InputFile;
  readonly host: string;
  readonly ports: readonly number[];
  readonly pins: readonly string[];
  readonly cert: InputFile;
  readonly authorities: InputFile;
  /** Undefined: the participant had a request signed, and has the key. */
  readonly key: InputFile | undefined;
  /** Whether other users can read the key. */
  readonly isExposed: boolean;
}

/** Reads an invitation. Throws a usage fault that names what is wrong. */
export function readInvited(path: string): Invited {
  const file: InputFile = { purpose: "invitation", path };
  const { bytes, isReadable } = readMailed(file);
  const { host, ports, serverKey, key, cert, authorities } = parseInvitation(bytes, file);
  const setting = (line: string) => `${nameOf(file)}: the line "${line}: …"`;
  const withContent = (text: string) => ({ ...file, content: () => Buffer.from(text) });
  return {
    file,
    host: readHost(host, setting("host")),
    ports: readPorts(ports, setting("ports")),
    pins: serverKey === undefined ? [] : [readPin(serverKey, setting("server-key"))],
    cert: withContent(cert),
    authorities: withContent(authorities),
    key: key === undefined ? undefined : withContent(key),
    isExposed: isReadable && key !== undefined,
  };
}

/** Warns where other users can read the key: mail programs save files so. */
export function warnOfExposure({ file, isExposed }: Invited, log: Log): void {
  if (isExposed) {
    const run = `chmod 600 ${shellWord(file.path)}`;
    log.warn("other users can read the invitation, and the private key in it", { run });
  }
}

/** Errors of the TLS stack that have another meaning for an invitation. */
const PROBLEMS: { readonly [E in TlsError]?: InvitationProblem } = {
  peerUntrusted: "otherAuthority",
  peerSelfSigned: "otherAuthority",
  ourAuthorityUnknown: "otherServer",
  ourCertificateExpired: "expired",
  ourCertificateRevoked: "revoked",
  ourCertificateRejected: "rejected",
};

/** Returns a failure in the words of a person with an invitation, where it is about that. */
export function explainToInvited(fault: Fault, { file }: Invited): Fault {
  if (isFault(fault, "noServer")) {
    return new Fault("noServer", { ...fault.facts, isInvited: true }, { cause: fault });
  }
  const problem = problemOf(fault);
  const { endpoint } = fault;
  return problem === undefined
    ? fault
    : new Fault(
        "invitationUseless",
        { file, problem },
        { cause: fault, ...(endpoint === undefined ? {} : { endpoint }) },
      );
}

function problemOf(thrown: unknown): InvitationProblem | undefined {
  if (isFault(thrown, "pinMismatch")) {
    return "serverKeyChanged";
  }
  if (isFault(thrown, "otherHostNames")) {
    return "otherHost";
  }
  if (isFault(thrown, "closedBeforeHello")) {
    // With TLS 1.3 a server refuses a certificate after the handshake, and may give no reason.
    const silence = thrown.facts.showedCertificate ? "silence" : undefined;
    return problemOf(thrown.cause) ?? silence;
  }
  return isFault(thrown, "tlsError") ? PROBLEMS[thrown.facts.error] : undefined;
}
