/**
 * The next step that helps after a failure, by its code: a command to paste, or a flag to change.
 */

import { USABLE_KEYS } from "../certificates/strength.ts";
import { shellWord } from "../completions/quote.ts";
import type { Voice } from "../fault/define.ts";
import type { Fault, FaultCode, FaultFacts } from "../fault/fault.ts";
import type { Weakness } from "../fault/sentences/certificates.ts";
import type { FilePurpose } from "../fault/sentences/files.ts";

type Hints = {
  readonly [C in FaultCode]?: (facts: FaultFacts<C>, voice: Voice) => string | undefined;
};

const MAKE_CERTIFICATES = "tlslp certs makes a set for trying things out, in certs/";

/** How to get a file that does not exist. */
const MISSING: { readonly [P in FilePurpose]?: string } = {
  authorities: MAKE_CERTIFICATES,
  serverCert: MAKE_CERTIFICATES,
  serverKey: MAKE_CERTIFICATES,
  clientCert: MAKE_CERTIFICATES,
  clientKey: MAKE_CERTIFICATES,
};

const HINTS: Hints = {
  fileUnreadable: ({ file, code }) => (code === "ENOENT" ? MISSING[file.purpose] : undefined),
  fileExposed: ({ file, exposure }) =>
    `${exposure === "writableByAll" ? "chmod o-w" : "chmod 600"} ${shellWord(file.path ?? "")}`,
  fileNotUtf8: ({ isDer }) =>
    isDer ? "it looks like DER; openssl x509 and pkey make PEM of it" : undefined,
  otherPemForm: () => "openssl x509 makes a plain CERTIFICATE of it",
  noPrivateKey: () => `${USABLE_KEYS}; openssl pkey takes a password off`,
  certificateExpired: ({ issuer }) =>
    issuer === undefined ? "tlslp certs --force makes new ones" : `ask ${issuer} for a new one`,
  wrongUse: ({ usage }) => `its extended key usage must include ${usage}, or be left out`,
  unusableKey: () => USABLE_KEYS,
  weakCertificate: ({ weakness }) => strengthen(weakness),
  peerCertificateWeak: (weakness) => `its owner needs another one: ${strengthen(weakness)}`,
  revocationListMissing: (_, { setting }) =>
    `with ${setting("crl")}, every authority in ${setting("caCert")} needs a list`,
  revocationListExpired: () => "fetch the authority's latest list",
  otherHostNames: ({ names, wanted, issuer }) => {
    const remedy =
      issuer === undefined
        ? `run tlslp certs --force --hosts ${[...names, wanted].join(",")}`
        : `ask ${issuer} for one that names ${wanted}`;
    return names.length === 0 ? remedy : `call the server by one of these names, or ${remedy}`;
  },
  unresolved: () => "check its spelling and the name resolution of this machine",
  notLoopback: ({ host }, { setting }) =>
    `leave ${setting("insecure")} out; tlslp certs --hosts ${host} makes certificates for both sides`,
  cannotListen: ({ code }, { setting }) => {
    const port = setting("port");
    if (code === "EADDRINUSE") {
      return `choose another with ${port}, or let the system choose one with ${port} 0`;
    }
    return code === "EACCES"
      ? `ports below 1024 need a privilege; choose a higher one with ${port}`
      : undefined;
  },
  certificatesRejected: ({ text }) => {
    if (text.endsWith("key usage bit incorrect")) {
      return "our certificate's key usage must include digitalSignature, or be left out";
    }
    return text.endsWith("unsupported algorithm")
      ? `our key must be one of ${USABLE_KEYS}`
      : undefined;
  },
};

/** The hint of a fault, without a full stop; undefined where no next step is known. */
export function hintFor<C extends FaultCode>(fault: Fault<C>, voice: Voice): string | undefined {
  return HINTS[fault.code]?.(fault.facts, voice) ?? fault.hint;
}

function strengthen({ kind }: Weakness): string {
  return kind === "weak-key"
    ? USABLE_KEYS
    : "have it signed again with SHA-256: openssl x509 -sha256, or default_md=sha256";
}
