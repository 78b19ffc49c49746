/**
 * Answers that are nobody's, for trying things out.
 */
import type { Answers } from "./file.ts";

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
