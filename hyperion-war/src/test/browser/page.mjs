// What the page at the context root does.
import assert from "node:assert/strict";
import { base, run } from "./browser.mjs";
import { answer, answered, ask, choose, row, say, set, until } from "./chat.mjs";

const HOSTILE = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script></code></pre><b>bold</b>`;

/** Lets the page see what a server could tell, made of what this one does. */
async function changeStatus(page, change) {
  await page.route(`${base}/`, async (route) => {
    if (route.request().isNavigationRequest()) {
      await route.continue();
      return;
    }
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  });
}

/** Lets the model say what a test needs. */
async function dictate(page, ...pieces) {
  const events = [
    ...pieces.map((text) => `event: token\ndata: ${JSON.stringify({ text })}\n\n`),
    `event: done\ndata: ${JSON.stringify({ model: "default", prompt: "p", prompt_tokens: 1, cached_tokens: 0, completion_tokens: 2, tokens_per_second: 3, finish_reason: "stop" })}\n\n`,
  ];
  await page.route(`${base}/generate`, (route) => route.fulfill({ contentType: "text/event-stream", body: events.join("") }));
}

const brightness = (page) =>
  page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.documentElement).backgroundColor.match(/[\d.]+/g).map(Number);
    return (red + green + blue) / 3;
  });

await run({
  async "it comes from this server alone, in less than 100 KB, with nothing to complain of"(open) {
    const page = await open();
    await row(page, "default").waitFor();
    let size = 0;
    for (const response of page.loaded) {
      size += (await response.body()).length;
    }
    assert.ok(page.loaded.length > 8);
    assert.ok(size < 100_000, `${size} bytes`);
  },

  async "it is there before the server has told anything"(open) {
    const page = await open({
      before: (page) =>
        page.route(`${base}/`, (route) => (route.request().isNavigationRequest() ? route.continue() : undefined)),
    });
    await page.getByRole("heading", { name: "Chat" }).waitFor();
    await page.getByLabel("Message").fill("I can write already");
    assert.equal(await page.getByText("Connecting …").isVisible(), true);
  },

  async "an address without the slash at its end leads to it"(open) {
    const page = await open();
    await page.goto(base);
    assert.equal(page.url(), `${base}/`);
    await row(page, "default").waitFor();
  },

  async "Enter sends a message, and the answer comes piece by piece"(open) {
    const page = await open();
    await choose(page, "default");
    await set(page, "Temperature", "0");
    await page.evaluate(() => {
      window.seen = new Set();
      const log = document.getElementById("log");
      const look = () => window.seen.add(log.querySelector(".answer .text")?.textContent ?? "");
      new MutationObserver(look).observe(log, { subtree: true, childList: true, characterData: true });
    });
    await say(page, "What do you know about dogs?");
    const shown = await answered(page);
    const { output } = await ask("generate", {
      temperature: 0,
      messages: [{ role: "user", content: "What do you know about dogs?" }],
    });
    assert.equal(shown, output);
    assert.ok((await page.evaluate(() => window.seen.size)) > 2);
    assert.match(await answer(page).innerText(), /\d+ tokens · [\d,.]+ per second/);
    assert.equal(await page.getByRole("status").innerText(), "The answer is complete");
  },

  async "a conversation goes on, and a new one begins anew"(open) {
    const page = await open();
    await choose(page, "default");
    await set(page, "Temperature", "0");
    await say(page, "Hello, my name is Constantin.");
    const first = await answered(page);
    let [request] = await Promise.all([page.waitForRequest("**/generate"), say(page, "What is my name?")]);
    assert.deepEqual(request.postDataJSON().messages, [
      { role: "user", content: "Hello, my name is Constantin." },
      { role: "assistant", content: first },
      { role: "user", content: "What is my name?" },
    ]);
    await answered(page);
    await page.getByRole("button", { name: "New chat" }).click();
    assert.equal(await page.getByRole("article").count(), 0);
    [request] = await Promise.all([page.waitForRequest("**/generate"), say(page, "Hello")]);
    assert.deepEqual(request.postDataJSON().messages, [{ role: "user", content: "Hello" }]);
    await answered(page);
  },

  async "all settings reach the model, and those that are left empty do not"(open) {
    const page = await open();
    await choose(page, "default");
    const settings = {
      Temperature: 0.5, "Top p": 0.9, "Top k": 30, "Min p": 0.1, "Repeat penalty": 1.1, "Max tokens": 3, Seed: 7 };
    for (const [label, value] of Object.entries(settings)) {
      await set(page, label, String(value));
    }
    await set(page, "System prompt", "Be brief.");
    const [request] = await Promise.all([page.waitForRequest("**/generate"), say(page, "Hello")]);
    assert.deepEqual(request.postDataJSON(), {
      model: "default", temperature: 0.5, top_p: 0.9, top_k: 30, min_p: 0.1, repeat_penalty: 1.1, max_tokens: 3, seed: 7,
      messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "Hello" }], stream: true });
    await answered(page);
    assert.match(await answer(page).innerText(), /3 tokens .* ended at the greatest length/);
    await set(page, "Max tokens", "");
    await set(page, "Seed", "");
    const [next] = await Promise.all([page.waitForRequest("**/generate"), say(page, "Again")]);
    assert.ok(!("max_tokens" in next.postDataJSON()) && !("seed" in next.postDataJSON()));
    await answered(page);
  },

  async "Escape stops an answer: what came of it stays, and the model is free"(open) {
    const page = await open();
    await choose(page, "endless");
    await say(page, "Count to 5.");
    await until("some of it is there", async () => (await answer(page).locator(".text").innerText()).length > 20);
    assert.equal(await answer(page).getAttribute("aria-busy"), "true");
    await page.keyboard.press("Escape");
    const shown = await answered(page);
    assert.ok(shown.length > 20);
    assert.match(await answer(page).innerText(), /Stopped$/);
    assert.equal(await answer(page).getAttribute("aria-busy"), null);
    await until("the model is free", async () => (await ask("models/endless/figures")).busy_sequences === 0);
    await say(page, "Again");
    await page.getByRole("button", { name: "Stop" }).click();
    await answered(page);
  },

  async "the preview shows the very prompt that the model is given then"(open) {
    const page = await open();
    await choose(page, "default");
    await set(page, "Temperature", "0");
    await set(page, "System prompt", "You are Luna.");
    await page.getByLabel("Message").fill("Who are <b>you</b>?");
    await page.getByRole("button", { name: "Preview prompt" }).click();
    const preview = page.getByRole("dialog").locator("pre:not(:empty)");
    const shown = await preview.textContent();
    const { prompt } = await ask("render", {
      messages: [{ role: "system", content: "You are Luna." }, { role: "user", content: "Who are <b>you</b>?" }],
    });
    assert.equal(shown, prompt);
    await page.getByRole("button", { name: "Close" }).click();

    await page.getByLabel("Message").press("Enter");
    await answered(page);
    await answer(page).getByRole("button", { name: "Prompt" }).click();
    assert.equal(await preview.textContent(), prompt);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
  },

  async "a model without a template goes on with the text as it is"(open) {
    const page = await open({
      before: (page) => changeStatus(page, (status) => {
        status.models.forEach((model) => (model.chat_template = false));
        return status;
      }),
    });
    await choose(page, "default");
    await page.getByText("no chat template").waitFor();
    const [request] = await Promise.all([page.waitForRequest("**/generate"), say(page, "Once upon a time")]);
    assert.deepEqual(request.postDataJSON(), { model: "default", prompt: "Once upon a time", stream: true });
    await answered(page);
  },

  async "errors have their code, and the field that is to blame"(open) {
    const page = await open();
    await choose(page, "default");
    await set(page, "Temperature", "1000");
    await say(page, "Hello");
    const error = answer(page).locator(".error");
    await error.getByText("HYP-1003").waitFor();
    assert.match(await error.innerText(), /^HYP-1003 'temperature' must be between 0 and 100/);
    const field = page.getByLabel("Temperature");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.match(await page.locator("#temperature-error").innerText(), /between 0 and 100/);
    assert.equal(await field.evaluate((input) => input === document.activeElement), true);

    await field.fill("0");
    await answer(page).getByRole("button", { name: "Try again" }).click();
    assert.notEqual(await answered(page), "");
    assert.equal(await page.getByRole("article").count(), 1);
    assert.equal(await field.getAttribute("aria-invalid"), null);
  },

  async "a model that failed says why, in the list and to who asks it"(open) {
    const page = await open();
    await choose(page, "missing");
    assert.match(await row(page, "missing").innerText(), /failed[^]*no file/);
    await say(page, "Hello");
    await answer(page).getByText("HYP-6001").waitFor();
  },

  async "what models, users and administrators write is text, and nothing else"(open) {
    const page = await open({
      before: async (page) => {
        await changeStatus(page, (status) => {
          const [model] = status.models;
          Object.assign(model, {
            name: HOSTILE, description: HOSTILE, reason: HOSTILE, source: HOSTILE, architecture: undefined,
            tags: [HOSTILE], aliases: [HOSTILE], state: "failed", default: true });
          status.engine = HOSTILE;
          status.devices = [{ name: HOSTILE, description: HOSTILE, total: 1, free: 1, limit: 1, reserved: 0 }];
          return status;
        });
        await dictate(page, HOSTILE, "\n```\n", HOSTILE, "\n```\n", HOSTILE);
      },
    });
    await row(page, HOSTILE).waitFor();
    await say(page, HOSTILE);
    await answered(page);
    for (const part of ["#log", "#models", "#plots", "#server"]) {
      assert.equal(await page.locator(`${part} :is(img, script, b)`).count(), 0, part);
      assert.ok((await page.locator(part).textContent()).includes(HOSTILE), part);
    }
    assert.equal(await page.evaluate(() => window.hacked), undefined);
  },

  async "code between three backquotes is set as code, however its pieces are cut"(open) {
    const page = await open({ before: (page) => dictate(page, "So:\n`", "``js\nlet a = 1", ";\nlet b;\n``", "`\nDone.", "\n```") });
    await choose(page, "default");
    await say(page, "Hello");
    await answered(page);
    assert.deepEqual(await answer(page).locator("pre code").allTextContents(), ["let a = 1;\nlet b;\n"]);
    assert.equal(await answer(page).locator(".text").textContent(), "So:\nlet a = 1;\nlet b;\nDone.\n");
  },

  async "the waiting for a model is shown until its first piece comes"(open) {
    const progress = { model: "default", state: "downloading", fraction: 0.34, bytes: 12e6, total_bytes: 36e6, bytes_per_second: 4e6, remaining_seconds: 6 };
    const page = await open();
    await choose(page, "default");
    // The page reads a stream that goes on when the test says so.
    await page.evaluate((first) => {
      const real = window.fetch;
      window.fetch = (path, options) => path !== "generate" ? real(path, options) : Promise.resolve(new Response(
        new ReadableStream({ start: (stream) => {
          window.write = (event, data) => stream.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
          window.write("progress", first);
        } })));
    }, progress);
    await say(page, "Hello");
    await answer(page).getByText("Downloading 34 % · 12 of 36 MB · 4 MB/s · 6 s left").waitFor();
    assert.equal(await answer(page).getByRole("progressbar").getAttribute("value"), "0.34");
    await page.evaluate(() => window.write("token", { text: "Hi" }));
    await answer(page).getByText("Hi", { exact: true }).waitFor();
    assert.equal(await answer(page).getByRole("progressbar").count(), 0);
  },

  async "an answer that breaks off says so, keeps what came, and can be asked for again"(open) {
    const page = await open();
    await choose(page, "default");
    await page.route(`${base}/generate`, (route) =>
      route.fulfill({ contentType: "text/event-stream", body: 'event: token\ndata: {"text":"Half an"}\n\n' }));
    await say(page, "Hello");
    await answer(page).getByText("broke before the answer was complete").waitFor();
    assert.equal(await answered(page), "Half an");
    await page.unroute(`${base}/generate`);
    await answer(page).getByRole("button", { name: "Try again" }).click();
    await answer(page).getByText("per second").waitFor();
    assert.equal(await page.getByRole("article").count(), 1);
  },

  async "the keyboard is enough, and shows where it is"(open) {
    const page = await open();
    await row(page, "default").waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the chat");
    const reached = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        const outlined = element.type === "radio" ? element.nextElementSibling : element;
        const name = element.id || element.dataset.action || element.value || element.tagName;
        return { name, model: element.closest("li")?.dataset.name, outline: getComputedStyle(outlined).outlineStyle };
      });
      if (at.name === "BODY") {
        break;
      }
      assert.notEqual(at.outline, "none", at.name);
      reached.push(at.model ? `${at.name} ${at.model}` : at.name);
    }
    const places = ["system", "key-toggle", "model", "preview", "clear", "SUMMARY", "log", "message", "send"].map((name) => reached.indexOf(name));
    assert.deepEqual(places, [...places].sort((a, b) => a - b), reached.join());
    assert.ok(!places.includes(-1), reached.join());

    // The skip link leads to the message; Space opens the settings, and the arrows change the theme.
    await page.reload();
    await row(page, "default").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Hello");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("you");
    const [request] = await Promise.all([page.waitForRequest("**/generate"), page.keyboard.press("Enter")]);
    assert.equal(request.postDataJSON().messages[0].content, "Hello\nyou");
    await answered(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), "message");
    await page.getByText("Settings", { exact: true }).focus();
    await page.keyboard.press("Space");
    assert.equal(await page.getByLabel("Temperature").isVisible(), true);
    await page.getByLabel("Auto").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.ok((await brightness(page)) < 60);
  },

  async "it is light or dark as the system is, until somebody chooses"(open) {
    const page = await open({ colorScheme: "dark" });
    assert.ok((await brightness(page)) < 60);
    await page.emulateMedia({ colorScheme: "light" });
    assert.ok((await brightness(page)) > 200);
    await page.getByText("Dark", { exact: true }).click();
    assert.ok((await brightness(page)) < 60);
    await page.reload();
    assert.ok((await brightness(page)) < 60);
    assert.equal(await page.getByLabel("Dark").isChecked(), true);
    await page.getByText("Auto", { exact: true }).click();
    assert.ok((await brightness(page)) > 200);
  },

  async "texts can be read in both themes"(open) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ colorScheme });
      await choose(page, "missing");
      await say(page, "Hello");
      await answer(page).getByText("HYP-6001").waitFor();
      await page.getByText("Settings", { exact: true }).click();
      assert.deepEqual(await page.evaluate(faintTexts), [], colorScheme);
    }
  },

  async "it fits on a phone"(open) {
    const page = await open({ viewport: { width: 360, height: 640 } });
    await row(page, "default").waitFor();
    await page.getByText("Settings", { exact: true }).click();
    await say(page, "Hello");
    await answered(page);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    const outside = await page.locator("button, input, select, textarea, .plot").evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).filter(({ left, right, width }) => width > 1 && (left < 0 || right > 360)).length);
    assert.equal(outside, 0);
  },

  async "the figures are plotted as they change"(open) {
    const page = await open();
    await choose(page, "endless");
    const figure = (title) => page.getByRole("img", { name: new RegExp(`^${title}, now`) });
    await say(page, "Hello");
    await until("tokens come", async () => /now [1-9][\d,]*$/.test(await figure("Tokens per second").getAttribute("aria-label")));
    await until("a sequence runs", async () => /now [1-9]\d* of \d+/.test(await figure("Sequences").getAttribute("aria-label")));
    assert.match(await figure("Cells of the cache").getAttribute("aria-label"), /now [1-9][\d,]* of [\d,]+/);
    assert.equal(await figure("Waiting requests").getAttribute("aria-label"), "Waiting requests, now 0");
    await until("a line is drawn", async () => /^M[\d.]+,[\d.]+L/.test(await figure("Tokens per second").locator(".line").getAttribute("d")));
    await page.keyboard.press("Escape");
    await answered(page);
    await until("none comes any more", async () => /now 0$/.test(await figure("Tokens per second").getAttribute("aria-label")));
  },

  async "a server that does not answer is told of, and found again"(open) {
    const page = await open();
    await row(page, "default").waitFor();
    await page.route(`${base}/`, (route) => route.abort());
    await page.getByRole("alert").getByText("The server cannot be reached").waitFor();
    await page.unroute(`${base}/`);
    await until("it is found again", async () => (await page.locator("#trouble").innerText()) === "");
  },
});

/** In the browser: texts whose contrast to what is behind them is less than 4.5, as WCAG 2.2 has it. */
function faintTexts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [red, green, blue] = rgba(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (rgba(colour)[3] === 255) {
        return colour;
      }
    }
    return "white";
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() !== "" && element.checkVisibility()) {
      const [dark, light] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => a - b);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < 4.5) {
        faint.push(`${texts.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
      }
    }
  }
  return faint;
}
