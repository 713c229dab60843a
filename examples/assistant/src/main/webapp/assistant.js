// What the page does: all of it over the application's own API. Texts of models and customers only ever become text.

/** Models with fewer parameters do not make sense of a ticket. */
const TINY = 100e6;

const form = document.getElementById("ticket");
const element = id => document.getElementById(id);

let models = [];
/** Ends what is under way. */
let controller;
/** The button that began it. */
let origin;

form.addEventListener("submit", event => {
    event.preventDefault();
    run(classify);
});
element("draft").addEventListener("click", () => run(draft));
element("stop").addEventListener("click", () => controller?.abort());
element("refresh").addEventListener("click", () => loadModels().catch(report));
element("model").addEventListener("change", tellModel);
loadModels().catch(report);

/** One thing at a time, which can be stopped. */
async function run(action) {
    clearProblems();
    controller = new AbortController();
    setBusy(true);
    const failure = await action(controller.signal).then(() => undefined, reason => reason);
    setBusy(false);
    if (failure) {
        report(failure);
    }
    // A model that is used for the first time has been loaded now.
    loadModels().catch(() => {});
}

async function classify(signal) {
    const record = await (await post("api/tickets", signal)).json();
    for (const field of element("record").querySelectorAll("dd")) {
        field.textContent = record[field.dataset.field];
    }
}

async function draft(signal) {
    element("answer").textContent = "";
    element("figures").textContent = "Writing …";
    try {
        const response = await post("api/drafts", signal);
        for await (const {name, data} of events(response.body)) {
            if (name === "token") {
                element("answer").append(data.text);
            } else if (name === "done") {
                element("figures").textContent = figures(data);
            } else if (name === "error") {
                throw data;
            }
        }
    } catch (failure) {
        element("figures").textContent = failure.name === "AbortError" ? "Stopped" : "";
        throw failure;
    }
}

function figures({model, finishReason, tokens, tokensPerSecond}) {
    const end = finishReason === "length" ? ", cut off at the greatest length" : "";
    return `${tokens} tokens of ${model}, ${tokensPerSecond} per second${end}`;
}

/** Sends the form; throws the problem if the answer is one. */
async function post(path, signal) {
    const inquiry = Object.fromEntries(new FormData(form));
    for (const name of ["temperature", "maxTokens"]) {
        if (inquiry[name] === "") {
            delete inquiry[name];
        } else {
            inquiry[name] = Number(inquiry[name]);
        }
    }
    return checked(await fetch(path, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify(inquiry),
        signal
    }));
}

async function checked(response) {
    if (response.ok) {
        return response;
    }
    if (response.headers.get("Content-Type")?.startsWith("application/problem+json")) {
        const problem = await response.json();
        problem.retryAfter = response.headers.get("Retry-After");
        throw problem;
    }
    throw {title: `The server answered with status ${response.status}`};
}

/** The events of a stream. EventSource would do, if it could send a body. */
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

async function loadModels() {
    models = await (await checked(await fetch("api/models"))).json();
    const select = element("model");
    const chosen = select.value;
    select.replaceChildren(
        new Option("Hyperion's default", ""), ...models.map(({name}) => new Option(name, name)));
    select.value = models.some(({name}) => name === chosen) ? chosen : "";
    element("models").replaceChildren(...models.map(model => {
        const item = document.createElement("li");
        item.textContent = describe(model);
        return item;
    }));
    tellModel();
}

function describe({name, preselected, state, reason, parameters}) {
    const size = parameters > 0 ? `, ${(parameters / 1e6).toLocaleString("en", {maximumFractionDigits: 1})} M parameters` : "";
    return `${name}${preselected ? " (default)" : ""}: ${state}${size}${reason ? ` – ${reason}` : ""}`;
}

function tellModel() {
    const name = element("model").value;
    const model = models.find(name === "" ? ({preselected}) => preselected : other => other.name === name);
    element("model-state").textContent = model ? describe(model) : "";
    element("demo").hidden = !(model && model.parameters > 0 && model.parameters < TINY);
}

function report(failure) {
    if (failure.name === "AbortError") {
        return;
    }
    for (const {field, message} of failure.errors ?? []) {
        const control = form.elements[field];
        if (control) {
            element(`${field}-error`).textContent = message;
            control.setAttribute("aria-invalid", "true");
            control.closest("details")?.setAttribute("open", "");
        }
    }
    form.querySelector("[aria-invalid]")?.focus();
    const retry = failure.retryAfter ? ` Try again in ${failure.retryAfter} s.` : "";
    const detail = failure.detail ?? (failure instanceof Error ? failure.message : "");
    element("problem").textContent = `${failure.title ?? "The server cannot be reached"}${detail ? `: ${detail}` : "."}${retry}`;
}

function clearProblems() {
    for (const error of form.querySelectorAll(".error")) {
        error.textContent = "";
    }
    for (const control of form.querySelectorAll("[aria-invalid]")) {
        control.removeAttribute("aria-invalid");
    }
}

function setBusy(busy) {
    const pressed = document.activeElement;
    element("classify").disabled = busy;
    element("draft").disabled = busy;
    element("stop").disabled = !busy;
    // A button that can no longer be pressed would take the keyboard's place on the page with it.
    if (busy && pressed?.matches("#classify, #draft")) {
        origin = pressed;
        element("stop").focus();
    } else if (!busy && pressed === element("stop")) {
        origin?.focus();
    }
}
