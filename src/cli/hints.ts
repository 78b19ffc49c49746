/**
 * The next step that helps after a failure, by its code: a command to paste, or a flag to change.
 */

import type { Voice } from "../fault/define.ts";
import type { Fault, FaultCode } from "../fault/fault.ts";
import { CERTIFICATE_HINTS } from "./certificate-hints.ts";
import { FILE_HINTS } from "./file-hints.ts";
import type { Hints } from "./hint.ts";
import { INVITATION_HINTS } from "./invitation-hints.ts";
import { TLS_HINTS } from "./tls-hints.ts";

const HINTS: Hints = {
  ...FILE_HINTS,
  ...CERTIFICATE_HINTS,
  ...INVITATION_HINTS,
  noServer: ({ isInvited }, { setting }) =>
    isInvited
      ? "it may be down, or your network may block its ports: try another network, or ask the organiser"
      : `start one with tlslp server, or say with ${setting("host")} and ${setting("ports")} where it listens`,
  monitorUnreachable: ({ endpoint }) => `start the server with --metrics ${endpoint}`,
  closedBeforeHello: ({ showedCertificate }, { setting }) =>
    showedCertificate
      ? "it said nothing: our certificate may be revoked, or signed by an authority that it does not know"
      : `leave out ${setting("insecure")} and ${setting("noClientCert")}: with them no certificate is shown`,
  cannotServeMetrics: ({ code }, { setting }) =>
    code === "EADDRINUSE" || code === "EADDRNOTAVAIL" || code === "EACCES"
      ? `choose another with ${setting("metrics")}`
      : undefined,
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
  storeInvalid: ({ value }, { setting }) =>
    /^[\w./-]+$/.test(value)
      ? `${setting("store")} sqlite:${value} is the file ${value}`
      : undefined,
  needsStore: (_, { setting }) => `${setting("store")} sqlite:PATH keeps answers in a file`,
  storeUnusable: ({ isDefault }, voice) => (isDefault ? otherStores(voice) : undefined),
  storeForeign: ({ isDefault }, voice) => (isDefault ? otherStores(voice) : undefined),
  storeMissing: (_, { setting }) =>
    `tlslp server makes it at its start; ${setting("store")} sqlite:PATH names another one`,
  storeNone: (_, { setting }) =>
    `${setting("store")} sqlite:PATH reads a file, and without ${setting("store")} the default is read`,
  notId: () => "tlslp submissions list prints the ids",
  submissionUnknown: () => "tlslp submissions list --outcome any prints the ids of all",
  receiptMissing: () =>
    "tlslp server --receipts certs/receipt-key.pem signs one for each submission",
  settingMissing: ({ setting: key }, { setting }) =>
    key === "olderThan" ? `${setting(key)} 180d erases all that is older than 180 days` : undefined,
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
