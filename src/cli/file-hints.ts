/**
 * The next step after a failure with a file, by the failure's code.
 */
import { basename } from "node:path";
import type { Voice } from "../fault/define.ts";
import type { FilePurpose, NamedFile } from "../fault/sentences/files.ts";
import { REQUESTS } from "../wire/message.ts";
import type { Hints } from "./hint.ts";
import { shellWord } from "./quote.ts";
import { makingOf } from "./renewal.ts";

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

const QUESTIONS_TEMPLATE = "tlslp server --questions-template prints a file to fill in";

/** How to write a file in JSON. */
const TEMPLATES: { readonly [P in FilePurpose]?: string } = {
  answers: ANSWERS,
  questions: QUESTIONS_TEMPLATE,
};

function fromUtf16({ path = "FILE" }: NamedFile): string {
  return `iconv -f UTF-16 -t UTF-8 ${shellWord(path)} converts it to UTF-8`;
}

export const FILE_HINTS: Hints = {
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
  fileExists: () =>
    "--force replaces it and the others; programs that use them then need the new ones",
  folderUnwritable: afterWriting,
  stdoutUnwritable: afterWriting,
  libraryUnloadable: afterWriting,
  fileUtf16: ({ file }) => fromUtf16(file),
  questionInvalid: () => QUESTIONS_TEMPLATE,
  outputUnwritable: ({ path, code }) =>
    // The journal has the revocations already.
    basename(path) === "crl.pem"
      ? "until tlslp revoke has made the list, servers admit those who were revoked"
      : afterWriting({ code }),
  outputNotRegular: ({ path, isFolder }) =>
    isFolder
      ? "name a file in it"
      : `leave the flag out, and redirect stdout to ${shellWord(path)}`,
};
