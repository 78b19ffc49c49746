/**
 * Answers that are nobody's, for trying things out, and a file for one's own.
 */
import { REQUESTS } from "../wire/message.ts";
import type { Answers } from "./answers.ts";

export const SAMPLE_ANSWERS: Answers = {
  FULL_NAME: "Sample Name",
  EMAIL1: "sample@example.org",
  EMAIL2: "sample.too@example.org",
  SOCIAL: "https://social.example.org/@sample",
  BIRTHDATE: "01.01.2000",
  COUNTRY: "Nowhere",
  ADDR_LINE1: "1 Sample Street",
  ADDR_LINE2: "00000 Sampletown",
};

/** An answers file in which every answer is still missing. */
export const ANSWERS_TEMPLATE = `${JSON.stringify(
  Object.fromEntries(REQUESTS.map((request) => [request, ""])),
  undefined,
  2,
)}\n`;
