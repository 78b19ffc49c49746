/**
 * The next step that helps after a failure, by its code: a command to paste, or a flag to change.
 */

import type { Voice } from "../fault/define.ts";
import type { Fault, FaultCode, FaultFacts } from "../fault/fault.ts";
import type { FilePurpose } from "../fault/sentences/files.ts";
import { shellWord } from "./quote.ts";

type Hints = {
  readonly [C in FaultCode]?: (facts: FaultFacts<C>, voice: Voice) => string | undefined;
};

const MAKE_CERTIFICATES = "run tlslp certs to make a set for trying things out, in certs/";

/** How to get a file that does not exist. */
const MISSING: { readonly [P in FilePurpose]?: string } = {
  authorities: MAKE_CERTIFICATES,
  serverCert: MAKE_CERTIFICATES,
  serverKey: MAKE_CERTIFICATES,
  clientCert: MAKE_CERTIFICATES,
  clientKey: MAKE_CERTIFICATES,
};

const RAISE_FILE_SIZE = "ulimit -f unlimited lifts the limit on the size of files";

/** For an error of writing. */
function afterWriting({ code }: { readonly code?: string | undefined }): string | undefined {
  return code === "EFBIG" ? RAISE_FILE_SIZE : undefined;
}

const HINTS: Hints = {
  fileUnreadable: ({ file, code }) => (code === "ENOENT" ? MISSING[file.purpose] : undefined),
  fileExposed: ({ file, exposure }) =>
    `${exposure === "writableByAll" ? "chmod o-w" : "chmod 600"} ${shellWord(file.path ?? "")}`,
  fileNotUtf8: ({ isDer }) =>
    isDer ? "it looks like DER; openssl x509 and pkey make PEM of it" : undefined,
  fileExists: () =>
    "--force replaces it and the others; programs that use them then need the new ones",
  folderUnwritable: afterWriting,
  stdoutUnwritable: afterWriting,
  libraryUnloadable: afterWriting,
  threadsRefused: (_, { setting }) =>
    `use fewer ${setting("threads")}; ulimit -u and pids.max limit the number of threads`,
  noExecutableMemory: () =>
    "lift the limit on address space (ulimit -v) or the ban on such memory (MemoryDenyWriteExecute=)",
  notLoopback: ({ host }, { setting }) =>
    `leave ${setting("insecure")} out; run tlslp certs --hosts ${host} to make certificates for both sides`,
  notHost: ({ hostInside }) =>
    hostInside === undefined
      ? undefined
      : `give the host alone: ${hostInside}; a port has a flag of its own`,
  notWhole({ setting: key, value }, { setting }) {
    const name = setting(key);
    // Kubernetes sets <SERVICE>_PORT in every pod, and a service called tlslp makes it ours.
    const isServiceLink = name.startsWith("TLSLP_") && /^(?:tcp|udp):\/\//.test(value);
    return isServiceLink ? `set enableServiceLinks: false in the pod, or unset ${name}` : undefined;
  },
  unknownCommand: ({ nearest }) =>
    nearest === undefined ? "tlslp --help lists the commands" : `did you mean tlslp ${nearest}?`,
  unknownFlag({ flag, suggestions, beforeCommand }) {
    if (suggestions.length > 0) {
      const program = beforeCommand ? "tlslp " : "";
      return `did you mean ${suggestions.map((name) => program + name).join(" or ")}?`;
    }
    if (beforeCommand) {
      return "flags follow a command; tlslp --help lists the commands";
    }
    return flag.startsWith("--")
      ? "see --help for the flags"
      : "put -- before a value that starts with a dash";
  },
};

/** The hint of a fault, without a full stop; undefined where no next step is known. */
export function hintFor<C extends FaultCode>(fault: Fault<C>, voice: Voice): string | undefined {
  return HINTS[fault.code]?.(fault.facts, voice) ?? fault.hint;
}
