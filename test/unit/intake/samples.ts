/**
 * Invented submissions, attempts and participants.
 */
import {
  type Attempt,
  type Entry,
  makeAttempt,
  makeSubmission,
  type Participant,
  type Submission,
} from "../../../src/intake/entry.ts";
import { openStore, type Store, type StoreOptions } from "../../../src/intake/store/store.ts";

export const ANSWERS = {
  FULL_NAME: "Sample Name",
  EMAIL1: "sample@example.org",
  EMAIL2: "sample.too@example.org",
  SOCIAL: "https://social.example.org/@sample",
  BIRTHDATE: "01.01.2000",
  COUNTRY: "Germany",
  ADDR_LINE1: "1 Sample Street",
  ADDR_LINE2: "00000 Sampletown",
};

export function participant(name: string): Participant {
  return { name, subject: `CN=${name}`, fingerprint: `sha256/${Bun.hash(name).toString(36)}=` };
}

export function submission(name = "Ada", answers: object = {}, at?: Date): Submission {
  const facts = {
    participant: participant(name),
    address: "127.0.0.1:5000",
    bits: 18,
    workSeconds: 0.25,
  };
  return makeSubmission(facts, { ...ANSWERS, ...answers }, at);
}

export function attempt(name = "Ada", outcome: Attempt["outcome"] = "timeout", at?: Date): Attempt {
  const facts = { participant: participant(name), address: "[::1]:5000", bits: 18 };
  return makeAttempt(facts, { outcome, step: "EMAIL1", reason: "too late" }, at);
}

/** Opens a store that is not `none`, with a patience for a busy machine. */
export async function open(url: string, options: StoreOptions = {}): Promise<Store> {
  const store = await openStore(url, { patience: 30, ...options });
  if (store === undefined) {
    throw new Error("there is no store");
  }
  return store;
}

export async function all(store: Store): Promise<readonly Entry[]> {
  return Array.fromAsync(store.entries({}, "oldest first"));
}
