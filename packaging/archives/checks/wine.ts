/**
 * Running a program for Windows in Wine.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../run.ts";
import { Impossible, requireProgram } from "./check.ts";
import type { Runner } from "./runners.ts";

export async function useWine(program: string, scratch: string): Promise<Runner> {
  const wine = ["/usr/bin/wine64", "/usr/lib/wine/wine64"].find((path) => existsSync(path));
  if (wine === undefined) {
    throw new Impossible("install wine64 to run it");
  }
  requireProgram("zig", "zig");
  // This version of Wine has no bcryptprimitives.dll, which the runtime takes random bytes from.
  const source = join(scratch, "bcryptprimitives.c");
  await Bun.write(source, RANDOM_BYTES_STUB);
  const stub = join(dirname(program), "bcryptprimitives.dll");
  run("zig", "cc", "-target", "x86_64-windows-gnu", "-shared", source, "-ladvapi32", "-o", stub);
  const environment = { WINEPREFIX: join(scratch, "wine"), WINEDEBUG: "-all", DISPLAY: "" };
  return { name: "wine64", command: [wine, program], environment };
}

const RANDOM_BYTES_STUB = `
#include <stddef.h>
__declspec(dllimport) unsigned char __stdcall SystemFunction036(void*, unsigned long);
__declspec(dllexport) int __stdcall ProcessPrng(unsigned char* bytes, size_t length) {
  return SystemFunction036(bytes, (unsigned long)length);
}
`;
