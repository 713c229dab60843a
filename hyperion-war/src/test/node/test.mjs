// OpenAI's own client for JavaScript against the server whose API is at the first argument; the second is the model.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0, timeout: 60_000 });
const ask = (content) => ({ model, temperature: 0, messages: [{ role: "user", content }] });

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Get the current weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

const tests = {
  async "chat.completions.create"() {
    const reply = await client.chat.completions.create({ ...ask("Count to 5."), n: 2 });
    assert.equal(reply.choices.length, 2);
    assert.ok(reply.choices[0].message.content.length > 0);
    assert.ok(reply.usage.total_tokens > 0);
  },

  async "chat.completions.stream"() {
    const whole = await client.chat.completions.create(ask("Count to 5."));
    const stream = client.chat.completions.stream({ ...ask("Count to 5."), stream_options: { include_usage: true } });
    let pieces = "";
    stream.on("content", (delta) => (pieces += delta));
    const streamed = await stream.finalChatCompletion();
    assert.equal(pieces, whole.choices[0].message.content);
    assert.equal(streamed.choices[0].message.content, whole.choices[0].message.content);
    assert.equal(streamed.choices[0].finish_reason, whole.choices[0].finish_reason);
    assert.equal((await stream.totalUsage()).completion_tokens, whole.usage.completion_tokens);
  },

  async "chat.completions.stream of a tool call"() {
    const stream = client.chat.completions.stream({ ...ask("What is the weather in Oslo?"), tools: [weather], tool_choice: "required" });
    let pieces = "";
    stream.on("tool_calls.function.arguments.delta", (event) => (pieces += event.arguments_delta));
    const message = await stream.finalMessage();
    assert.equal(message.tool_calls[0].function.name, "get_weather");
    assert.equal(message.tool_calls[0].function.arguments, pieces);
    assert.equal(typeof JSON.parse(pieces).city, "string");
  },

  async "chat.completions.runTools"() {
    const cities = [];
    const tool = {
      ...weather,
      function: {
        ...weather.function,
        parse: JSON.parse,
        function: ({ city }) => {
          cities.push(city);
          return JSON.stringify({ temperature: 21, condition: "sunny" });
        },
      },
    };
    const runner = client.chat.completions.runTools({ ...ask("What is the weather in Oslo?"), tools: [tool] });
    const answer = await runner.finalContent();
    assert.deepEqual(cities, ["Oslo"]);
    assert.match(answer, /21/);
  },

  async "chat.completions.runTools as a stream"() {
    let called = 0;
    const tool = {
      ...weather,
      function: { ...weather.function, parse: JSON.parse, function: () => (called++, "It is raining.") },
    };
    const runner = client.chat.completions.runTools({ ...ask("What is the weather in Oslo?"), tools: [tool], stream: true });
    const answer = await runner.finalContent();
    assert.equal(called, 1);
    assert.match(answer, /rain/);
  },

  async "chat.completions.parse"() {
    const Verdict = z.object({ mood: z.enum(["good", "bad"]), points: z.array(z.number().int()).max(2), sure: z.boolean() });
    const reply = await client.chat.completions.parse({
      ...ask("What do you know about dogs?"),
      response_format: zodResponseFormat(Verdict, "verdict"),
    });
    const verdict = Verdict.parse(reply.choices[0].message.parsed);
    assert.equal(typeof verdict.sure, "boolean");
  },

  async "completions.create"() {
    const reply = await client.completions.create({ model, prompt: ["Once upon a time", [5, 6]].slice(0, 1), max_tokens: 5, echo: true });
    assert.ok(reply.choices[0].text.startsWith("Once upon a time"));
    let pieces = "";
    for await (const event of await client.completions.create({ model, prompt: "Once", max_tokens: 5, stream: true })) {
      pieces += event.choices[0]?.text ?? "";
    }
    assert.ok(pieces.length > 0);
  },

  async "embeddings.create"() {
    // This client asks for Base64 unless it is told otherwise.
    const [bytes, numbers] = await Promise.all(
      [undefined, "float"].map((encoding_format) =>
        client.embeddings.create({ model: "vectors", input: ["A dog", "A cat"], dimensions: 8, encoding_format }),
      ),
    );
    assert.equal(bytes.data[1].embedding.length, 8);
    bytes.data[1].embedding.forEach((value, i) => assert.ok(Math.abs(value - numbers.data[1].embedding[i]) < 1e-2));
  },

  async "models.list and models.retrieve"() {
    const ids = [];
    for await (const entry of client.models.list()) {
      ids.push(entry.id);
    }
    assert.ok(ids.includes(model));
    assert.equal((await client.models.retrieve(model)).object, "model");
  },

  async "errors"() {
    const failed = (call) => call.then(() => assert.fail("no error"), (error) => error);
    const unknown = await failed(client.models.retrieve("none"));
    assert.ok(unknown instanceof OpenAI.NotFoundError);
    assert.equal(unknown.code, "model_not_found");
    const wrong = await failed(client.chat.completions.create({ ...ask("x"), temperature: 1000 }));
    assert.ok(wrong instanceof OpenAI.BadRequestError);
    assert.equal(wrong.param, "temperature");
  },
};

let failures = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    console.log(`ok ${name}`);
  } catch (error) {
    failures++;
    console.log(`not ok ${name}`);
    console.log(error);
  }
}
process.exitCode = failures === 0 ? 0 : 1;
