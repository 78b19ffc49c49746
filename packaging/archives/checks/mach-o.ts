/**
 * What a file for macOS asks of the system, and whether its signature is valid.
 */
import { type CodeSignature, readMachO } from "../mach-o.ts";
import type { Target } from "../targets.ts";

/** Throws an error when the file is not for this target and version, or its signature is wrong. */
export function checkMachO(file: Buffer, target: Target, version: string): string {
  const { architecture, minimumVersion, signature, libraries } = readMachO(file);
  if (target.name !== `darwin-${architecture}`) {
    throw new Error(`built for ${architecture}`);
  }
  if (minimumVersion !== version) {
    throw new Error(`needs macOS ${minimumVersion}, expected ${version}`);
  }
  const foreign = libraries.filter((path) => !path.startsWith("/usr/lib/"));
  if (foreign.length > 0) {
    throw new Error(`loads ${foreign.join(", ")}`);
  }
  return `macOS ${minimumVersion}, ${describeSignature(signature, architecture)}`;
}

function describeSignature(signature: CodeSignature | undefined, architecture: string): string {
  if (signature === undefined) {
    // Apple silicon runs and loads nothing without a signature; Intel's processors do.
    if (architecture === "arm64") {
      throw new Error("has no signature");
    }
    return "no signature";
  }
  const { isAdHoc, pages, wrongPages } = signature;
  if (wrongPages > 0) {
    throw new Error(`the signature is wrong for ${wrongPages} of ${pages} pages`);
  }
  return `${isAdHoc ? "signed ad hoc" : "signed"}, ${pages} pages right`;
}
