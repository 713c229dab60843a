// The server's own API, as the page needs it. All paths are relative to the page, so that the context root does not matter.

const KEY = "hyperion.key";
const PATIENCE_MILLIS = 10_000;
const BROKEN = "The connection to the server broke before the answer was complete";

/** Kept here too, for browsers that keep nothing. */
let key = kept();

/** What the server refused, or could not do. */
export class Refusal extends Error {
    /** `code` is Hyperion's, such as HYP-1003; `parameter` the field that is to blame; `retryAfter` in seconds. All but the message may be missing. */
    constructor(message, {status, code, parameter, retryAfter} = {}) {
        super(message);
        this.name = "Refusal";
        Object.assign(this, {status, code, parameter, retryAfter});
    }

    get needsKey() {
        return this.status === 401;
    }

    /** In a sentence or two, without the code. */
    get text() {
        const again = this.retryAfter ? ` Try again in ${this.retryAfter} s.` : "";
        return `${this.message}${/[.!?]$/.test(this.message) ? "" : "."}${again}`;
    }
}

/** Shows a failure in an element, its code first; without a failure empties the element. What is shown already is left, as it is read aloud. */
export function showFailure(element, failure) {
    const code = failure?.code ? `${failure.code} ` : "";
    const text = failure ? failure.text ?? failure.message : "";
    if (element.textContent !== code + text) {
        const shown = document.createElement("code");
        shown.textContent = code.trim();
        element.replaceChildren(...code ? [shown, " "] : [], text);
    }
}

export function hasKey() {
    return key !== "";
}

/** An empty one is forgotten. */
export function useKey(given) {
    key = given;
    try {
        if (given) {
            sessionStorage.setItem(KEY, given);
        } else {
            sessionStorage.removeItem(KEY);
        }
    } catch {
        // Then it is forgotten when the page is left.
    }
}

function kept() {
    try {
        return sessionStorage.getItem(KEY) ?? "";
    } catch {
        return "";
    }
}

/** What the whole server does. */
export function status() {
    return json("./", {signal: AbortSignal.timeout(PATIENCE_MILLIS)});
}

/** The prompt that the request would give to the model. */
export async function render(request) {
    return (await json("render", {method: "POST", body: request})).prompt;
}

/** Changes a model: load, unload, pull, pin or unpin. Returns when that is done, with the model. */
export async function change(model, action) {
    // As a stream: browsers and proxies give up a connection that is silent for as long as a download takes.
    for await (const {name, data} of stream(`models/${encodeURIComponent(model)}/${action}`, {stream: true})) {
        if (name === "done") {
            return data;
        }
    }
}

export function add(name, source) {
    return json("models", {method: "POST", body: {name, source}});
}

export function remove(model, withFile) {
    return json(`models/${encodeURIComponent(model)}${withFile ? "?file=true" : ""}`, {method: "DELETE"});
}

/** The events of a reply, as they come: `{name, data}`. */
export function generate(request, signal) {
    return stream("generate", {...request, stream: true}, signal);
}

/** The events of an answer, as they come: `{name, data}`; the last one is `done`. */
async function* stream(path, body, signal) {
    const response = await send(path, {method: "POST", body, accept: "text/event-stream", signal});
    let ended = false;
    try {
        for await (const event of events(response.body)) {
            if (event.name === "error") {
                const {message, code, parameter, retry_after: retryAfter} = event.data.error;
                throw new Refusal(message, {code, parameter, retryAfter});
            }
            ended = event.name === "done";
            yield event;
        }
    } catch (failure) {
        throw failure instanceof Refusal || signal?.aborted ? failure : new Refusal(BROKEN);
    }
    if (!ended) {
        throw new Refusal(BROKEN);
    }
}

async function json(path, options) {
    return (await send(path, options)).json();
}

/** Sends a request; throws a Refusal unless it was answered with success. */
async function send(path, {method = "GET", body, accept = "application/json", signal} = {}) {
    const headers = {Accept: accept};
    if (key) {
        headers.Authorization = `Bearer ${key}`;
    }
    if (body) {
        headers["Content-Type"] = "application/json";
    }
    let response;
    try {
        response = await fetch(path, {method, headers, body: body && JSON.stringify(body), signal, cache: "no-store"});
    } catch (failure) {
        if (signal?.aborted && signal.reason.name === "AbortError") {
            throw signal.reason;
        }
        throw new Refusal("The server cannot be reached");
    }
    if (!response.ok) {
        throw await refusal(response);
    }
    return response;
}

async function refusal(response) {
    const told = {status: response.status, retryAfter: response.headers.get("Retry-After")};
    const {error} = await response.json().catch(() => ({}));
    // A proxy in between has errors of its own.
    return error?.message
        ? new Refusal(error.message, {...told, code: error.code, parameter: error.parameter})
        : new Refusal(`The server answered with status ${response.status}`, told);
}

/** Server-sent events. EventSource would do, if it could send a body and a key. */
async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const blocks = (rest + part.value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
            const name = /^event: (.*)$/m.exec(block)?.[1];
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (name && data) {
                yield {name, data: JSON.parse(data)};
            }
        }
    }
}
