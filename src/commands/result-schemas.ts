/**
 * The objects that the commands print with --json. scripts/generate makes the published JSON
 * Schemas (docs/schema/) from them; the commands import only their types. Members keep their names
 * and meanings; new ones may be added.
 */
import * as v from "valibot";
import { SERIAL } from "../certificates/new-certificate.ts";
import { FAMILIES } from "../fault/define.ts";
import { OUTCOMES } from "../intake/entry.ts";
import { MAX_PORT } from "../options.ts";
import { PIN } from "../pin.ts";
import { MAX_BITS, REQUESTS } from "../wire/message.ts";

const BITS = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_BITS));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const SECONDS = v.pipe(v.number(), v.minValue(0), v.description("seconds"));
const RATE = v.pipe(v.number(), v.integer(), v.minValue(0), v.description("attempts per second"));
const DIGEST = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/),
  v.description("SHA256(token + suffix), in hexadecimal"),
);
const TOKEN = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/));
const SERIAL_TEXT = v.pipe(v.string(), v.regex(SERIAL));
const PUBLIC_KEY = v.pipe(v.string(), v.regex(PIN));
const TEXT = v.pipe(v.string(), v.minLength(1));

export const SOLVE_RESULT = v.object({
  token: TOKEN,
  bits: BITS,
  suffix: TOKEN,
  digest: DIGEST,
  attempts: v.pipe(COUNT, v.description("every candidate that was hashed, by all threads")),
  seconds: SECONDS,
  hashes_per_second: RATE,
  kernel: TEXT,
  threads: v.pipe(v.number(), v.integer(), v.minValue(1)),
});

export const VERIFY_RESULT = v.object({
  token: TOKEN,
  suffix: TEXT,
  bits: BITS,
  digest: DIGEST,
  zero_bits: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(256),
    v.description("how many zero bits the digest ends with"),
  ),
  right: v.pipe(v.boolean(), v.description("whether they are enough")),
});

/** A member is null where the client did not get that far. */
export const CLIENT_RESULT = v.object({
  outcome: v.picklist(["ok", ...FAMILIES, "interrupted"]),
  exit_code: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  host: v.nullable(v.string()),
  port: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PORT))),
  tls_version: v.nullable(TEXT),
  tls_cipher: v.nullable(TEXT),
  bits: v.nullable(BITS),
  attempts: v.nullable(v.pipe(COUNT, v.description("of the search, also when it was stopped"))),
  seconds: v.nullable(v.pipe(SECONDS, v.description("of the search, in seconds"))),
  answered: v.pipe(COUNT, v.description("how many requests")),
  reason: v.nullable(v.pipe(v.string(), v.description("the error, in one sentence"))),
});

export const CERTS_RESULT = v.object({
  files: v.pipe(v.array(TEXT), v.minLength(8), v.description("the paths of the set")),
  hosts: v.pipe(
    v.array(TEXT),
    v.minLength(1),
    v.description("the names in the server's certificate"),
  ),
  expires: v.pipe(v.string(), v.isoTimestamp(), v.description("when server and client expire")),
  server_pin: v.pipe(PUBLIC_KEY, v.description("for tlslp client --pin")),
  client_pin: v.pipe(PUBLIC_KEY, v.description("for tlslp server --allow-client")),
});

export const RENEW_RESULT = v.object({
  files: v.pipe(v.array(TEXT), v.length(2), v.description("their paths")),
  hosts: v.pipe(v.array(TEXT), v.description("the names in a server's certificate")),
  expires: v.pipe(v.string(), v.isoTimestamp(), v.description("when the certificate expires")),
  pin: v.pipe(PUBLIC_KEY, v.description("for tlslp client --pin, or tlslp server --allow-client")),
});

export const SHOW_CERTIFICATES_RESULT = v.object({
  certificates: v.array(
    v.object({
      file: TEXT,
      subject: v.string(),
      names: v.pipe(v.array(TEXT), v.description("DNS names, addresses, and others with kind")),
      not_before: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
      not_after: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
      days_left: v.nullable(
        v.pipe(v.number(), v.integer(), v.description("whole days; below 0 after its end")),
      ),
      public_key: v.nullable(
        v.pipe(PUBLIC_KEY, v.description("as --pin and --allow-client take it")),
      ),
    }),
  ),
});

export const REVOKE_RESULT = v.object({
  crl: v.pipe(TEXT, v.description("the path of the list")),
  next_update: v.pipe(v.string(), v.isoTimestamp(), v.description("until when it is valid")),
  revoked: v.pipe(
    v.array(SERIAL_TEXT),
    v.description("the serial numbers of the certificates that were named"),
  ),
  entries: v.pipe(COUNT, v.description("how many certificates are on the list")),
});

export const INVITATIONS_RESULT = v.object({
  certificates: v.array(
    v.object({
      name: TEXT,
      email: v.nullable(v.string()),
      from: v.pipe(v.string(), v.isoTimestamp()),
      until: v.pipe(v.string(), v.isoTimestamp(), v.description("when it expires")),
      revoked: v.nullable(v.pipe(v.string(), v.isoTimestamp(), v.description("when it was"))),
      fingerprint: v.pipe(PUBLIC_KEY, v.description("of the public key")),
      serial: SERIAL_TEXT,
    }),
  ),
});

export const BENCH_RESULT = v.object({
  rows: v.array(
    v.object({
      n_bits: BITS,
      runs: v.pipe(v.number(), v.integer(), v.minValue(1)),
      total: SECONDS,
      average: SECONDS,
      expected: v.pipe(SECONDS, v.description("2^n_bits over the measured rate")),
    }),
  ),
});

export const KERNELS_RESULT = v.object({
  threads: v.pipe(v.number(), v.integer(), v.minValue(1)),
  auto: v.pipe(TEXT, v.description("the choice of auto")),
  kernels: v.pipe(
    v.array(
      v.object({
        name: TEXT,
        hashes_per_second: v.pipe(RATE, v.description("on one thread")),
        hashes_per_second_all_threads: RATE,
      }),
    ),
    v.minLength(1),
  ),
});

/** A member is null where the verdict is another. */
export const CONFORM_RESULT = v.object({
  side: v.pipe(v.picklist(["server", "client"]), v.description("the program under test")),
  holds: v.pipe(COUNT, v.description("how many rules hold")),
  broken: COUNT,
  unknown: v.pipe(COUNT, v.description("how many rules could not be tried")),
  rules: v.array(
    v.object({
      id: v.pipe(v.string(), v.regex(/^(?:server|client)\/[a-z0-9-]+$/)),
      quote: v.pipe(TEXT, v.description("from the page, word by word")),
      link: v.pipe(TEXT, v.description("to the section of the page")),
      act: v.pipe(TEXT, v.description("how the rule was tried")),
      verdict: v.picklist(["holds", "broken", "unknown"]),
      seen: v.nullable(v.pipe(TEXT, v.description("where the rule is broken"))),
      due: v.nullable(v.pipe(TEXT, v.description("the right reaction; null unless broken"))),
      reason: v.nullable(v.pipe(TEXT, v.description("why the rule could not be tried"))),
    }),
  ),
});

const ID = v.pipe(v.string(), v.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/), v.description("a ULID"));
const TIME = v.pipe(v.string(), v.isoTimestamp());
const FACTS = {
  participant: v.nullable(v.pipe(v.string(), v.description("the common name of the certificate"))),
  fingerprint: v.nullable(v.pipe(v.string(), v.description("of the public key: sha256/BASE64"))),
  address: v.nullable(v.pipe(v.string(), v.description("of the client, with its port"))),
  bits: v.nullable(BITS),
  work_seconds: v.nullable(v.pipe(SECONDS, v.description("how long the puzzle took"))),
};
const ACKNOWLEDGED = v.pipe(v.boolean(), v.description("whether the client said OK after DONE"));

/** Returns members that have the same schema. */
function membersOf<K extends string, S>(keys: readonly K[], schema: S) {
  return Object.fromEntries(keys.map((key) => [key, schema])) as Record<K, S>;
}

/** A member is null where it is absent or was erased. */
export const SUBMISSION_RESULT = v.object({
  id: ID,
  time: v.pipe(TIME, v.description("when the session ended")),
  outcome: v.picklist(OUTCOMES),
  step: v.pipe(TEXT, v.description("the last message that the server sent")),
  reason: v.nullable(v.pipe(v.string(), v.description("why it is not complete"))),
  participant: FACTS.participant,
  subject: v.nullable(v.pipe(v.string(), v.description("the subject of the certificate"))),
  fingerprint: FACTS.fingerprint,
  address: FACTS.address,
  bits: FACTS.bits,
  work_seconds: FACTS.work_seconds,
  acknowledged: ACKNOWLEDGED,
  erased: v.pipe(v.boolean(), v.description("whether its personal data was erased")),
  answers: v.nullable(v.object(membersOf(REQUESTS, v.exactOptional(v.string())))),
  receipt: v.nullable(v.pipe(v.string(), v.description("a compact JWS"))),
});

/** The requests that were asked have a member each: null where this submission has no answer. */
export const EXPORT_LINE = v.object({
  id: ID,
  completed_at: TIME,
  ...FACTS,
  acknowledged: ACKNOWLEDGED,
  ...membersOf(REQUESTS, v.exactOptional(v.nullable(v.string()))),
});

const COUNTS = v.object(membersOf(OUTCOMES, COUNT));

export const STATISTICS_RESULT = v.object({
  total: COUNT,
  outcomes: COUNTS,
  steps: v.pipe(
    v.record(v.string(), COUNT),
    v.description("sessions that are not complete, by the last message that the server sent"),
  ),
  days: v.pipe(
    v.record(v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/)), COUNTS),
    v.description("by day, UTC"),
  ),
  work_seconds: v.object({ median: v.nullable(SECONDS), p95: v.nullable(SECONDS) }),
});

export type SolveResult = v.InferOutput<typeof SOLVE_RESULT>;
export type VerifyResult = v.InferOutput<typeof VERIFY_RESULT>;
export type ClientResult = v.InferOutput<typeof CLIENT_RESULT>;
export type CertsResult = v.InferOutput<typeof CERTS_RESULT>;
export type RenewResult = v.InferOutput<typeof RENEW_RESULT>;
export type ShowCertificatesResult = v.InferOutput<typeof SHOW_CERTIFICATES_RESULT>;
export type SubmissionResult = v.InferOutput<typeof SUBMISSION_RESULT>;
export type StatisticsResult = v.InferOutput<typeof STATISTICS_RESULT>;
export type InvitationsResult = v.InferOutput<typeof INVITATIONS_RESULT>;
export type RevokeResult = v.InferOutput<typeof REVOKE_RESULT>;
export type BenchResult = v.InferOutput<typeof BENCH_RESULT>;
export type ConformResult = v.InferOutput<typeof CONFORM_RESULT>;
export type KernelsResult = v.InferOutput<typeof KERNELS_RESULT>;
