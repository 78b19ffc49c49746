/**
 * The next step that helps after a failure, by its code: a command to paste, or a flag to change.
 */

import { shellWord } from "../completions/quote.ts";
import type { Voice } from "../fault/define.ts";
import type { Fault, FaultCode, FaultFacts } from "../fault/fault.ts";
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

const QUESTIONS_TEMPLATE = "tlslp server --questions-template prints a file to fill in";

const HINTS: Hints = {
  fileUnreadable: ({ file, code }) => (code === "ENOENT" ? MISSING[file.purpose] : undefined),
  fileExposed: ({ file, exposure }) =>
    `${exposure === "writableByAll" ? "chmod o-w" : "chmod 600"} ${shellWord(file.path ?? "")}`,
  fileNotUtf8: ({ isDer }) =>
    isDer ? "it looks like DER; openssl x509 and pkey make PEM of it" : undefined,
  storeUnusable: ({ isDefault }, { setting }) =>
    isDefault
      ? `${setting("store")} none keeps no answers, ${setting("store")} sqlite:PATH keeps them elsewhere`
      : undefined,
  storeMissing: ({ store }, { setting }) =>
    `tlslp server makes it; ${setting("store")} names another than ${store}`,
  questionsNotJson: () => QUESTIONS_TEMPLATE,
  questionInvalid: () => QUESTIONS_TEMPLATE,
  storeNewer: () => "use the newest tlslp that works with this store",
};

/** The hint of a fault, without a full stop; undefined where no next step is known. */
export function hintFor<C extends FaultCode>(fault: Fault<C>, voice: Voice): string | undefined {
  return HINTS[fault.code]?.(fault.facts, voice) ?? fault.hint;
}
