/**
 * The invitation file: all that a participant's client needs, in one text that can be mailed.
 * docs/invitations.md describes it.
 */

import {
  encodeFiled,
  type FiledCertificate,
  readCertificates,
} from "../certificates/certificate-file.ts";
import { encodePem, type PemBlock, readPem } from "../certificates/pem.ts";
import { commonNameOf } from "../certificates/subject.ts";
import { Fault } from "../fault/fault.ts";
import { isPrintable } from "../fault/printable.ts";
import type { NamedFile } from "../fault/sentences/files.ts";

/** The lines above the blocks. */
export interface InvitationHeader {
  readonly name: string;
  /** As the client's flags `--host` and `--ports` take them. */
  readonly host: string;
  readonly ports: string;
  /** The fingerprint of the server's public key, as `sha256/BASE64`. */
  readonly serverKey?: string | undefined;
}

/** The content of an invitation file. Keys and certificates are PEM. */
export interface Invitation extends InvitationHeader {
  /** May be encrypted; undefined: the participant had a request signed, and has the key. */
  readonly key?: string | undefined;
  readonly cert: string;
  readonly authorities: string;
}

const VERSION = "1";

/** The titles of the lines, and the members that have their values. */
const KEYS = { name: "name", host: "host", ports: "ports", "server-key": "serverKey" } as const;
type Key = keyof typeof KEYS;

/** Returns the text of an invitation file. */
export function formatInvitation(invitation: Invitation): string {
  const { name, host, ports, serverKey, key = "", cert, authorities } = invitation;
  const header = { name, host, ports, "server-key": serverKey };
  const lines = Object.entries(header)
    .filter(([, value]) => value !== undefined)
    .map(([title, value]) => `${title}: ${value}\n`);
  // Without an empty line: `openssl asn1parse` takes one for the end of its input.
  return `tlslp-invitation: ${VERSION}\n${lines.join("")}${key}${cert}${authorities}`;
}

/**
 * Reads an invitation file generously: other text may be before, between and after its blocks, the
 * blocks may be in any order, and lines may end in any way. The parts that the client uses must be
 * there once, and be sound.
 *
 * @throws {Fault} "usage" that names what is wrong
 */
export function parseInvitation(bytes: Uint8Array, file: NamedFile): Invitation {
  const { blocks } = readPem(bytes, file);
  const header = readHeader(new TextDecoder("utf-8").decode(bytes), file);
  const key = findKey(blocks, file);
  const { leaf, authorities } = findCertificates(bytes, blocks, file);
  requireSameName(header.name, commonNameOf(leaf.certificate), file);
  return { ...header, key, cert: encodeFiled([leaf]), authorities: encodeFiled(authorities) };
}

/** Spaces at the end belong to the group: to leave them out takes quadratic time. */
const TITLE = /^[\ufeff\s]*tlslp-invitation[ \t]*:(.*)$/i;
const VALUE = /^\s*([\w-]+)[ \t]*:(.*)$/;

/** Reads the lines from the title on, to the next block or the end. */
function readHeader(text: string, file: NamedFile): InvitationHeader {
  const lines = text.split(/\r\n|\r|\n/);
  const titles = lines.filter((line) => TITLE.test(line));
  if (titles.length > 1) {
    throw new Fault("invitationSeveral", { file, what: "invitations" });
  }
  const start = lines.findIndex((line) => TITLE.test(line));
  const version = TITLE.exec(lines[start] ?? "")?.[1]?.trim();
  if (version === undefined) {
    throw new Fault("notInvitation", { file });
  }
  if (version !== VERSION) {
    throw new Fault("invitationVersion", { file, version, known: VERSION });
  }
  const rest = lines.slice(start + 1);
  // A name may hold a marker: only one at the start of a line begins a block.
  const end = rest.findIndex((line) => /^\s*-----BEGIN /.test(line));
  const values = readValues(rest.slice(0, end < 0 ? rest.length : end), file);
  const required = (key: Key) => {
    const value = values.get(key);
    if (value === undefined) {
      throw new Fault("invitationIncomplete", { file, missing: `the line "${key}: …"` });
    }
    return value;
  };
  return {
    name: required("name"),
    host: required("host"),
    ports: required("ports"),
    serverKey: values.get("server-key"),
  };
}

/** Returns the values of the lines that are known. Others are of later versions, or of a mail. */
function readValues(lines: readonly string[], file: NamedFile): ReadonlyMap<Key, string> {
  const values = new Map<Key, string>();
  for (const line of lines) {
    const [, title = "", text = ""] = VALUE.exec(line) ?? [];
    const key = title.toLowerCase();
    const value = text.trim();
    if (!isKey(key)) {
      continue;
    }
    if (value === "" || (key !== "name" && !isPrintable(value))) {
      throw new Fault("invitationValue", { file, key, value });
    }
    if (values.has(key) && values.get(key) !== value) {
      throw new Fault("invitationSeveral", { file, what: `lines "${key}: …"` });
    }
    values.set(key, value);
  }
  return values;
}

function isKey(text: string): text is Key {
  return Object.hasOwn(KEYS, text);
}

/** Returns the private key as it is in the file, since it may be encrypted. */
function findKey(blocks: readonly PemBlock[], file: NamedFile): string | undefined {
  const [block, another] = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY"));
  if (another !== undefined) {
    throw new Fault("invitationSeveral", { file, what: "private keys" });
  }
  if (block === undefined) {
    return undefined;
  }
  const { label, line, body, der, isEncrypted } = block;
  if (body === undefined || (der === undefined && !isEncrypted)) {
    throw new Fault("fileDamaged", { file, line });
  }
  return der === undefined
    ? `-----BEGIN ${label}-----${body}-----END ${label}-----\n`
    : encodePem(label, der);
}

/** Returns the certificate of the participant, and those of the authorities. */
function findCertificates(
  bytes: Uint8Array,
  blocks: readonly PemBlock[],
  file: NamedFile,
): { readonly leaf: FiledCertificate; readonly authorities: readonly FiledCertificate[] } {
  const missing = (what: string) => new Fault("invitationIncomplete", { file, missing: what });
  if (!blocks.some(({ label }) => label.endsWith("CERTIFICATE"))) {
    throw missing("the certificate");
  }
  const { certificates, damaged } = readCertificates(bytes, file);
  const [reason] = damaged;
  if (reason !== undefined) {
    throw reason;
  }
  const [leaf, another] = certificates.filter(({ certificate }) => !certificate.ca);
  const authorities = certificates.filter(({ certificate }) => certificate.ca);
  if (leaf === undefined) {
    throw missing("the certificate of the participant");
  }
  if (another !== undefined) {
    throw new Fault("invitationSeveral", { file, what: "certificates of participants" });
  }
  if (authorities.length === 0) {
    throw missing("the certificate of the authority");
  }
  return { leaf, authorities };
}

/**
 * Throws for the name of another person. A program may have written an accent as a character of its
 * own, and a mail program may have garbled letters beyond ASCII.
 */
function requireSameName(name: string, certified: string, file: NamedFile): void {
  if (plainOf(name) !== plainOf(certified)) {
    throw new Fault("invitationOfOther", { file, name, certified });
  }
}

function plainOf(name: string): string {
  return name.normalize("NFC").replaceAll(/[^\x21-\x7e]|\?/g, "");
}
