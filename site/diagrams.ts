/**
 * The diagrams of the documentation: Mermaid in the pages, and a picture of each in docs/diagrams.
 *
 *   bun site/diagrams.ts     writes the pictures, and removes those without a diagram
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PAGES, ROOT } from "./.vitepress/pages.ts";
import { startBrowser } from "./browser.ts";

interface Diagram {
  /** From the repository's root. */
  readonly path: string;
  readonly source: string;
}

const FOLDER = join(ROOT, "docs/diagrams");

export function findDiagrams(): readonly Diagram[] {
  return PAGES.flatMap((page) => {
    const blocks = readFileSync(join(ROOT, page), "utf8").matchAll(/^```mermaid\n(.*?)^```$/gms);
    return Array.from(blocks, ([, source = ""], index) => ({
      path: `docs/diagrams/${basename(page, ".md")}-${index + 1}.svg`,
      source,
    }));
  });
}

/** Returns pictures of the sources, drawn by Mermaid in a browser. Throws for a wrong source. */
export async function drawDiagrams(sources: readonly string[]): Promise<readonly string[]> {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.addScriptTag({
      path: fileURLToPath(import.meta.resolve("mermaid/dist/mermaid.min.js")),
    });
    return await page.evaluate(async (texts) => {
      const { mermaid } = globalThis as unknown as { mermaid: MermaidInPage };
      // Labels that are HTML would be missing where a picture may contain none.
      mermaid.initialize({
        startOnLoad: false,
        htmlLabels: false,
        flowchart: { htmlLabels: false },
      });
      const drawn: string[] = [];
      for (const [index, text] of texts.entries()) {
        drawn.push((await mermaid.render(`diagram-${index + 1}`, text)).svg);
      }
      return drawn;
    }, sources);
  } finally {
    await browser.close();
  }
}

interface MermaidInPage {
  initialize(options: object): void;
  render(id: string, text: string): Promise<{ readonly svg: string }>;
}

/** Returns the comment with which a picture tells its source; two hyphens are not allowed in it. */
export function sourceComment(source: string): string {
  return `<!-- ${source.replaceAll(/-(?=-)/g, "- ")}-->`;
}

if (import.meta.main) {
  const diagrams = findDiagrams();
  const drawn = await drawDiagrams(diagrams.map(({ source }) => source));
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER)) {
    rmSync(join(FOLDER, name));
  }
  for (const [index, { path, source }] of diagrams.entries()) {
    const picture = (drawn[index] ?? "").replace(
      /<svg[^>]*>/,
      (tag) => tag + sourceComment(source),
    );
    writeFileSync(join(ROOT, path), `${picture}\n`);
  }
}
