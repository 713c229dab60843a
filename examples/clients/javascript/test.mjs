// Tests of hyperion-client.js against a running Hyperion: node test.mjs http://127.0.0.1:8080/hyperion
// In the environment: HYPERION_TEST_KEY is its key if it needs one, HYPERION_TEST_ENDLESS the name of a model with one slot, HYPERION_TEST_LATE the names of
// three models, with commas between, that are downloaded when they are first asked for. Tests that need one of them are skipped without it, and those of the
// WebSocket where Node.js has none (node --experimental-websocket from 20.10 on; from 22 on it has). HYPERION_TEST_RELEASE is an address that is asked for, with
// such a name behind it, once its download has been heard of; for sources that wait for that.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { Client, HyperionClient, HyperionError } from "./hyperion-client.js";

const uri = process.argv[2];
const api_key = process.env.HYPERION_TEST_KEY;
const endless = process.env.HYPERION_TEST_ENDLESS;
const late = process.env.HYPERION_TEST_LATE?.split(",");
const release = process.env.HYPERION_TEST_RELEASE;
const modes = globalThis.WebSocket ? ["REST", "WEBSOCKET"] : ["REST"];
const messages = [{ role: "user", content: "Count to 5." }];

async function eachMode(test) {
  for (const mode of modes) {
    try {
      await test(new Client({ uri, api_key, mode }), mode);
    } catch (error) {
      error.message = `${mode}: ${error.message}`;
      throw error;
    }
  }
}

async function texts(stream) {
  const pieces = [];
  for await (const piece of stream) {
    pieces.push(piece);
  }
  return pieces;
}

const failure = (promise) => promise.then(() => assert.fail("nothing was refused"), (error) => error);

function downloaded(name, heard) {
  const downloading = heard.filter((progress) => progress.state === "downloading");
  assert.ok(downloading.length > 0, JSON.stringify(heard));
  assert.ok(heard.every((progress) => progress.model === name));
  assert.ok(downloading.at(-1).bytes > 0);
  assert.ok(downloading.at(-1).total_bytes >= downloading.at(-1).bytes);
}

function listener(name) {
  const heard = [];
  const onProgress = (progress) => {
    heard.push(progress);
    if (release && progress.bytes > 0) {
      fetch(release + name);
    }
  };
  return { heard, onProgress };
}

/** What a client meets at a server that answers each request by the function. */
async function against(answer, test) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await test(`127.0.0.1:${server.address().port}`, server);
  } finally {
    server.closeAllConnections?.();
    await new Promise((resolve) => server.close(resolve));
  }
}

const send = (type, text, status = 200, headers = {}) => (request, response) => {
  response.writeHead(status, { "Content-Type": type, ...headers });
  response.end(text);
};

const tests = {
  async "the client that is there already"() {
    Object.assign(HyperionClient, { uri, api_key, mode: modes.at(-1) });
    const response = await HyperionClient.generate({
      messages, stream: true, loader: "lamma.cpp", temperature: 0.5, top_p: 1, top_k: 50, do_sample: true, max_tokens: 8,
    });
    assert.equal((await texts(response)).join(""), response.reply.output);
  },

  async "replies and streams are the same text"() {
    await eachMode(async (client) => {
      // Long enough that it does not come in one piece, whoever is slow.
      const request = { messages, temperature: 0, max_tokens: 300, ignore_eos: true };
      const reply = await client.generate(request);
      assert.equal(reply.success, "true");
      assert.equal(reply.completion_tokens, 300);
      const stream = await client.generate({ ...request, stream: true });
      const pieces = await texts(stream);
      assert.ok(pieces.length > 1);
      assert.equal(pieces.join(""), reply.output);
      assert.equal(stream.reply.output, reply.output);
      assert.equal(stream.reply.finish_reason, reply.finish_reason);
    });
  },

  async "several texts come with their indices"() {
    await eachMode(async (client) => {
      const stream = await client.generate({ messages, temperature: 1, seed: 7, n: 2, n_probs: 1, max_tokens: 8, stream: true });
      const outputs = ["", ""];
      for await (const piece of stream.pieces()) {
        outputs[piece.index] += piece.text;
        assert.ok(piece.completion_probabilities.length > 0);
      }
      assert.deepEqual(outputs, stream.reply.completions.map((completion) => completion.output));
    });
  },

  async "completions have llama.cpp's names"() {
    await eachMode(async (client) => {
      const fields = { prompt: "Once upon a time", n_predict: 12, temperature: 0 };
      const result = await client.completion(fields);
      const stream = await client.completion({ ...fields, stream: true });
      assert.equal((await texts(stream)).join(""), result.content);
      assert.equal(stream.reply.stop, true);
      const results = await client.completion({ prompt: ["Once", "upon"], n_predict: 2 });
      assert.deepEqual(results.map((one) => one.index), [0, 1]);
    });
  },

  async "all kinds of letters arrive"() {
    const text = 'äöü€😀\u2028\\"\r\n'.repeat(500);
    await eachMode(async (client) => {
      const refused = await failure(client.generate({ prompt: text.repeat(4) }));
      assert.equal(refused.code, "HYP-3001");
      const reply = await client.generate({ prompt: text.slice(0, 55), max_tokens: 1 });
      assert.equal(reply.prompt, text.slice(0, 55));
    });
  },

  async "errors have Hyperion's code"() {
    await eachMode(async (client, mode) => {
      for (const stream of [false, true]) {
        const unknown = await failure(client.generate({ messages, model: "nobody", stream }));
        assert.ok(unknown instanceof HyperionError);
        assert.equal(unknown.code, "HYP-2001");
        assert.equal(unknown.status, mode === "REST" ? 404 : undefined);
        const wrong = await failure(client.generate({ messages, top_p: 2, stream }));
        assert.deepEqual([wrong.code, wrong.parameter], ["HYP-1003", "top_p"]);
        assert.equal((await failure(client.completion({ prompt: "a", top_p: 2, stream }))).code, "HYP-1003");
      }
      assert.equal((await failure(client.model("no body/at all?"))).code, "HYP-2001");
    });
  },

  async "keys are asked for"() {
    if (!api_key) {
      return "HYPERION_TEST_KEY is not set";
    }
    for (const key of [undefined, "nonsense", "not a token: {}"]) {
      await eachMode(async (client) => {
        client.api_key = key;
        assert.equal((await failure(client.generate({ prompt: "Once", max_tokens: 1 }))).code, "HYP-4001");
        assert.equal((await failure(client.models())).code, "HYP-4001");
      });
    }
  },

  async "models and status are told"() {
    const client = new Client({ uri, api_key });
    const models = await client.models();
    assert.ok(models.some((model) => model.default));
    assert.equal((await client.model(models[0].name)).name, models[0].name);
    assert.ok((await client.status()).version);
  },

  async "many requests are under way at once"() {
    await eachMode(async (client) => {
      const replies = await Promise.all(Array.from({ length: 8 }, () => client.generate({ messages, temperature: 0 })));
      assert.equal(new Set(replies.map((reply) => reply.output)).size, 1);
    });
  },

  async "cancelling frees the slot"() {
    if (!endless) {
      return "HYPERION_TEST_ENDLESS is not set";
    }
    const fields = { model: endless, prompt: "Once", max_tokens: 1_000_000_000, ignore_eos: true, context_shift: true };
    await eachMode(async (client, mode) => {
      const stream = await client.generate({ ...fields, stream: true });
      setTimeout(() => stream.cancel(), 100);
      await texts(stream);
      assert.equal(stream.reply?.finish_reason, mode === "REST" ? undefined : "cancelled");
      for await (const piece of await client.generate({ ...fields, stream: true })) {
        assert.equal(typeof piece, "string");
        break;
      }
      const reason = new Error("enough");
      const control = new AbortController();
      const whole = failure(client.generate({ ...fields, signal: control.signal }));
      setTimeout(() => control.abort(reason), 100);
      assert.equal(await whole, reason);
      assert.equal(await failure(client.generate({ ...fields, signal: control.signal })), reason);
      const reply = await client.generate({ model: endless, prompt: "Once", max_tokens: 1, timeout: 30 });
      assert.equal(reply.success, "true");
    });
  },

  async "progress of models that are not there yet is told"() {
    if (!late) {
      return "HYPERION_TEST_LATE is not set";
    }
    await eachMode(async (client, mode) => {
      const name = late[modes.indexOf(mode)];
      const { heard, onProgress } = listener(name);
      const reply = await client.generate({ prompt: "Once", model: name, max_tokens: 1, onProgress });
      assert.equal(reply.success, "true");
      downloaded(name, heard);
    });
    const client = new Client({ uri, api_key });
    const { heard, onProgress } = listener(late[2]);
    assert.equal((await client.pull(late[2], { onProgress })).state, "ready");
    downloaded(late[2], heard);
    assert.equal((await client.load(late[2])).state, "loaded");
    assert.equal((await client.unload(late[2])).state, "ready");
  },

  async "a callback that fails ends the request"() {
    const answer = send("text/event-stream", 'event: progress\ndata: {"state":"loading"}\n\n');
    await against(answer, async (uri) => {
      const refuse = () => {
        throw new RangeError("no");
      };
      assert.ok((await failure(new Client({ uri }).generate({ prompt: "a", onProgress: refuse }))) instanceof RangeError);
    });
  },

  async "answers that are not Hyperion's are told from its own"() {
    const answers = [
      send("text/html", "<html>"),
      send("text/html", "<html>", 502),
      send("application/json", '{"error":"no"}', 404),
      send("text/html", "", 302, { Location: "http://127.0.0.1:1/" }),
      send("text/event-stream", "event: token\ndata: nonsense\n\n"),
      send("text/event-stream", "event: token\ndata: 7\n\n"),
      send("text/event-stream", "event: error\ndata: {}\n\n"),
      send("text/event-stream", Buffer.from([0xff, 0xfe, 0x0a])),
    ];
    for (const answer of answers) {
      await against(answer, async (uri) => {
        assert.equal((await failure(new Client({ uri }).generate({ prompt: "a" }))).code, "HYP-9004");
      });
    }
  },

  async "connections that break are told"() {
    for (const mode of modes) {
      let gone;
      await against(send("text/plain", ""), async (uri) => (gone = uri));
      assert.equal((await failure(new Client({ uri: gone, mode }).generate({ prompt: "a" }))).code, "HYP-6005");
    }
    for (const text of ["", 'event: token\ndata: {"text":"a"}\n\n', 'event: done\ndata: {"output":"a"}']) {
      await against(send("text/event-stream", text), async (uri) => {
        assert.equal((await failure(new Client({ uri }).generate({ prompt: "a" }))).code, "HYP-6005");
      });
    }
    const cut = (request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Content-Length": 100 });
      response.write("event: token\n", () => response.destroy());
    };
    await against(cut, async (uri) => {
      assert.equal((await failure(new Client({ uri }).generate({ prompt: "a" }))).code, "HYP-6005");
    });
  },

  async "events arrive whole however they are cut"() {
    const text = Buffer.from(': waits\r\n\r\nevent: token\r\ndata: {"text":\r\ndata: "ä😀"}\r\n\r\nevent: done\ndata:{"output":"ä😀"}\n\n');
    const slowly = async (request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      for (const byte of text) {
        await new Promise((resolve) => response.write(Buffer.from([byte]), resolve));
      }
      response.end();
    };
    await against(slowly, async (uri) => {
      const stream = await new Client({ uri }).generate({ prompt: "a", stream: true });
      assert.deepEqual(await texts(stream), ["ä😀"]);
      assert.equal(stream.reply.output, "ä😀");
    });
  },

  async "addresses may leave out what is usual"() {
    for (const [ending, path] of [["", "/hyperion/"], ["/", "/"], ["/a/b/", "/a/b/"]]) {
      const asked = [];
      const answer = (request, response) => {
        asked.push(request.url);
        send("application/json", "{}")(request, response);
      };
      await against(answer, (uri) => new Client({ uri: `http://${uri}${ending}` }).status());
      assert.deepEqual(asked, [path]);
    }
    for (const uri of ["ftp://127.0.0.1", "http://", "http://a@127.0.0.1", "http://127.0.0.1/?a", "http://127.0.0.1:x"]) {
      assert.ok((await failure(new Client({ uri }).models())) instanceof TypeError, uri);
    }
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    const skipped = await test();
    console.log(skipped ? `skipped ${name}: ${skipped}` : `ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name}: ${error.message}\n${error.stack}`);
  }
}
console.log(`modes: ${modes.join(", ")}`);
process.exitCode = failed;
