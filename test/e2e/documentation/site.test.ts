/**
 * The web site in a browser: every page loads, at the width of a phone and of a desk, and asks
 * nothing of any other host.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PAGES } from "../../../site/.vitepress/pages.ts";
import {
  type Browser,
  findBrowser,
  startBrowser,
  type Visit,
  visit,
} from "../../../site/browser.ts";
import { drawDiagrams, findDiagrams } from "../../../site/diagrams.ts";
import { REPOSITORY } from "../../support/processes.ts";
import { BASE, buildSite, fileOf, type Site, serveSite } from "../../support/site.ts";

/** In pixels. */
const WIDTHS = [1440, 360];

const PATHS = PAGES.map((page) => (page === "README.md" ? "" : page.replace(/\.md$/, "")));
const REFERENCES = ["api/typescript/index.html", "api/c/index.html"];

describe.skipIf(process.platform !== "linux" || findBrowser() === undefined)("the web site", () => {
  let site: Site;
  let browser: Browser;
  const visits = new Map<string, Visit>();

  beforeAll(async () => {
    await buildSite();
    site = serveSite();
    browser = await startBrowser();
    const paths = [...PATHS, ...REFERENCES].values();
    // Two at a time: most of a visit is waiting.
    await Promise.all([visitAll(paths), visitAll(paths)]);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    site?.[Symbol.dispose]();
  });

  async function visitAll(paths: Iterable<string>): Promise<void> {
    for (const path of paths) {
      visits.set(path, await visit(browser, site.origin + BASE + path, WIDTHS));
    }
  }

  function visitOf(path: string): Visit {
    return visits.get(path) ?? expect.unreachable(`${path} was not visited`);
  }

  for (const path of [...PATHS, ...REFERENCES]) {
    test(`the page "${path}" loads without an error, and asks nothing of other hosts`, () => {
      expect(visitOf(path).problems).toEqual([]);
    });
  }

  describe.each(PATHS)("the page %j", (path) => {
    test("is not wider than the window", () => {
      expect(visitOf(path).tooWide).toEqual([]);
    });

    test("has links that lead to a page, and to a heading on it", () => {
      const own = visitOf(path).links.filter((link) => link.startsWith(site.origin));
      expect(own).not.toBeEmpty();
      expect(own.filter((link) => !leadsSomewhere(new URL(link)))).toEqual([]);
    });
  });

  function leadsSomewhere({ pathname, hash }: URL): boolean {
    const target = visits.get(pathname.replace(BASE, ""));
    const anchor = decodeURIComponent(hash.slice(1));
    return (
      fileOf(pathname) !== undefined &&
      (anchor === "" || target === undefined || target.ids.has(anchor))
    );
  }

  test("has a search whose results lead to pages", async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(site.origin + BASE, { waitUntil: "networkidle" });
    await page.click("button.DocSearch-Button");
    await page.fill("#localsearch-input", "receipt");
    await page.locator(".VPLocalSearchBox .result").first().click();
    await page.waitForURL(/\/tlslp\/docs\//);
    await page.close();
  }, 240_000);

  test("is dark for a reader who prefers that", async () => {
    const page = await browser.newPage({ colorScheme: "dark" });
    await page.goto(site.origin + BASE);
    const colour = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(await colour()).toBe("rgb(27, 27, 31)");
    await page.emulateMedia({ colorScheme: "light" });
    await page.reload();
    expect(await colour()).toBe("rgb(255, 255, 255)");
    await page.close();
  }, 120_000);

  test("its diagrams are drawn without an error, with the labels of their pictures", async () => {
    const diagrams = findDiagrams();
    const drawn = await drawDiagrams(diagrams.map(({ source }) => source));
    for (const [index, { path }] of diagrams.entries()) {
      const picture = readFileSync(join(REPOSITORY, path), "utf8");
      expect(labelsOf(drawn[index] ?? "")).toEqual(labelsOf(picture));
    }
  }, 120_000);
});

function labelsOf(svg: string): readonly string[] {
  return Array.from(svg.matchAll(/<tspan[^>]*>([^<]+)/g), ([, label = ""]) => label);
}
