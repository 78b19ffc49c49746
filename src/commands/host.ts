/**
 * Host names and addresses, as flags name them.
 */
import { isIP, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import { readText, refuse } from "../cli/flag.ts";

/** A DNS label, RFC 1123, with the underscore that many internal names have. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME_LENGTH = 253;

/**
 * The labels of a host name as they go into DNS, in lower case; nothing for what cannot be one.
 * The conversion reads its input as a URL's host: what it would cut off, or what has a meaning there
 * that it has not here, is none.
 */
export function labelsOf(name: string): readonly string[] | undefined {
  const ascii = /[\s/?#@:%\\]/.test(name) ? "" : domainToASCII(name);
  const labels = ascii.split(".");
  return ascii.length <= MAX_NAME_LENGTH && labels.every((label) => LABEL.test(label))
    ? labels
    : undefined;
}

/** A host to bind or to find; an IPv6 address may stand in brackets, as it does in front of a port. */
export function readHost(text: string): string {
  const [, bracketed] = /^\[(.*)\]$/.exec(text) ?? [];
  if (bracketed !== undefined) {
    return isIPv6(bracketed) ? bracketed : refuse(text, "is not an IPv6 address in brackets");
  }
  if (text.includes("*")) {
    refuse(text, "is no host; 0.0.0.0 and :: stand for every address");
  }
  // A name that ends with a dot is meant to be complete.
  const isHost = isIP(text) !== 0 || labelsOf(text.replace(/\.$/, "")) !== undefined;
  return isHost
    ? text
    : refuse(readText(text), "is neither a host name nor an IP address", hint(text));
}

/** What is left when what does not belong to the host is taken away, if that is a host. */
function hint(text: string): string | undefined {
  const [, inUrl, inEndpoint] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^/?#:]*).*|(.*):\d+)$/is.exec(text) ?? [];
  const host = inUrl ?? inEndpoint ?? "";
  const isHost = labelsOf(host) !== undefined || isIPv6(host.replace(/^\[(.*)\]$/, "$1"));
  return isHost ? `give the host alone: ${host}; a port has a flag of its own` : undefined;
}
