/**
 * How the program's code is put together for the executable.
 */
import type { BuildConfig, BunPlugin } from "bun";

const PARSER = 'import { parseArgs as parseArgs$1 } from "node:util";';
const NO_PARSER = "const parseArgs$1 = ({ args }) => ({ values: {}, positionals: args });";

/**
 * citty without node:util, which would take 2 MiB of every command's memory to parse arguments that
 * are ours to parse (src/cli/parse.ts): nobody looks at what citty makes of them.
 */
const leanCitty: BunPlugin = {
  name: "lean citty",
  setup(build) {
    build.onLoad({ filter: /[\\/]citty[\\/]dist[\\/]index\.mjs$/ }, async ({ path }) => {
      const code = await Bun.file(path).text();
      if (!code.includes(PARSER)) {
        throw new Error(`${path} does not import node:util as it used to`);
      }
      return { contents: code.replace(PARSER, () => NO_PARSER), loader: "js" };
    });
  },
};

export const BUNDLE = {
  // The worker is an entry point of its own; it is found by its bare name in the executable.
  entrypoints: ["src/main.ts", "src/search/worker.ts"],
  naming: { entry: "[name].[ext]" },
  format: "esm",
  // A command loads the code that it needs, and no other.
  splitting: true,
  // Identifiers stay: their minification is what upstream reports crashes with.
  minify: { whitespace: true, syntax: true, identifiers: false },
  plugins: [leanCitty],
} satisfies BuildConfig;
