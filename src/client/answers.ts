/**
 * The answers that a client gives: samples for trying things out, and a file to fill in. Their
 * checks are in check-answers.ts, because they load a library.
 */
import { REQUESTS, type RequestName } from "../wire/message.ts";

/** A text for each request. */
export type Answers = Readonly<Record<RequestName, string>>;

/** Answers that belong to no person. */
export const SAMPLE_ANSWERS: Answers = {
  FULL_NAME: "Sample Name",
  EMAIL1: "sample@example.org",
  EMAIL2: "sample.too@example.org",
  SOCIAL: "https://social.example.org/@sample",
  BIRTHDATE: "01.01.2000",
  COUNTRY: "Germany",
  ADDR_LINE1: "1 Sample Street",
  ADDR_LINE2: "00000 Sampletown",
};

/** An answers file in which every answer is empty. */
export const ANSWERS_TEMPLATE = `${JSON.stringify(
  Object.fromEntries(REQUESTS.map((request) => [request, ""])),
  undefined,
  2,
)}\n`;
