/**
 * Seals a compiled executable against the environment. The runtime inside it obeys variables before
 * any of our code runs: BUN_OPTIONS takes flags, BUN_BE_BUN turns the program into the runtime's own
 * command line, BUN_INSPECT and its kin open a debugger or load code, some ninety more tune it,
 * NODE_EXTRA_CA_CERTS and SSL_CERT_FILE have it open a file, OPENSSL_ia32cap says what the processor
 * can do, and whatever begins with BUN_JSC_ is an option of its engine, or ends the program. There is no switch for that, so the names are changed where they are
 * stored: no variable can be called `=UN_OPTIONS`, because `=` ends a name.
 */

/** What must be among them, or the runtime has changed. */
const KNOWN: readonly string[] = [
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "BUN_INSPECT",
  "BUN_INSPECT_CONNECT_TO",
  "BUN_INSPECT_PRELOAD",
  "BUN_GC_TIMER_INTERVAL",
  "NODE_CHANNEL_FD",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
];

/**
 * A stored name; but BUN_WORKER_ is no variable, it begins names of the runtime's own scripts. Those
 * of NODE_ in its compiled scripts, with their hash in front of them, are more than variables.
 */
const STORED_NAME =
  /(?<=\0)(?:(?:BUN_(?!WORKER_)|(?<!\x80.{3}\0)NODE_)[A-Z0-9_]+|SSL_CERT_(?:DIR|FILE)|OPENSSL_ia32cap)(?=\0)/gs;

const ENGINE_PREFIX = "BUN_JSC_";

const UNSETTABLE = "=".charCodeAt(0);

/**
 * Seals an executable in place of what it was. Throws when a name is not stored exactly once: then
 * the runtime has changed, and this file must be looked at again.
 */
export function seal(executable: Uint8Array): void {
  const bytes = Buffer.from(executable.buffer, executable.byteOffset, executable.byteLength);
  const text = bytes.toString("latin1");
  const places = [...text.matchAll(STORED_NAME)];
  for (const name of KNOWN) {
    if (places.filter(([stored]) => stored === name).length !== 1) {
      throw new Error(`the runtime does not store ${name} exactly once`);
    }
  }
  for (const { index } of places) {
    bytes[index] = UNSETTABLE;
  }
  if (process.arch === "x64") {
    sealEngine(bytes, text);
  }
}

/**
 * The engine's prefix is not stored: each of its letters is an operand of an instruction that
 * compares one byte (`cmpb $letter, offset(register)`; 0x80, operands) and of a jump (0x75, target).
 */
function sealEngine(bytes: Buffer, text: string): void {
  const comparisons = [...ENGINE_PREFIX].map((letter, offset) =>
    // An offset of 0 is left out.
    offset === 0
      ? `\\x80.${letter}\\x75.`
      : `\\x41?\\x80.\\x${offset.toString(16).padStart(2, "0")}${letter}\\x75.`,
  );
  const [found, ...others] = text.matchAll(RegExp(comparisons.join(""), "gs"));
  if (found === undefined || others.length > 0) {
    throw new Error(`the runtime does not look for ${ENGINE_PREFIX} exactly once`);
  }
  bytes[found.index + 2] = UNSETTABLE;
}
