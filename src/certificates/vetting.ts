/**
 * The rules for one certificate. Each returns the reason against it, or undefined.
 */
import type { X509Certificate } from "node:crypto";
import { Fault } from "../fault/fault.ts";
import type { End, NamedCertificate } from "../fault/sentences/certificates.ts";
import type { FiledCertificate } from "./certificate-file.ts";
import { BOOLEAN, elementsOf, extensionsOf, hasBit } from "./der.ts";
import { malformedExtensionOf } from "./extension-forms.ts";
import { weaknessOf } from "./strength.ts";
import { issuerOf } from "./subject.ts";

const KEY_USAGE = "2.5.29.15";
const BASIC_CONSTRAINTS = "2.5.29.19";
const EXTENDED_KEY_USAGE = "2.5.29.37";
/** Bits of the key usage (RFC 5280, section 4.2.1.3). */
const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
const CRL_SIGN = 6;

/** The extensions that the TLS stack understands; it refuses any other that is critical. */
const UNDERSTOOD = [
  KEY_USAGE,
  EXTENDED_KEY_USAGE,
  BASIC_CONSTRAINTS,
  "2.5.29.17", // subjectAltName
  "2.5.29.30", // nameConstraints
  "2.5.29.32", // certificatePolicies
  "2.5.29.33", // policyMappings
  "2.5.29.36", // policyConstraints
  "2.5.29.54", // inhibitAnyPolicy
  "2.16.840.1.113730.1.1", // Netscape's certificate type
];

/** Extended key usages (RFC 5280, section 4.2.1.12), as certificates and as OpenSSL name them. */
const USES: Readonly<Record<End, { readonly id: string; readonly usage: string }>> = {
  server: { id: "1.3.6.1.5.5.7.3.1", usage: "serverAuth" },
  client: { id: "1.3.6.1.5.5.7.3.2", usage: "clientAuth" },
};

/**
 * Returns why a certificate cannot be used for anything, if so.
 *
 * @param isRoot whether it is trusted for itself; default: whether it signed itself
 */
export function generalFault(
  { certificate, name }: FiledCertificate,
  isRoot?: boolean,
): Fault | undefined {
  return (
    validityFault(certificate, name) ??
    weaknessFault(certificate, name, isRoot) ??
    extensionFault(certificate, name)
  );
}

function validityFault(certificate: X509Certificate, name: NamedCertificate): Fault | undefined {
  const now = Date.now();
  const { validFrom, validTo } = certificate;
  if (now > Date.parse(validTo)) {
    const issuer = issuerOf(certificate);
    return new Fault("certificateExpired", { ...name, date: validTo, issuer });
  }
  return now < Date.parse(validFrom)
    ? new Fault("notYetValid", { ...name, date: validFrom })
    : undefined;
}

function weaknessFault(
  certificate: X509Certificate,
  name: NamedCertificate,
  isRoot?: boolean,
): Fault | undefined {
  try {
    const weakness = weaknessOf(certificate, isRoot);
    return weakness && new Fault("weakCertificate", { ...name, weakness });
  } catch (cause) {
    return new Fault("unusableKey", name, { cause });
  }
}

function extensionFault({ raw }: X509Certificate, name: NamedCertificate): Fault | undefined {
  const extensions = extensionsOf(raw);
  const malformed = malformedExtensionOf(extensions);
  if (malformed !== undefined) {
    return new Fault("malformedExtension", { ...name, extension: malformed.id });
  }
  const unknown = extensions.find(({ id, isCritical }) => isCritical && !UNDERSTOOD.includes(id));
  return unknown && new Fault("criticalExtension", { ...name, extension: unknown.id });
}

/** Returns why every peer would refuse a certificate that is shown by this end. */
export function useFault({ certificate, name }: FiledCertificate, end: End): Fault | undefined {
  if (!allowsUse(certificate, end)) {
    return new Fault("wrongUse", { ...name, end, usage: USES[end].usage });
  }
  const keyUsage = keyUsageOf(certificate);
  return keyUsage !== undefined && !hasBit(keyUsage, DIGITAL_SIGNATURE)
    ? new Fault("wrongKeyUsage", name)
    : undefined;
}

/**
 * Returns why an authority's own certificate does not allow it to sign the certificates that this
 * end shows, if so.
 */
export function authorityFault(
  { certificate, name }: FiledCertificate,
  end: End | undefined,
): Fault | undefined {
  if (!certificate.ca) {
    const keyUsage = keyUsageOf(certificate);
    const lacksKeyCertSign = keyUsage !== undefined && !hasBit(keyUsage, KEY_CERT_SIGN);
    const missing = lacksKeyCertSign ? "keyCertSign" : "CA:TRUE";
    return new Fault("notAuthority", { ...name, missing });
  }
  return end !== undefined && !allowsUse(certificate, end)
    ? new Fault("wrongUse", { ...name, end, usage: USES[end].usage })
    : undefined;
}

/**
 * Whether a certificate may sign others. Old roots have no basic constraints; the TLS stack then
 * accepts them for a key usage with keyCertSign.
 */
export function maySign(certificate: X509Certificate): boolean {
  const isOld = !extensionsOf(certificate.raw).some(({ id }) => id === BASIC_CONSTRAINTS);
  const keyUsage = keyUsageOf(certificate);
  return certificate.ca || (isOld && keyUsage !== undefined && hasBit(keyUsage, KEY_CERT_SIGN));
}

/**
 * Whether a certificate says that it is an authority, but has a key usage without keyCertSign. The
 * TLS stack then refuses all that it signed.
 */
export function isBarredFromSigning(certificate: X509Certificate): boolean {
  const constraints = extensionsOf(certificate.raw).find(({ id }) => id === BASIC_CONSTRAINTS);
  const [first] = elementsOf(elementsOf(constraints?.value)[0]);
  const isAuthority = first?.tag === BOOLEAN && first.content[0] !== 0;
  const keyUsage = keyUsageOf(certificate);
  return isAuthority && keyUsage !== undefined && !hasBit(keyUsage, KEY_CERT_SIGN);
}

/** Whether an authority may sign revocation lists. */
export function maySignLists(certificate: X509Certificate): boolean {
  const keyUsage = keyUsageOf(certificate);
  return keyUsage === undefined || hasBit(keyUsage, CRL_SIGN);
}

/**
 * Whether the extended key usage allows a use, for a leaf as for its authorities. The use "any" is
 * not enough: the TLS stack looks for the use itself.
 */
function allowsUse(certificate: X509Certificate, end: End): boolean {
  // The runtime calls the extended usages `keyUsage`; without any, all uses are allowed.
  const uses = certificate.keyUsage as readonly string[] | undefined;
  return uses?.includes(USES[end].id) ?? true;
}

function keyUsageOf({ raw }: X509Certificate): Uint8Array | undefined {
  return extensionsOf(raw).find(({ id }) => id === KEY_USAGE)?.value;
}
