// Takes the pictures of the documentation: behind the page's address, the directory that they go to.
import http from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import { answer, answered, choose, row, say, set, until } from "./chat.mjs";
import { base, executablePath, more } from "./browser.mjs";

const [directory] = more;

/** Long enough for plots to have a shape. */
const BUSY_SECONDS = 50;

/** Lets answers come as slowly as those of a large model: the demo model's are over before a picture is taken. */
function slowed() {
  const proxy = http.createServer((request, response) => {
    const onward = http.request(base + request.url.replace(/^\/hyperion/, ""), { method: request.method, headers: request.headers }, async (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (!request.url.endsWith("/generate")) {
        answer.pipe(response);
        return;
      }
      let rest = "";
      for await (const part of answer.setEncoding("utf8")) {
        const events = (rest + part).split("\n\n");
        rest = events.pop();
        for (const event of events) {
          response.write(`${event}\n\n`);
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
      }
      response.end();
    });
    // The page has stopped an answer, or has been closed.
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  return new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(proxy)));
}

/** Others use the server too, more and less of them as time goes by, until it is enough. */
async function crowd(isEnough) {
  const visit = async (i) => {
    for (let n = 0; !isEnough(); n++) {
      const wanted = 5.5 + 5.5 * Math.sin(Date.now() / 7000);
      if (i < wanted) {
        const response = await fetch(`${base}/generate`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ model: "default", prompt: "Hello", max_tokens: 200, ignore_eos: true, temperature: 1.5, seed: 1000 * i + n }),
        });
        await response.text();
      } else {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  await Promise.all(Array.from({ length: 11 }, (_, i) => visit(i)));
}

let isTaken = false;
const proxy = await slowed();
const browser = await chromium.launch({ executablePath });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "light" });
  await page.goto(`http://127.0.0.1:${proxy.address().port}/hyperion/`);
  const others = crowd(() => isTaken);
  await choose(page, "default");
  await set(page, "Temperature", "0");
  await page.getByText("Settings", { exact: true }).click();
  await say(page, "What is 3 plus 4?");
  await answered(page);
  await page.waitForTimeout(BUSY_SECONDS * 1000);
  await row(page, "remote").getByRole("button", { name: "Download remote" }).click();
  await until("the download is under way", async () => Number(await row(page, "remote").getByRole("progressbar").getAttribute("value")) > 0.25);
  await say(page, "What do you know about dogs?");
  await until("the answer is half there", async () => (await answer(page).locator(".text").innerText()).length > 40);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(directory, `page-${colorScheme}.png`) });
  }
  isTaken = true;
  await others;
} finally {
  isTaken = true;
  await browser.close();
  proxy.close();
  proxy.closeAllConnections();
}
