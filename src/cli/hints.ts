/**
 * The next step that helps after a failure, by its code: a command to paste, or a flag to change.
 */

import { dirname } from "node:path";
import { USABLE_KEYS } from "../certificates/strength.ts";
import type { Voice } from "../fault/define.ts";
import type { Fault, FaultCode } from "../fault/fault.ts";
import { printable } from "../fault/printable.ts";
import type { Content, Weakness } from "../fault/sentences/certificates.ts";
import type { FilePurpose, NamedFile } from "../fault/sentences/files.ts";
import { REQUESTS } from "../wire/message.ts";
import type { Hints } from "./hint.ts";
import { ASK_ORGANISER, INVITATION_HINTS } from "./invitation-hints.ts";
import { shellWord } from "./quote.ts";
import { afterExpiry, makingOf, renewalOf, withFolder } from "./renewal.ts";
import { TLS_HINTS } from "./tls-hints.ts";

/** Files that `tlslp certs` makes, and their folder. */
const CERTIFICATES: readonly FilePurpose[] = [
  "authorities",
  "certificates",
  "serverCert",
  "serverKey",
  "clientCert",
  "clientKey",
];

/** How to get a file that does not exist, and is of another kind. */
const MISSING: { readonly [P in FilePurpose]?: string } = {
  revocations: "tlslp revoke makes the list of an authority that tlslp certs made",
};

/** Whether a file is a device, or stdin by its name. */
function isOfSystem({ path = "" }: NamedFile): boolean {
  return /^\/(?:dev|proc)\//.test(path);
}

/** Files that we write too. */
const WRITTEN: readonly FilePurpose[] = ["log", "issued"];

/** Values of --ca-cert that are no files, where they are allowed. */
const CLIENT_VALUES = ["system", "none"];

/** Returns how to get a file that does not exist. */
function afterMissing(file: NamedFile, { setting }: Voice): string | undefined {
  if (file.path === "-") {
    return "/dev/stdin is the name of stdin";
  }
  if (file.purpose === "invitation") {
    return file.path?.endsWith(".tlslp")
      ? "name the file with its folder, such as Downloads/FILE.tlslp"
      : "--host and --ports name a server for which there is no invitation";
  }
  if (!CERTIFICATES.includes(file.purpose)) {
    return MISSING[file.purpose];
  }
  const isKnown = (key: string) => setting(key) !== key;
  if (file.purpose === "authorities" && CLIENT_VALUES.includes(file.path ?? "")) {
    return `${setting("caCert")} ${file.path} is for tlslp client alone; name the file of an authority`;
  }
  if (file.purpose === "authorities" && isKnown("dir")) {
    return `${setting("dir")} names the folder of your authority; ${makingOf(file)}`;
  }
  return isKnown("answers")
    ? `with an invitation: tlslp client FILE.tlslp; without one: ${makingOf(file)}`
    : makingOf(file);
}

const RAISE_FILE_SIZE = "ulimit -f unlimited lifts the limit on the size of files";

/** Returns the hint for an error of writing. */
function afterWriting({ code }: { readonly code?: string | undefined }): string | undefined {
  return code === "EFBIG" ? RAISE_FILE_SIZE : undefined;
}

/** Files of some mounts have the mount's permissions. As a comment, because the hint is pasted. */
const MOUNTS =
  "# on a mount: mode: 0400 (Compose), defaultMode: 0400 (Kubernetes), uid=...,umask=077 (others)";

const ANSWERS = `it is a JSON object with a text for each of ${REQUESTS.join(", ")}; tlslp client --answers-template prints one`;

/** How to encrypt a key in a way that is read. */
function encryptAgain({ file: { path = "FILE" } }: { readonly file: NamedFile }): string {
  return `openssl pkcs12 -in ${shellWord(path)} -out NEW.pem writes PEM; for PEM: openssl pkcs8 -topk8 -in ${shellWord(path)} -out NEW.pem`;
}

const QUESTIONS_TEMPLATE = "tlslp server --questions-template prints a file to fill in";

const USE_ANOTHER_KEY = `use a key of one of these kinds: ${USABLE_KEYS}`;

/** How to write a file in JSON. */
const TEMPLATES: { readonly [P in FilePurpose]?: string } = {
  answers: ANSWERS,
  questions: QUESTIONS_TEMPLATE,
};

function fromUtf16({ path = "FILE" }: NamedFile): string {
  return `iconv -f UTF-16 -t UTF-8 ${shellWord(path)} converts it to UTF-8`;
}

const HINTS: Hints = {
  ...INVITATION_HINTS,
  fileUnreadable: ({ file, code }, voice) => {
    if (code === "EISDIR" && file.purpose === "authorities") {
      return `cat ${shellWord(file.path ?? "FOLDER")}/*.pem >ca.pem joins its files`;
    }
    return code === "ENOENT" ? afterMissing(file, voice) : undefined;
  },
  fileNotRegular: ({ file }) =>
    WRITTEN.includes(file.purpose) || isOfSystem(file)
      ? undefined
      : "a pipe is read from stdin: redirect it, and give /dev/stdin",
  fileExposed: ({ file, exposure }) => {
    if (isOfSystem(file)) {
      return "chmod 600 FILE, the file that the shell opened for us";
    }
    const change = `${exposure === "writableByAll" ? "chmod o-w" : "chmod 600"} ${shellWord(file.path ?? "")}`;
    return file.purpose === "invitation" ? change : `${change} ${MOUNTS}`;
  },
  linkUnsafe: ({ file, place, reason }) =>
    reason === "writable"
      ? `chmod go-w ${shellWord(place)}`
      : `readlink -f ${shellWord(file.path ?? "")} prints the file itself, to be named instead`,
  pinMissing: (_, { setting }) =>
    `tlslp certs show prints the server's; ${setting("caCert")} ./none names a file called none`,
  systemStoreMissing: (_, { setting }) => `${setting("caCert")} FILE names a file of authorities`,
  pipeEmpty: () => "a pipe is read once; give a file to read it twice, or again at SIGHUP",
  fileNotUtf8: ({ file, encoding }) => {
    if (encoding === "UTF-16") {
      return fromUtf16(file);
    }
    if (file.purpose === "people") {
      return 'save it as "CSV UTF-8"';
    }
    return encoding === "DER"
      ? "it looks like DER; openssl x509 and pkey convert it to PEM"
      : `save it as UTF-8; iconv -f LATIN1 -t UTF-8 ${shellWord(file.path ?? "FILE")} converts Latin-1`;
  },
  jsonInvalid: ({ file }) => TEMPLATES[file.purpose],
  jsonKeyTwice: ({ file }) => TEMPLATES[file.purpose],
  answersNotObject: () => ANSWERS,
  answersKeyUnknown: () => ANSWERS,
  answerMissing: () => ANSWERS,
  answerInvalid: () => ANSWERS,
  noServer: ({ isInvited }, { setting }) =>
    isInvited
      ? "it may be down, or your network may block its ports: try another network, or ask the organiser"
      : `start one with tlslp server, or say with ${setting("host")} and ${setting("ports")} where it listens`,
  monitorUnreachable: ({ endpoint }) => `start the server with --metrics ${endpoint}`,
  pinMismatch: () =>
    "tlslp certs show server-cert.pem prints the key's pin, where the server's files are",
  closedBeforeHello: ({ showedCertificate }, { setting }) =>
    showedCertificate
      ? "it said nothing: our certificate may be revoked, or signed by an authority that it does not know"
      : `leave out ${setting("insecure")} and ${setting("noClientCert")}: with them no certificate is shown`,
  cannotServeMetrics: ({ code }, { setting }) =>
    code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES"
      ? `choose another with ${setting("metrics")}`
      : undefined,
  fileExists: () =>
    "--force replaces it and the others; programs that use them then need the new ones",
  folderUnwritable: afterWriting,
  stdoutUnwritable: afterWriting,
  libraryUnloadable: afterWriting,
  threadsRefused: (_, { setting }) =>
    `use fewer ${setting("threads")}; ulimit -u and pids.max limit the number of threads`,
  noExecutableMemory: () =>
    "lift the limit on address space (ulimit -v) or the ban on such memory (MemoryDenyWriteExecute=)",
  notLoopback: ({ host }, { setting }) => {
    const making = isUnspecified(host)
      ? "run tlslp certs --hosts NAME, with the name that clients use, to make certificates for both sides"
      : `run tlslp certs --hosts ${host} to make certificates for both sides`;
    return `leave ${setting("insecure")} out; ${making}`;
  },
  notHost: ({ hostInside }) =>
    hostInside === undefined
      ? undefined
      : `give the host alone: ${hostInside}; a port has a flag of its own`,
  notWhole({ setting: key, value }, { setting }) {
    const name = setting(key);
    // Kubernetes sets <SERVICE>_PORT in every pod, and a service called tlslp makes it ours.
    const isServiceLink = name.startsWith("TLSLP_") && /^(?:tcp|udp|sctp):\/\//.test(value);
    return isServiceLink ? `set enableServiceLinks: false in the pod, or unset ${name}` : undefined;
  },
  unknownCommand({ nearest, group }) {
    const program = group === undefined ? "tlslp" : `tlslp ${group}`;
    return nearest === undefined
      ? `${program} --help lists the commands`
      : `did you mean ${program} ${nearest}?`;
  },
  tooManyBits: ({ bits }, { setting }) => `${setting("maxBits")} ${bits} allows it`,
  noClient: () => "the command must connect to {host} and {port}, and trust the authority in {ca}",
  noRule: ({ nearest }) =>
    nearest === undefined ? "tlslp conform --list prints the rules" : `did you mean ${nearest}?`,
  unknownFlag({ flag, suggestions, beforeCommandOf: program }) {
    if (suggestions.length > 0) {
      const names = suggestions.map((name) =>
        program === undefined ? name : `${program} ${name}`,
      );
      return `did you mean ${names.join(" or ")}?`;
    }
    if (program !== undefined) {
      return `flags follow a command; ${program} --help lists the commands`;
    }
    return flag.startsWith("--")
      ? "see --help for the flags"
      : "put -- before a value that starts with a dash";
  },
  otherPemForm: ({ form }) =>
    form === "TRUSTED CERTIFICATE"
      ? "openssl x509 converts it to a plain CERTIFICATE"
      : "openssl pkcs7 -print_certs converts it to plain CERTIFICATEs",
  noCertificate: ({ found }) => (found === undefined ? undefined : CONVERSIONS[found]?.cert),
  noPrivateKey: ({ found }) => (found === undefined ? undefined : CONVERSIONS[found]?.key),
  keyEncrypted: () => "set TLSLP_PASSWORD to its password, or start in a terminal, which asks",
  passwordWrong: () =>
    "type it again; TLSLP_PASSWORD, if it is set, must have the password of this file",
  encryptionUnknown: encryptAgain,
  keyDerivationTooCostly: encryptAgain,
  unusableKeyKind: () => USE_ANOTHER_KEY,
  sshKey: ({ file: { path = "FILE" } }) =>
    `ssh-keygen -p -m PKCS8 -f ${shellWord(path)} converts it in place; an Ed25519 key must be made again`,
  fileUtf16: ({ file }) => fromUtf16(file),
  notAuthority: () => "name the file of the authority that signed the peers' certificates",
  authorityWithoutRoot: () => "add the certificate of the root to the same file",
  keyMismatch: ({ cert, key }) => {
    const isPair = renewalOf(cert) === renewalOf(key);
    const renewal = isPair ? renewalOf(cert) : undefined;
    return (
      renewal &&
      `${renewal} makes a new pair: a renewal that was interrupted may leave two that do not match`
    );
  },
  certificateExpired: ({ file, issuer }) => {
    if (file.purpose === "invitation") {
      return ASK_ORGANISER;
    }
    return issuer === undefined ? afterExpiry(file) : `ask ${issuer} for a new one`;
  },
  notYetValid: () => "the clock of this machine, or of the authority, may be wrong",
  wrongUse: ({ usage }) => `its extended key usage must include ${usage}, or be left out`,
  wrongKeyUsage: () => "its key usage must include digitalSignature, or be left out",
  noHostNames: () => "its subjectAltName must have the names and addresses that clients use",
  addressAsDnsName: ({ address }) => `its subjectAltName must have IP:${address} instead`,
  unusableKey: () => USE_ANOTHER_KEY,
  weakCertificate: ({ weakness }) => strengthen(weakness),
  peerCertificateWeak: (weakness) => `its owner can mend that: ${strengthen(weakness)}`,
  revocationListMissing: (_, { setting }) =>
    `with ${setting("crl")}, every authority in ${setting("caCert")} needs a list`,
  revocationListUnauthorized: ({ authority }) =>
    `the certificate of ${authority} must be made again with cRLSign, for the same key`,
  revocationListOfOther: ({ file: { path = "FILE" } }) =>
    `mv ${shellWord(path)} ${shellWord(`${path}.old`)} puts it aside, and ${withFolder("tlslp revoke", dirname(path))} makes a new one`,
  revocationListPartial: () => "have the authority publish one complete list",
  revocationListCritical: () =>
    "have the authority publish a list in which this extension is not critical",
  revocationListAmbiguous: () =>
    "have the lists made with authorityKeyIdentifier, or give the authorities distinct names",
  revocationListExpired: () =>
    "fetch the authority's latest list; tlslp revoke makes it where the authority's key is",
  otherHostNames: ({ names, wanted, issuer }, { peer }) => {
    const hosts = [...names.map((name) => peer(name, printable)), wanted];
    const remedy =
      issuer === undefined
        ? `run tlslp certs renew server --hosts ${hosts.join(",")}`
        : `ask ${peer(issuer, printable)} for one that names ${wanted}`;
    return names.length === 0 ? remedy : `call the server by one of these names, or ${remedy}`;
  },
  unresolved: () => "check its spelling and the name resolution of this machine",
  cannotListen: ({ code, isOneOf }, { setting }) => {
    const port = setting(isOneOf ? "ports" : "port");
    if (code === "EADDRINUSE") {
      return `choose another with ${port}, or let the system choose one with ${port} 0`;
    }
    return code === "EACCES"
      ? `ports below 1024 need a privilege; choose a higher one with ${port}`
      : undefined;
  },
  tlsError: ({ error }, voice) => TLS_HINTS[error]?.(voice),
  certificatesRejected: ({ text }) => {
    if (text.endsWith("key usage bit incorrect")) {
      return "our certificate's key usage must include digitalSignature, or be left out";
    }
    return text.endsWith("unsupported algorithm")
      ? `our key must be one of ${USABLE_KEYS}`
      : undefined;
  },
  storeInvalid: ({ value }, { setting }) =>
    /^[\w./-]+$/.test(value)
      ? `${setting("store")} sqlite:${value} is the file ${value}`
      : undefined,
  needsStore: (_, { setting }) => `${setting("store")} sqlite:PATH keeps answers in a file`,
  storeUnusable: ({ isDefault }, voice) => (isDefault ? otherStores(voice) : undefined),
  storeForeign: ({ isDefault }, voice) => (isDefault ? otherStores(voice) : undefined),
  storeMissing: (_, { setting }) =>
    `tlslp server makes it at its start; ${setting("store")} sqlite:PATH names another one`,
  questionInvalid: () => QUESTIONS_TEMPLATE,
  storeNone: (_, { setting }) =>
    `${setting("store")} sqlite:PATH reads a file, and without ${setting("store")} the default is read`,
  notId: () => "tlslp submissions list prints the ids",
  submissionUnknown: () => "tlslp submissions list --outcome any prints the ids of all",
  receiptMissing: () =>
    "tlslp server --receipts certs/receipt-key.pem signs one for each submission",
  settingMissing: ({ setting: key }, { setting }) =>
    key === "olderThan" ? `${setting(key)} 180d erases all that is older than 180 days` : undefined,
  outputUnwritable: afterWriting,
  outputNotRegular: ({ path, isFolder }) =>
    isFolder
      ? "name a file in it"
      : `leave the flag out, and redirect stdout to ${shellWord(path)}`,
  storeEncoding: () =>
    "createdb --encoding=UTF8 --locale=C --template=template0 tlslp makes a database that has it",
  storeNewer: () => "use the newest tlslp that works with this store",
};

/** Whether an address means every address of a machine, which no client can connect to. */
function isUnspecified(host: string): boolean {
  return ["0.0.0.0", "::", "[::]"].includes(host);
}

/** Returns the hint of a fault, without a full stop; undefined where no next step is known. */
export function hintFor<C extends FaultCode>(fault: Fault<C>, voice: Voice): string | undefined {
  return HINTS[fault.code]?.(fault.facts, voice);
}

/** Returns the stores that can be used instead of the default. */
function otherStores({ setting }: Voice): string {
  return `${setting("store")} none keeps no answers, ${setting("store")} sqlite:PATH keeps them elsewhere`;
}

/** How to get PEM from what a file holds instead. */
const CONVERSIONS: {
  readonly [C in Content]?: { readonly cert?: string; readonly key?: string };
} = {
  der: { cert: "openssl x509 converts it to PEM", key: "openssl pkey converts it to PEM" },
  pkcs12: {
    cert: "openssl pkcs12 -nokeys extracts the certificates",
    key: "openssl pkcs12 -nocerts -noenc extracts the key",
  },
  pkcs7: { cert: "openssl pkcs7 -inform DER -print_certs converts it to PEM" },
  java: {
    cert: "keytool -importkeystore -deststoretype pkcs12 converts it to PKCS #12",
    key: "keytool -importkeystore -deststoretype pkcs12 converts it to PKCS #12",
  },
  request: { cert: "an authority turns it into a certificate" },
};

/** Returns how to replace a weak certificate. */
function strengthen({ kind }: Weakness): string {
  return kind === "weak-key"
    ? USE_ANOTHER_KEY
    : "have it signed again with SHA-256: openssl x509 -sha256, or default_md=sha256";
}
