/**
 * Files in a working folder or in TMPDIR that would configure a runtime or run in it. A program
 * must ignore them all.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const TEXTS: Readonly<Record<string, string>> = {
  ".env": "TLSLP_BITS=nonsense\nTLSLP_THREADS=nonsense\nTLSLP_HOST=nonsense\nTLSLP_JSON=1\n",
  "bunfig.toml": 'preload = ["./plant.js"]\n',
  "package.json":
    '{ "name": "plant", "main": "plant.js", "imports": { "#search-library": "./search.so" } }\n',
  "tsconfig.json": '{ "compilerOptions": { "paths": { "*": ["./plant.js"] } } }\n',
};

const SCRIPTS: readonly string[] = [
  ...["plant.js", "worker.js", "worker.ts", "main.js", "main.ts"],
  ...["node_modules/citty/index.js", "node_modules/prom-client/index.js"],
];

/** Names under which a program may look for a library, on one system or another. */
export const PLANTED_LIBRARIES: readonly string[] = [
  ...["libtlslp-search.so", "tlslp-search.so", "search.so", "libtlslp-search-0.so"],
  ...["libtlslp-search.dylib", "tlslp-search.dll", "libtlslp-search.dll", "search-library.bin"],
  ...["libc.so.6", "libc.so", "libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1", "libstdc++.so.6"],
  ...[".bun-0-libtlslp-search.so", `.bun-${process.getuid?.()}-0.so`],
];

/** Writes configurations and scripts into a folder. A script that runs makes the file `marker`. */
export function plantScripts(folder: string, marker: string): void {
  const script = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "");\n`;
  const scripts = SCRIPTS.map((name) => [name, script] as const);
  for (const [name, text] of [...Object.entries(TEXTS), ...scripts]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Copies a library into a folder, under each name. */
export function plantLibrary(folder: string, library: string): void {
  for (const name of PLANTED_LIBRARIES) {
    copyFileSync(library, join(folder, name));
  }
}

/** Returns the source, in C, of a library that makes the file `marker` when a program loads it. */
export function libraryThatMarks(marker: string): string {
  return `#include <stdio.h>
__attribute__((constructor)) static void leave_a_mark(void) {
  FILE *file = fopen(${JSON.stringify(marker)}, "w");
  if (file) fclose(file);
}
`;
}
