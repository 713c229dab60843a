// The page of a server that asks for keys: one of all models, and one of a single model.
import assert from "node:assert/strict";
import { base, more, run } from "./browser.mjs";
import { answered, choose, row, say } from "./chat.mjs";

const [all, single, model] = more;

async function enter(page, key) {
  await page.getByLabel("Access key").fill(key);
  await page.getByLabel("Access key").press("Enter");
}

await run({
  async "it asks for a key, has nothing to show before, and works with one"(open) {
    const page = await open();
    await page.getByRole("alert").getByText("HYP-4001").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "key");
    assert.equal(await page.locator("#model-list li").count(), 0);
    assert.equal((await page.content()).includes(model), false);

    await enter(page, all);
    await row(page, "default").waitFor();
    assert.equal(await page.getByLabel("Access key").isVisible(), false);
    await choose(page, "default");
    await say(page, "Hello");
    assert.notEqual(await answered(page), "");
  },

  async "it tells of a key that is not known, and of one that cannot be sent"(open) {
    const page = await open();
    await page.getByRole("alert").getByText("HYP-4001").waitFor();
    await enter(page, "nonsense");
    await page.getByRole("alert").getByText("The key is not known").waitFor();
    await enter(page, "schlüssel");
    await page.getByRole("alert").getByText("ASCII only").waitFor();
    await enter(page, single);
    await row(page, model).waitFor();
  },

  async "the key goes to the server alone, outlives a reload, and is forgotten when one says so"(open) {
    const page = await open();
    await page.getByLabel("Access key").waitFor();
    await enter(page, single);
    await row(page, model).waitFor();
    assert.ok(page.loaded.every((response) => !response.url().includes(single)));
    await page.reload();
    await row(page, model).waitFor();
    assert.deepEqual(await page.evaluate(() => Object.values(localStorage)), []);

    await page.getByRole("button", { name: "Key", exact: true }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByRole("alert").getByText("HYP-4001").waitFor();
    assert.deepEqual(await page.evaluate(() => Object.values(sessionStorage)), []);
    assert.equal(await page.getByText(model, { exact: true }).count(), 0);
  },

  async "a key of one model shows that one alone, and nothing to change it with"(open) {
    const page = await open();
    await page.getByLabel("Access key").waitFor();
    await enter(page, single);
    await row(page, model).waitFor();
    assert.equal(await page.locator("#model-list li").count(), 1);
    await page.getByText("use an administrator's key").waitFor();
    assert.equal(await page.locator("#model-list button:visible, #add-toggle:visible").count(), 0);
  },

  async "a refusal to change a model is shown at that model, with its code"(open) {
    const page = await open({
      // As if the key had been an administrator's when the page asked last.
      before: (page) => page.route(`${base}/`, async (route) => {
        const response = await route.fetch();
        if (route.request().isNavigationRequest() || response.status() !== 200) {
          await route.fulfill({ response });
        } else {
          await route.fulfill({ response, json: { ...await response.json(), administrator: true } });
        }
      }),
    });
    await page.getByLabel("Access key").waitFor();
    await enter(page, single);
    const at = row(page, model);
    await at.getByRole("button", { name: `Unload ${model}` }).or(at.getByRole("button", { name: `Load ${model}` })).first().click();
    await at.getByRole("alert").getByText("HYP-4002").waitFor();
  },
});
