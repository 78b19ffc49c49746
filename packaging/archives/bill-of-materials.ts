/**
 * The list of all parts inside an executable, in the form of CycloneDX 1.5.
 */
import { createHash } from "node:crypto";
import manifest from "../../package.json" with { type: "json" };
import { run } from "./run.ts";
import { version as zigVersion } from "./zig.ts";

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly properties?: readonly { readonly name: string }[];
  readonly [key: string]: unknown;
}

interface Parts {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string }[];
}

interface BillOfMaterials extends Parts {
  serialNumber: string;
  readonly metadata: { timestamp: string; component: { name: string } };
}

/** Parts that no package manager of JavaScript knows. */
const NATIVE_PARTS: readonly Component[] = [
  {
    type: "library",
    "bom-ref": `tlslp-search@${manifest.version}`,
    name: "tlslp-search",
    version: manifest.version,
    description: "The search engine, in C++ (cpp/)",
    licenses: [{ license: { id: manifest.license } }],
  },
  {
    type: "library",
    "bom-ref": `libc++@${zigVersion}`,
    name: "libc++",
    version: zigVersion,
    description: `LLVM's C++ library as Zig ${zigVersion} ships it, linked into tlslp-search`,
    licenses: [{ expression: "Apache-2.0 WITH LLVM-exception" }],
  },
  {
    type: "framework",
    "bom-ref": `bun@${Bun.version}`,
    name: "bun",
    version: Bun.version,
    description: "The runtime, with JavaScriptCore, BoringSSL, SQLite and other libraries inside",
    purl: `pkg:npm/bun@${Bun.version}`,
    licenses: [{ license: { id: "MIT" } }],
    externalReferences: [
      { type: "license", url: "https://bun.com/docs/project/licensing" },
      { type: "vcs", url: "https://github.com/oven-sh/bun" },
    ],
  },
];

/** Returns the list as JSON. It depends on the commit, and neither on the day nor on the folder. */
export function makeBillOfMaterials(): string {
  const text = run("npm", "sbom", "--sbom-format", "cyclonedx", "--omit", "dev");
  const found = JSON.parse(text) as BillOfMaterials;
  const { components, dependencies } = withoutLeftOvers(found);
  const bill = { ...found, components: [...components, ...NATIVE_PARTS], dependencies };
  const date = new Date(Number(process.env["SOURCE_DATE_EPOCH"]) * 1000).toISOString();
  bill.metadata.timestamp = date;
  // npm takes the folder's name for that of the package.
  bill.metadata.component.name = manifest.name;
  const digest = createHash("sha256").update(JSON.stringify(bill.components)).digest("hex");
  bill.serialNumber = `urn:uuid:${digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-a$4-$5")}`;
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/** Leaves out packages that are in node_modules only because another commit needed them. */
export function withoutLeftOvers({ components, dependencies }: Parts): Parts {
  const isLeftOver = ({ properties = [] }: Component) =>
    properties.some(({ name }) => name === "cdx:npm:package:extraneous");
  const refs = new Set(components.filter(isLeftOver).map((part) => part["bom-ref"]));
  return {
    components: components.filter((part) => !isLeftOver(part)),
    dependencies: dependencies.filter(({ ref }) => !refs.has(ref)),
  };
}
