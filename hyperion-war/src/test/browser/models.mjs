// What administrators do with models on the page. Behind the page's address: where a slow server is asked to go on.
import assert from "node:assert/strict";
import { more, run } from "./browser.mjs";
import { answer, answered, ask, choose, row, say, until } from "./chat.mjs";

const [slow] = more;

const act = (page, action, model) => row(page, model).getByRole("button", { name: `${action} ${model}`, exact: true });
const state = (page, model, name) => row(page, model).getByText(name, { exact: true }).waitFor();

await run({
  async "a model is loaded and unloaded, by keys alone, and the keyboard keeps its place"(open) {
    const page = await open();
    await state(page, "spare", "ready");
    await act(page, "Load", "spare").focus();
    await page.keyboard.press("Enter");
    await state(page, "spare", "loaded");
    assert.equal((await ask("models/spare")).state, "loaded");
    assert.equal(await page.evaluate(() => document.activeElement.closest("li")?.dataset.name), "spare");

    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Unload spare");
    await page.keyboard.press("Enter");
    await state(page, "spare", "ready");
    assert.equal((await ask("models/spare")).state, "ready");
    assert.equal(await page.getByRole("status").innerText(), "spare: unload is done");
  },

  async "a model is pinned, and no longer"(open) {
    const page = await open();
    await act(page, "Load", "spare").click();
    await act(page, "Pin", "spare").click();
    await row(page, "spare").getByText("pinned", { exact: true }).waitFor();
    assert.equal((await ask("models/spare")).pinned, true);
    await act(page, "Unpin", "spare").click();
    await act(page, "Pin", "spare").waitFor();
    assert.equal((await ask("models/spare")).pinned, false);
    await act(page, "Unload", "spare").click();
    await state(page, "spare", "ready");
  },

  async "what cannot be done is said at the model"(open) {
    const page = await open();
    await act(page, "Load", "missing").click();
    await row(page, "missing").getByRole("alert").getByText("HYP-6001").waitFor();
  },

  async "a model is added, refused and deleted"(open) {
    const page = await open();
    await row(page, "default").waitFor();
    await page.getByRole("button", { name: "Add …" }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "add-name");
    await page.getByLabel("Name").fill("added");
    await page.getByLabel("Source").fill("file:///etc/passwd");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("HYP-1026").waitFor();
    await page.getByLabel("Source").fill("hf:owner/repository/model.gguf");
    await page.keyboard.press("Enter");
    await state(page, "added", "absent");
    assert.equal((await ask("models/added")).origin, "added");

    await act(page, "Delete", "added").click();
    await page.getByRole("button", { name: "Keep it" }).click();
    assert.equal((await ask("models/added")).state, "absent");
    await act(page, "Delete", "added").click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await until("it is gone", async () => (await row(page, "added").count()) === 0);
    assert.ok((await ask("models")).models.every(({ name }) => name !== "added"));
  },

  async "a download is shown as it goes on, and cancelled"(open) {
    const page = await open();
    await state(page, "remote", "absent");
    await act(page, "Download", "remote").click();
    await row(page, "remote").getByText(/^Downloading \d+ % · [\d.]+ of 4\.59 MB · /).waitFor();
    const first = await row(page, "remote").getByRole("progressbar").getAttribute("value");
    await until("it goes on", async () => (await row(page, "remote").getByRole("progressbar").getAttribute("value")) > first);
    await act(page, "Cancel", "remote").click();
    await state(page, "remote", "absent");
    assert.equal(await row(page, "remote").getByRole("alert").count(), 0);
  },

  async "who asks a model that is downloaded sees how far it is, and then the answer"(open) {
    const page = await open();
    await choose(page, "remote");
    await say(page, "Hello");
    await answer(page).getByText(/^Downloading \d+ % · /).waitFor();
    await row(page, "remote").getByText(/^Downloading \d+ % · /).waitFor();
    await fetch(slow, { method: "POST" });
    assert.notEqual(await answered(page), "");
    assert.equal(await answer(page).locator(".error").isVisible(), false);
    await state(page, "remote", "loaded");
  },
});
