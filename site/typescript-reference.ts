/**
 * Writes the reference of the TypeScript package. Prints `file:line: problem` and exits 1 for a
 * public name without a comment, and for every warning of TypeDoc.
 *
 *   bun site/typescript-reference.ts FOLDER
 */
import { resolve } from "node:path";
import {
  Application,
  type DeclarationReflection,
  ReflectionKind,
  type SignatureReflection,
} from "typedoc";

/** Kinds that need a comment of their own. */
const DOCUMENTED =
  ReflectionKind.CallSignature |
  ReflectionKind.Class |
  ReflectionKind.Interface |
  ReflectionKind.TypeAlias |
  ReflectionKind.Property;

/** Types that a reader needs not to know: brands, and tables from which types are made. */
const HIDDEN_TYPES = [
  ...["AskPassword", "Authorities", "Bits", "FaultDetails", "FaultFacts", "NamedFile"],
  ...["StoreFault", "VettedPem", "Word", "FAMILIES", "REQUESTS", "SENTENCES"],
];

const folder = resolve(process.argv[2] ?? "");
process.chdir(import.meta.dir);
const app = await Application.bootstrap({
  name: "tlslp for TypeScript",
  entryPoints: ["../src/index.ts", "../src/metrics/monitor.ts", "types.ts"],
  tsconfig: "tsconfig.json",
  readme: "none",
  excludeExternals: true,
  excludeInternal: true,
  disableGit: true,
  sourceLinkTemplate: "https://github.com/tlslp/tlslp/blob/main/{path}#L{line}",
  githubPages: false,
  hideGenerator: true,
  intentionallyNotExported: HIDDEN_TYPES,
  // The package's own checks include the types.
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  logLevel: "Warn",
});

const project = await app.convert();
if (project === undefined) {
  process.exit(1);
}
app.validate(project);
const silent = project
  .getReflectionsByKind(DOCUMENTED)
  .filter((each) => !each.hasComment() && !isInLiteral(each));
for (const each of silent) {
  const [{ fileName = "", line = 0 } = {}] =
    (each as DeclarationReflection | SignatureReflection).sources ?? [];
  process.stderr.write(`${fileName}:${line}: ${each.getFriendlyFullName()} has no comment\n`);
}
if (app.logger.hasWarnings()) {
  process.stderr.write("Export a type that is not included from site/types.ts.\n");
}
if (silent.length > 0 || app.logger.hasWarnings() || app.logger.hasErrors()) {
  process.exit(1);
}
await app.generateDocs(project, folder);
process.exit(app.logger.hasWarnings() ? 1 : 0);

/** Members of a type without a name: the comment of the type, or of the union's part, is enough. */
function isInLiteral({ parent }: { parent?: { kind: ReflectionKind } | undefined }): boolean {
  return parent?.kind === ReflectionKind.TypeLiteral;
}
