/**
 * The forms of the extensions that TLS stacks read (RFC 5280, section 4.2.1). A stack refuses a
 * certificate with a malformed one, whatever it is used for; the runtime reads such a certificate
 * without a word.
 */
import {
  BIT_STRING,
  BOOLEAN,
  decode,
  type Element,
  type Extension,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
} from "./der.ts";

/** Whether some elements, decoded, are as they must be. */
type Form = (elements: readonly Element[]) => boolean;

/** Exactly one element with this tag, and a content of this form. */
function one(tag: number, inner?: Form): Form {
  return (elements) =>
    elements.length === 1 && elements[0]?.tag === tag && contains(elements[0], inner);
}

/** Any number of elements, at least `least`, with these tags and a content of this form. */
function many(tags: readonly number[], least: number, inner?: Form): Form {
  return (elements) =>
    elements.length >= least &&
    elements.every((element) => tags.includes(element.tag) && contains(element, inner));
}

/** Elements with these tags, each at most once and in this order, and `least` of them. */
function some(tags: readonly number[], least = 0): Form {
  return (elements) => {
    const places = elements.map(({ tag }) => tags.indexOf(tag));
    const isInOrder = places.every((place, i) => place > (places[i - 1] ?? -1));
    return elements.length >= least && isInOrder;
  };
}

/** One element with the first tag, then any others. */
function beginsWith(tag: number): Form {
  return ([first]) => first?.tag === tag;
}

function contains(element: Element, form: Form | undefined): boolean {
  if (form === undefined) {
    return true;
  }
  const elements = decode(element);
  return elements !== undefined && form(elements);
}

/** The choices of a GeneralName. */
const GENERAL_NAMES = [0xa0, 0x81, 0x82, 0xa3, 0xa4, 0xa5, 0x86, 0x87, 0x88];

const FORMS: Readonly<Record<string, Form>> = {
  // keyUsage: its first byte counts the unused bits.
  "2.5.29.15": (elements) =>
    one(BIT_STRING)(elements) && elements.every(({ content }) => (content[0] ?? 8) < 8),
  "2.5.29.14": one(OCTET_STRING), // subjectKeyIdentifier
  "2.5.29.17": one(SEQUENCE, many(GENERAL_NAMES, 0)), // subjectAltName
  "2.5.29.19": one(SEQUENCE, some([BOOLEAN, INTEGER])), // basicConstraints
  "2.5.29.30": one(SEQUENCE, some([0xa0, 0xa1])), // nameConstraints
  "2.5.29.31": one(SEQUENCE, many([SEQUENCE], 0)), // cRLDistributionPoints
  "2.5.29.32": one(SEQUENCE, many([SEQUENCE], 1, beginsWith(OBJECT_IDENTIFIER))), // policies
  "2.5.29.33": one(SEQUENCE, many([SEQUENCE], 1, many([OBJECT_IDENTIFIER], 2))), // policyMappings
  "2.5.29.35": one(SEQUENCE, some([0x80, 0xa1, 0x82])), // authorityKeyIdentifier
  "2.5.29.36": one(SEQUENCE, some([0x80, 0x81], 1)), // policyConstraints
  "2.5.29.37": one(SEQUENCE, many([OBJECT_IDENTIFIER], 1)), // extKeyUsage
  "2.5.29.54": one(INTEGER), // inhibitAnyPolicy
};

/** Returns the first extension that is malformed, or is there twice. */
export function malformedExtensionOf(extensions: readonly Extension[]): Extension | undefined {
  return extensions.find(({ id, value }, i) => {
    const form = FORMS[id];
    const elements = decode(value);
    const isDuplicate = extensions.findIndex((other) => other.id === id) < i;
    return form !== undefined && (isDuplicate || elements === undefined || !form(elements));
  });
}
