/**
 * What will not be valid for ever, and when to say so.
 */
import { X509Certificate } from "node:crypto";
import type { InputFile } from "../io/input.ts";
import { certificatesIn } from "./pem.ts";

export interface Expiry {
  readonly file: InputFile;
  readonly date: Date;
  /** How long before there should be a warning, in days. */
  readonly notice: number;
}

const CERTIFICATE_NOTICE = 14;
const DAY = 24 * 60 * 60 * 1000;

/** When the first of a file's certificates (PEM) expires. */
export function expiryOf(file: InputFile, pem: string): Expiry {
  const dates = certificatesIn(pem).map((block) => Date.parse(new X509Certificate(block).validTo));
  return { file, date: new Date(Math.min(...dates)), notice: CERTIFICATE_NOTICE };
}

/** Those that are to be warned of. */
export function dueExpiries(expiries: readonly Expiry[], now: Date): readonly Expiry[] {
  return expiries.filter(({ date, notice }) => date.getTime() - now.getTime() < notice * DAY);
}
