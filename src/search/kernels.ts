/**
 * The kernels of the native library, by name.
 */
import { Fault } from "../fault/fault.ts";
import { AUTO_KERNEL } from "./abi.ts";
import type { Library } from "./library.ts";

/** Returns a kernel's index. Throws a usage fault for one that is unknown or not usable here. */
export function selectKernel(library: Library, name: string): number {
  if (name === "auto") {
    return AUTO_KERNEL;
  }
  const names = kernelNames(library);
  const index = names.indexOf(name);
  const isUsable = (kernel: number) => library.tlslp_kernel_usable(kernel) === 1;
  if (index >= 0 && isUsable(index)) {
    return index;
  }
  const usable = names.filter((_, kernel) => isUsable(kernel));
  if (index < 0) {
    throw new Fault("kernelUnknown", { kernel: name, usable });
  }
  const hasFailed = failedKernels(library).includes(name);
  throw new Fault("kernelUnusable", { kernel: name, usable, hasFailed });
}

/** Returns the kernels that have failed their self-test so far. Runs no self-test. */
export function failedKernels(library: Library): readonly string[] {
  return kernelNames(library).filter((_, kernel) => library.tlslp_kernel_failed(kernel) === 1);
}

/** Returns "auto" and the names of all kernels, also of those that this processor cannot run. */
export async function kernelChoices(): Promise<readonly string[]> {
  const { openLibrary } = await import("./library.ts");
  return ["auto", ...kernelNames(await openLibrary())];
}

/** Throws a usage fault for a kernel that is unknown or not usable here. */
export async function requireKernel(name: string): Promise<void> {
  if (name !== "auto") {
    const { openLibrary } = await import("./library.ts");
    selectKernel(await openLibrary(), name);
  }
}

export function kernelName(library: Library, index: number): string {
  return String(library.tlslp_kernel_name(index));
}

export function kernelNames(library: Library): readonly string[] {
  const count = library.tlslp_kernel_count();
  return Array.from({ length: count }, (_, index) => kernelName(library, index));
}
