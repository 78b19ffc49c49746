/**
 * A headless Chromium that loads nothing by itself, and the pages that it visits.
 */
import type { Browser, Page } from "playwright-core";

export type { Browser };

/** A page, as the browser found it. */
export interface Visit {
  /** Errors, refused scripts and styles, and requests that failed or went to another host. */
  readonly problems: readonly string[];
  /** The widths at which the page is wider than the window. */
  readonly tooWide: readonly number[];
  readonly ids: ReadonlySet<string>;
  /** The addresses that the page links to, in full. */
  readonly links: readonly string[];
}

/** Milliseconds that a step may take on a busy machine. */
const TIMEOUT = 120_000;

/** The width of a page in pixels. On a phone a table with sentences must fit, see style.css. */
const CONTENT_WIDTH = `Math.max(
  document.documentElement.scrollWidth,
  ...Array.from(
    document.querySelectorAll(innerWidth <= 640 ? ".with-sentences" : "none"),
    (table) => table.getBoundingClientRect().left + table.scrollWidth,
  ),
)`;

/** Returns the path of the system's Chromium, or of Chrome. */
export function findBrowser(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.map((name) => Bun.which(name)).find((path) => path !== null);
}

/** Starts the browser of the system, with a new profile. */
export async function startBrowser(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new Error("there is no chromium in PATH; install the package chromium");
  }
  return await chromium.launch({
    executablePath,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
      ...["--disable-background-networking", "--disable-component-update"],
    ],
  });
}

/** Loads a page, and looks at it at each of the widths, in pixels. */
export async function visit(
  browser: Browser,
  address: string,
  widths: readonly number[],
): Promise<Visit> {
  const page = await browser.newPage();
  page.setDefaultTimeout(TIMEOUT);
  try {
    const problems: string[] = [];
    watch(page, new URL(address).origin, problems);
    await page.goto(address, { waitUntil: "networkidle" });
    const tooWide: number[] = [];
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      if ((await page.evaluate<number>(CONTENT_WIDTH)) > width) {
        tooWide.push(width);
      }
    }
    const ids = await page.evaluate<string[]>(
      "Array.from(document.querySelectorAll('[id]'), ({ id }) => id)",
    );
    const links = await page.evaluate<string[]>(
      "Array.from(document.querySelectorAll('a[href]'), ({ href }) => href)",
    );
    return { problems, tooWide, ids: new Set(ids), links };
  } finally {
    await page.close();
  }
}

function watch(page: Page, origin: string, problems: string[]): void {
  page.on("console", (message) => {
    const isProblem = message.type() === "error" || message.type() === "warning";
    // Browsers ask each host for an icon; the pages of the references name none.
    if (isProblem && !message.location().url.endsWith("/favicon.ico")) {
      problems.push(message.text());
    }
  });
  page.on("pageerror", (error) => void problems.push(error.message));
  page.on("requestfailed", (request) => void problems.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) {
      problems.push(`asks another host: ${url}`);
    }
  });
}
