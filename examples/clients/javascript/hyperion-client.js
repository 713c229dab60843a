/**
 * A client of Hyperion, the model server, in one file: for browsers, Node.js 18 or later, and nothing else.
 *
 *     import { HyperionClient } from "./hyperion-client.js";
 *
 *     HyperionClient.uri = "127.0.0.1:8080";
 *     HyperionClient.mode = "WEBSOCKET";
 *     const reply = await HyperionClient.generate({ messages: [{ role: "user", content: "What do you know about dogs?" }] });
 *     console.log(reply.output);
 *
 * HyperionClient is a client that is there already; further ones are made by new Client({ uri, api_key, mode }).
 */

const UNREACHABLE = "HYP-6005";
const FOREIGN_ANSWER = "HYP-9004";

/** The characters that a subprotocol may have, of which an api_key is made as a rule. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * What Hyperion has refused, or could not do.
 *
 * - code: such as "HYP-2001", which keeps its meaning for ever (docs/http.md lists them all); HYP-6005 if the server cannot be reached or the
 *   connection broke, HYP-9004 if what answers is not Hyperion; undefined for an error within a stream of llama.cpp's protocol, which tells none
 * - parameter: the field that is wrong, if it is one
 * - status: the HTTP status, if there was one
 * - retry_after: in how many seconds to try again, if the server estimates that
 */
export class HyperionError extends Error {
  constructor(code, message, { parameter, status, retry_after, cause } = {}) {
    super(code ? `${code}: ${message}` : message, { cause });
    this.name = "HyperionError";
    this.code = code;
    this.parameter = parameter;
    this.status = status;
    this.retry_after = retry_after;
  }
}

/** The pieces of a text as they come, for one "for await". Leaving the loop early cancels the generation. */
export class Stream {
  #events;
  #first;
  #cancel;
  #onProgress;

  /** The whole reply; undefined until the end, and after a generation of mode REST that was cancelled. */
  reply = undefined;

  constructor(events, cancel, onProgress) {
    this.#events = events;
    this.#cancel = cancel;
    this.#onProgress = onProgress;
  }

  /** Waits for the first piece, so that a refusal is one of the call that makes the stream. */
  async begin() {
    this.#first = await this.#take();
    return this;
  }

  async #take() {
    for (;;) {
      const { value: event, done } = await this.#events.next();
      if (done) {
        return undefined;
      } else if (event.name === "token") {
        return event.data;
      } else if (event.name === "progress") {
        try {
          this.#onProgress?.(event.data);
        } catch (error) {
          await this.#events.return();
          throw error;
        }
      } else {
        this.reply = event.data;
      }
    }
  }

  /** The texts of the pieces. */
  async *[Symbol.asyncIterator]() {
    for await (const piece of this.pieces()) {
      yield piece.text;
    }
  }

  /** The pieces with all that comes with them: text, and if asked for index, completion_probabilities, tokens. */
  async *pieces() {
    try {
      for (let piece = this.#first; piece !== undefined; piece = await this.#take()) {
        this.#first = undefined;
        yield piece;
      }
    } finally {
      await this.#events.return();
    }
  }

  /** Ends the generation. The pieces end soon after. */
  cancel() {
    this.#cancel();
  }
}

/** A way to one server. */
export class Client {
  #socket = undefined;

  /**
   * @param {object} settings
   *   - uri: where Hyperion is: "host:port", or "http://host:port/path" or "https://…"; the path is /hyperion if none is given. In a browser,
   *     "" is the host that the page came from
   *   - api_key: the key, if there is one
   *   - mode: "REST" or "WEBSOCKET": how generations are asked for. All else goes by HTTP in both
   *   - WebSocket: the class to use, for a Node.js before 22, which has none: that of the package "ws"
   */
  constructor({ uri = "127.0.0.1:8080", api_key = undefined, mode = "REST", WebSocket = globalThis.WebSocket } = {}) {
    this.uri = uri;
    this.api_key = api_key;
    this.mode = mode;
    this.WebSocket = WebSocket;
  }

  /**
   * Has a model reply to a conversation, or with a prompt go on from a text.
   *
   * @param {object} request the fields of POST /generate, such as model, messages, prompt, loader, temperature, top_p, top_k, do_sample,
   *   max_tokens, stop, seed, timeout, tools; and
   *   - stream: whether a Stream is wanted, instead of the reply
   *   - onProgress: is called with an object while the model is downloaded or loaded: model, state, fraction, bytes, total_bytes,
   *     bytes_per_second, remaining_seconds, as far as they are known
   *   - signal: an AbortSignal, which cancels the generation; the promise, or the loop over the stream, is rejected with its reason then
   * @returns {Promise<object|Stream>} the reply, with output, finish_reason, prompt_tokens and more; or the Stream, once its first piece is there
   */
  generate({ stream = false, onProgress, signal, ...fields }) {
    return this.#generation("generate", fields, stream, onProgress, signal);
  }

  /**
   * Has a model go on from a prompt, with the names and results of llama.cpp's POST /completion. Of several prompts the reply is a list of results.
   * onProgress is called in mode WEBSOCKET; llama.cpp's protocol over HTTP has no word for it.
   */
  completion({ stream = false, onProgress, signal, ...fields }) {
    return this.#generation("completion", fields, stream, onProgress, signal);
  }

  /** @returns {Promise<object[]>} the models */
  async models() {
    return (await this.#call("GET", "/models")).models;
  }

  /** @returns {Promise<object>} one model */
  model(name) {
    return this.#call("GET", model(name));
  }

  /** @returns {Promise<object>} how the server is: version, devices, models, downloads, pools, figures */
  status() {
    return this.#call("GET", "/");
  }

  /** Brings a model into memory, downloading it before if need be. Gives the model when it is there. Needs an administrator's key, as all below. */
  load(name, options = {}) {
    return this.#act(name, "load", options);
  }

  /** Downloads the file of a model. Gives the model when it is there. */
  pull(name, options = {}) {
    return this.#act(name, "pull", options);
  }

  /** Takes a model out of memory, or ends its loading or download. */
  unload(name) {
    return this.#act(name, "unload", {});
  }

  /** Keeps a model in memory. */
  pin(name) {
    return this.#act(name, "pin", {});
  }

  /** Lets a model be unloaded when it is idle. */
  unpin(name) {
    return this.#act(name, "unpin", {});
  }

  /** Adds a model, such as { name, source: "hf:owner/repository:Q4_K_M" }. */
  add(settings) {
    return this.#call("POST", "/models", settings);
  }

  /** Takes a model away that was added, and with { file: true } its file too. */
  remove(name, { file = false } = {}) {
    return this.#call("DELETE", model(name) + (file ? "?file=true" : ""));
  }

  async #generation(method, fields, stream, onProgress, signal) {
    const mode = String(this.mode).toUpperCase();
    signal?.throwIfAborted();
    let result;
    if (mode === "WEBSOCKET") {
      // Of progress the server tells those who want pieces.
      const request = this.#connection().request(method, { ...fields, stream: Boolean(stream || onProgress) });
      const events = aborted(request.events(), () => request.end(), signal);
      result = await new Stream(events, () => request.cancel(), onProgress).begin();
    } else if (mode !== "REST") {
      throw new TypeError(`mode must be "REST" or "WEBSOCKET", but is ${this.mode}`);
    } else if (method === "completion" && !stream) {
      return this.#call("POST", "/completion", fields, signal);
    } else {
      // As a stream, even if it is wanted whole: the server sees when nobody waits any more, and can tell of progress.
      result = await this.#stream("/" + method, { ...fields, stream: true }, onProgress, signal);
    }
    return stream ? result : whole(result);
  }

  async #act(name, act, { onProgress, signal }) {
    // As a stream, which tells that the server is there, however long it takes.
    return whole(await this.#stream(`${model(name)}/${act}`, { stream: true }, onProgress, signal));
  }

  async #stream(path, body, onProgress, signal) {
    signal?.throwIfAborted();
    const control = new AbortController();
    const abort = () => control.abort(signal.reason);
    signal?.addEventListener("abort", abort, { once: true });
    const response = this.#fetch("POST", path, body, control.signal, "text/event-stream");
    const events = httpEvents(this.uri, response, control, () => signal?.removeEventListener("abort", abort));
    return new Stream(events, () => control.abort(CANCELLED), onProgress).begin();
  }

  async #call(method, path, body, signal) {
    const response = await this.#fetch(method, path, body, signal, "application/json");
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      throw foreign(this.uri, "its answer is no JSON");
    }
    try {
      return await response.json();
    } catch (error) {
      throw signal?.aborted ? signal.reason : broken(this.uri, error);
    }
  }

  async #fetch(method, path, body, signal, accept) {
    const headers = { Accept: accept };
    if (this.api_key) {
      headers.Authorization = `Bearer ${this.api_key}`;
    }
    if (body !== undefined) {
      headers["Content-Type"] = "application/json";
    }
    const address = base(this.uri) + path;
    let response;
    try {
      response = await fetch(address, { method, headers, body: JSON.stringify(body), signal, redirect: "manual" });
    } catch (error) {
      if (signal?.aborted) {
        throw signal.reason;
      }
      throw unreachable(this.uri, error);
    }
    if (response.status !== 200 && response.status !== 201) {
      throw await refusal(this.uri, response);
    }
    return response;
  }

  #connection() {
    if (!this.WebSocket) {
      throw new TypeError("This Node.js has no WebSocket (22 and later have): set WebSocket to the class of the package 'ws'");
    }
    if (!this.#socket?.isOpenFor(this)) {
      this.#socket = new Connection(this);
    }
    return this.#socket;
  }
}

/** The client for programs that need one. */
export const HyperionClient = new Client();

const CANCELLED = Symbol("cancelled");

const model = (name) => `/models/${encodeURIComponent(name)}`;

async function whole(stream) {
  // eslint-disable-next-line no-unused-vars
  for await (const piece of stream.pieces()) {
    // The reply has them all.
  }
  return stream.reply;
}

/** The address that paths are put behind. */
function base(uri) {
  if (uri === "" && globalThis.location) {
    return `${globalThis.location.origin}/hyperion`;
  }
  const text = String(uri).includes("://") ? String(uri) : `http://${uri}`;
  const url = new URL(text.replace(/^ws(s?):/, "http$1:"));
  if (!/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) {
    throw new TypeError(`uri must be host:port, or an http or https address, but is ${uri}`);
  }
  // An address has a slash behind its host, whether it was written or not.
  const path = /^[a-z]+:\/\/[^/]+$/i.test(text) ? "/hyperion" : url.pathname.replace(/\/+$/, "");
  return url.origin + path;
}

function unreachable(uri, cause) {
  return new HyperionError(UNREACHABLE, `${uri} cannot be reached: ${cause?.cause?.message ?? cause?.message ?? cause}`, { cause });
}

function broken(uri, cause) {
  return new HyperionError(UNREACHABLE, `The connection to ${uri} broke: ${cause?.message ?? cause}`, { cause });
}

function foreign(uri, what) {
  return new HyperionError(FOREIGN_ANSWER, `What answers at ${uri} is not Hyperion, or its answer is damaged: ${what}`);
}

function parsed(uri, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw foreign(uri, error.message);
  }
  if (value === null || typeof value !== "object") {
    throw foreign(uri, "an event is no object");
  }
  return value;
}

/** The error of an answer whose status is none of success. */
async function refusal(uri, response) {
  let told;
  try {
    told = (await response.json()).error;
  } catch {
    told = undefined; // Not of Hyperion, which says more than a status.
  }
  const code = response.headers.get("Hyperion-Error") ?? told?.code;
  if (typeof code !== "string") {
    return foreign(uri, `it answers with status ${response.status}`);
  }
  const after = Number.parseFloat(response.headers.get("Retry-After"));
  return new HyperionError(code, told?.message ?? told ?? code, {
    parameter: told?.parameter ?? response.headers.get("Hyperion-Parameter") ?? undefined,
    status: response.status,
    retry_after: Number.isNaN(after) ? undefined : after,
  });
}

/** The error that an event tells. */
function toldError(uri, told) {
  if (typeof told?.message !== "string") {
    return foreign(uri, "an error without a message");
  }
  const code = typeof told.code === "string" ? told.code : undefined;
  return new HyperionError(code, told.message, { parameter: told.parameter, retry_after: told.retry_after });
}

/** The events, until the signal ends them. */
async function* aborted(events, end, signal) {
  signal?.addEventListener("abort", end, { once: true });
  try {
    yield* events;
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** The events of an answer: { name, data }. Leaving them closes the connection. */
async function* httpEvents(uri, answer, control, whenOver) {
  const results = [];
  try {
    const response = await answer;
    if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      throw foreign(uri, "its answer is no stream of events");
    }
    for await (const { field, name, text } of sseFields(uri, response.body, control.signal)) {
      const data = parsed(uri, text);
      if (field === "error" || name === "error") {
        throw toldError(uri, data.error);
      } else if (name !== "message") {
        yield { name, data };
        if (name === "done") {
          return;
        }
      } else if (data.stop) {
        // llama.cpp's protocol: the results come last, and have no text of their own.
        results.push(data);
      } else {
        const { content = "", ...more } = data;
        yield { name: "token", data: { ...more, text: content } };
      }
    }
    if (results.length === 0) {
      throw broken(uri, "the stream ended early");
    }
    yield { name: "done", data: results.length === 1 ? results[0] : results };
  } catch (error) {
    if (!control.signal.aborted) {
      throw error;
    } else if (control.signal.reason !== CANCELLED) {
      throw control.signal.reason;
    }
  } finally {
    whenOver();
    control.abort(CANCELLED);
  }
}

/** The fields of server-sent events that have data: "data" or "error", the event's name, the text. */
async function* sseFields(uri, body, signal) {
  let name = "message";
  let data = [];
  let field = "data";
  for await (const line of lines(uri, body, signal)) {
    const at = line.indexOf(":");
    const key = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "");
    if (line === "") {
      if (data.length > 0) {
        yield { field, name, text: data.join("\n") };
      }
      name = "message";
      data = [];
      field = "data";
    } else if (key === "event") {
      name = value;
    } else if (key === "data" || key === "error") {
      field = key;
      data.push(value);
    }
  }
}

async function* lines(uri, body, signal) {
  const reader = body.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for (;;) {
    let read;
    try {
      read = await reader.read();
    } catch (error) {
      throw signal.aborted ? error : broken(uri, error);
    }
    try {
      rest += decoder.decode(read.value ?? new Uint8Array(), { stream: !read.done });
    } catch (error) {
      throw foreign(uri, error.message);
    }
    const whole = rest.split(/\r\n|\n/);
    rest = whole.pop();
    yield* whole;
    if (read.done) {
      return;
    }
  }
}

/** A WebSocket with all requests that are under way on it. It is closed when the last one ends. */
class Connection {
  #uri;
  #key;
  #socket;
  #opened;
  #isOpened = false;
  #requests = new Map();
  #last = 0;
  #over = false;

  constructor(client) {
    this.#uri = client.uri;
    this.#key = client.api_key;
    const url = new URL(`${base(client.uri)}/ws`.replace(/^http/, "ws"));
    const protocols = [];
    if (this.#key && TOKEN.test(this.#key)) {
      protocols.push("hyperion", `bearer.${this.#key}`);
    } else if (this.#key) {
      url.searchParams.set("access_token", this.#key);
    }
    this.#socket = new client.WebSocket(url.href, protocols);
    this.#opened = new Promise((resolve) => this.#socket.addEventListener("open", resolve));
    this.#opened.then(() => (this.#isOpened = true));
    this.#socket.addEventListener("message", (event) => this.#receive(event.data));
    // Of a socket that was never open, Node.js 20 tells no close.
    this.#socket.addEventListener("error", (event) => this.#isOpened || this.#closed(client, event));
    this.#socket.addEventListener("close", (event) => this.#closed(client, event));
  }

  isOpenFor(client) {
    return !this.#over && this.#uri === client.uri && this.#key === client.api_key;
  }

  request(method, params) {
    const id = ++this.#last;
    const queue = [];
    let wake = () => {};
    const put = (item) => {
      queue.push(item);
      wake();
    };
    this.#requests.set(id, put);
    const send = (message) => this.#opened.then(() => this.#requests.has(id) && this.#socket.send(JSON.stringify(message)));
    const over = () => this.#end(id);
    send({ id, method, params }).catch((error) => put({ failure: error }));
    return {
      cancel: () => send({ id, method: "cancel" }),
      end: () => put({ failure: new HyperionError(UNREACHABLE, "The request was given up"), givenUp: true }),
      async *events() {
        let ended = false;
        try {
          while (!ended) {
            while (queue.length === 0) {
              await new Promise((resolve) => (wake = resolve));
            }
            const { name, data, failure, givenUp } = queue.shift();
            ended = !givenUp && (failure !== undefined || name === "done");
            if (failure) {
              throw failure;
            }
            yield { name, data };
          }
        } finally {
          if (!ended) {
            send({ id, method: "cancel" });
          }
          over();
        }
      },
    };
  }

  #end(id) {
    // What is left to be sent, such as a cancel, is sent before the socket closes.
    this.#opened.then(() => {
      this.#requests.delete(id);
      if (this.#requests.size === 0) {
        this.#close();
      }
    });
  }

  #close() {
    this.#over = true;
    this.#socket.close(1000);
  }

  #receive(text) {
    let frame;
    try {
      frame = parsed(this.#uri, text);
    } catch (error) {
      this.#fail(error);
      this.#close();
      return;
    }
    const { id, event: name, ...data } = frame;
    if (name === "error") {
      const failure = toldError(this.#uri, data);
      // One without an id is of the socket, and so of all that is under way.
      (id == null ? [...this.#requests.values()] : [this.#requests.get(id)]).forEach((put) => put?.({ failure }));
    } else {
      this.#requests.get(id)?.({ name, data: name === "done" && data.results ? data.results : data });
    }
  }

  async #closed(client, event) {
    if (this.#over) {
      return;
    }
    this.#over = true;
    if (this.#isOpened) {
      this.#fail(broken(this.#uri, event.reason || `closed with ${event.code}`));
    } else {
      // A WebSocket does not tell why it was refused; the same key is refused for this too, with the reason.
      const failure = await client.models().then(
        () => unreachable(this.#uri, "it opens no WebSocket"),
        (error) => error,
      );
      this.#fail(failure);
    }
  }

  #fail(failure) {
    this.#over = true;
    this.#requests.forEach((put) => put({ failure }));
    this.#requests.clear();
  }
}
