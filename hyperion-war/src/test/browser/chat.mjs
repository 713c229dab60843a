// What the tests do with the page.
import assert from "node:assert/strict";
import { base } from "./browser.mjs";

/** Asks the server itself, as the page does. */
export async function ask(path, body) {
  const response = await fetch(`${base}/${path}`, {
    method: body ? "POST" : "GET",
    headers: { Accept: "application/json", "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  assert.equal(response.status, 200, path);
  return response.json();
}

/** Waits until something is so. */
export async function until(what, isSo, patience = 20_000) {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `It does not come about that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function choose(page, model) {
  await page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: model, exact: true }) }).waitFor();
  await page.getByLabel("Model", { exact: true }).selectOption(model);
}

export async function set(page, setting, value) {
  if (!(await page.getByLabel("Temperature").isVisible())) {
    await page.getByText("Settings", { exact: true }).click();
  }
  await page.getByLabel(setting).fill(value);
}

export async function say(page, text) {
  await page.getByLabel("Message").fill(text);
  await page.getByLabel("Message").press("Enter");
}

/** The last answer in the log. */
export function answer(page) {
  return page.getByRole("article").last();
}

export async function answered(page) {
  await page.getByRole("button", { name: "Send" }).waitFor();
  return answer(page).locator(".text").innerText();
}

/** The row of a model. */
export function row(page, model) {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: model, exact: true }) });
}
