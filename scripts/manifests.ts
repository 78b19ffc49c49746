/**
 * Checks the Kubernetes manifests in the documentation against the schemas in `kubernetes-models`:
 * the values with its validators, and the keys with its types, because the validators accept
 * unknown keys. For the latter each manifest becomes a TypeScript literal.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

type Model = new (data: object) => { validate(): void };

const FOLDER = "build/manifests";

const literals: string[] = [];
let failures = 0;

for (const path of [...new Bun.Glob("docs/**/*.yaml").scanSync()].sort()) {
  for (const [index, manifest] of (await read(path)).entries()) {
    const where = `${path}, document ${index + 1}`;
    try {
      const { apiVersion, kind } = manifest;
      const module = `kubernetes-models/${apiVersion}/${kind}`;
      const Model = await load(module, kind);
      new Model(manifest).validate();
      literals.push(
        `// ${where}\nimport type { I${kind} as T${literals.length} } from "${module}";\n` +
          `(${JSON.stringify(manifest, null, 2)}) satisfies T${literals.length};\n`,
      );
    } catch (error) {
      failures += 1;
      process.stderr.write(`${where}: ${error instanceof Error ? error.message : error}\n`);
    }
  }
}

process.exit(failures === 0 && literals.length > 0 && matchTheirTypes() ? 0 : 1);

async function load(module: string, kind: string): Promise<Model> {
  const models: Record<string, Model> = await import(module).catch(() => ({}));
  const model = models[kind];
  if (model === undefined) {
    throw new Error(`${module} does not exist`);
  }
  return model;
}

/** Returns the documents of a file. Throws if one is not a Kubernetes object. */
async function read(path: string): Promise<readonly Manifest[]> {
  const parsed: unknown = Bun.YAML.parse(await Bun.file(path).text());
  const documents = Array.isArray(parsed) ? parsed : [parsed];
  if (!documents.every(isManifest)) {
    throw new Error(`${path} has a document that is not a Kubernetes object`);
  }
  return documents;
}

function isManifest(document: unknown): document is Manifest {
  return (
    typeof document === "object" &&
    document !== null &&
    "apiVersion" in document &&
    typeof document.apiVersion === "string" &&
    "kind" in document &&
    typeof document.kind === "string"
  );
}

function matchTheirTypes(): boolean {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "manifests.ts"), literals.join(""));
  const config = { extends: "../../tsconfig.json", include: ["manifests.ts"] };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  const { success, stdout } = Bun.spawnSync(["bun", "run", "tsc", "-p", FOLDER]);
  if (success) {
    rmSync(FOLDER, { recursive: true });
  }
  process.stderr.write(stdout);
  return success;
}
