// Opens the page in Chromium, and watches that it behaves as its policy has it.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** The address of the page, and the browser; then what the script wants to know. */
export const [base, executablePath, ...more] = process.argv.slice(2);

/**
 * Runs tests by their names, each on pages of its own that it opens by `open(options)`, and prints a line "ok NAME" or "not ok NAME" for
 * each. The option `before` prepares a page before it is gone to.
 */
export async function run(tests) {
  const browser = await chromium.launch({ executablePath });
  let failures = 0;
  for (const [name, test] of Object.entries(tests)) {
    const opened = [];
    try {
      await test(async (options = {}) => {
        const page = await watched(browser, options);
        opened.push(page);
        await options.before?.(page);
        await page.goto(`${base}/`);
        return page;
      });
      opened.forEach(({ complaints }) => assert.deepEqual(complaints, []));
      console.log(`ok ${name}`);
    } catch (error) {
      failures++;
      console.log(`not ok ${name}\n${error.stack}`);
    } finally {
      for (const page of opened) {
        // What the page has just asked for may not be answered any more.
        await page.unrouteAll({ behavior: "ignoreErrors" });
        await page.context().close();
      }
    }
  }
  await browser.close();
  process.exitCode = failures === 0 ? 0 : 1;
}

/** A page that keeps in `complaints` what must not happen, and in `loaded` the bytes of what it has got from the server. */
async function watched(browser, { viewport = { width: 1280, height: 860 }, colorScheme = "light" }) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.complaints = [];
  page.loaded = [];
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective}`)),
  );
  page.on("console", (line) => {
    // A browser says so of each answer that is an error; whether it may be one, the test knows.
    if (["error", "warning"].includes(line.type()) && !line.text().startsWith("Failed to load resource")) {
      page.complaints.push(line.text());
    }
  });
  page.on("pageerror", (error) => page.complaints.push(error.stack));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(base).origin) {
      page.complaints.push(`asked for ${request.url()}`);
    }
  });
  page.on("response", (response) => page.loaded.push(response));
  return page;
}
