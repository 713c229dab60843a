// The conversation with a model.

import {Answer} from "./answer.js";
import {number, showProgress} from "./format.js";
import * as server from "./server.js";

const FIRST = {
    absent: "Its file is downloaded when it is first asked.",
    ready: "It is loaded when it is first asked.",
    failed: "It could not be loaded."
};

const element = id => document.getElementById(id);
const log = element("log");
const message = element("message");
const select = element("model");
const fields = [...document.querySelectorAll("[data-parameter]")];

let models = [];
/** The turns that were answered, as the server takes them. */
let turns = [];
/** Ends the answer that is under way. */
let running;
let askForKey = () => {};

/** Begins; `needsKey` is called with a refusal for want of a key. */
export function startChat({needsKey}) {
    askForKey = needsKey;
    element("composer").addEventListener("submit", event => {
        event.preventDefault();
        send();
    });
    message.addEventListener("keydown", event => {
        // While a word is being composed, Enter is for that.
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            send();
        }
    });
    document.addEventListener("keydown", event => {
        if (event.key === "Escape" && running && !document.querySelector("dialog[open]")) {
            stop();
        }
    });
    element("stop").addEventListener("click", stop);
    element("clear").addEventListener("click", clear);
    element("preview").addEventListener("click", preview);
    select.addEventListener("change", tellModel);
}

/** Offers the models that the server has, and keeps the one that was chosen. */
export function offerModels(offered) {
    const unchanged = models.length === offered.length && models.every(({name}, i) => name === offered[i].name);
    const chosen = models.length > 0 ? select.value : undefined;
    models = offered;
    if (!unchanged) {
        select.replaceChildren(...models.length > 0
            ? models.map(({name}) => new Option(name, name))
            : [new Option("The default model", "")]);
        select.value = (models.find(({name}) => name === chosen) ?? models.find(model => model.default) ?? models[0])?.name ?? "";
    }
    tellModel();
}

function chosenModel() {
    return models.find(({name}) => name === select.value);
}

function tellModel() {
    const model = chosenModel();
    const hints = [];
    if (model?.chat_template === false) {
        hints.push("This model has no chat template: it goes on with your text as it is.");
    }
    if (FIRST[model?.state]) {
        hints.push(FIRST[model.state]);
    }
    element("model-hint").textContent = hints.join(" ");
    for (const field of fields) {
        field.placeholder = model?.defaults?.[field.dataset.parameter] ?? field.dataset.otherwise;
    }
}

/** What the server is asked when this is said next. Throws a Refusal if a setting is no number. */
function request(text) {
    const asked = {};
    if (select.value) {
        asked.model = select.value;
    }
    for (const field of fields) {
        if (field.validity.badInput) {
            throw new server.Refusal("This is not a number", {parameter: field.dataset.parameter});
        }
        if (field.value !== "") {
            asked[field.dataset.parameter] = Number(field.value);
        }
    }
    if (chosenModel()?.chat_template === false) {
        return {...asked, prompt: text};
    }
    const system = element("system").value.trim();
    const messages = [...system ? [{role: "system", content: system}] : [], ...turns];
    return {...asked, messages: text ? [...messages, {role: "user", content: text}] : messages};
}

function send() {
    const text = message.value;
    if (running || text.trim() === "") {
        return;
    }
    message.value = "";
    element("empty").hidden = true;
    const said = document.createElement("div");
    said.className = "entry user text";
    said.textContent = text;
    log.append(said);
    answer(text);
}

async function answer(text) {
    const entry = new Entry(select.value, {
        again: () => {
            if (!running) {
                entry.remove();
                answer(text);
            }
        }
    });
    const controller = new AbortController();
    setRunning(controller);
    clearFaults();
    let failure;
    try {
        for await (const {name, data} of server.generate(request(text), controller.signal)) {
            if (name === "progress") {
                entry.wait(data);
            } else if (name === "token") {
                entry.append(data.text);
            } else if (name === "done") {
                entry.done(data);
            }
        }
    } catch (reason) {
        failure = reason;
    }
    const isStopped = controller.signal.aborted;
    entry.end(isStopped ? undefined : failure, isStopped);
    // New chat has begun meanwhile.
    if (running !== controller) {
        return;
    }
    setRunning(undefined);
    if (entry.text !== "" && (isStopped || !failure)) {
        turns.push({role: "user", content: text}, {role: "assistant", content: entry.text});
    }
    if (failure && !isStopped) {
        blame(failure);
    }
}

function stop() {
    running?.abort();
    message.focus();
}

function clear() {
    running?.abort();
    setRunning(undefined);
    turns = [];
    log.replaceChildren(element("empty"));
    element("empty").hidden = false;
    message.focus();
}

function setRunning(controller) {
    const focused = document.activeElement;
    running = controller;
    element("send").hidden = Boolean(controller);
    element("stop").hidden = !controller;
    // A button that is hidden would take the keyboard's place on the page with it.
    if (focused === element("send") || focused === element("stop")) {
        message.focus();
    }
}

/** Shows whose fault it is, where that can be told. */
function blame(failure) {
    if (failure.needsKey) {
        askForKey(failure);
    }
    const field = fields.find(({dataset}) => dataset.parameter === failure.parameter);
    if (field) {
        element("settings").open = true;
        field.setAttribute("aria-invalid", "true");
        element(`${field.id}-error`).textContent = failure.text;
        field.focus();
    }
}

function clearFaults() {
    for (const field of fields) {
        field.removeAttribute("aria-invalid");
        element(`${field.id}-error`).textContent = "";
    }
}

async function preview() {
    clearFaults();
    if (message.value.trim() === "" && turns.length === 0) {
        showPrompt("", "The prompt is made of the conversation and of the message that you are writing: write one first.");
        return;
    }
    try {
        showPrompt(await server.render(request(message.value)), "The very text that the model would be given now.");
    } catch (failure) {
        showPrompt("", "");
        server.showFailure(element("prompt-error"), failure);
        blame(failure);
    }
}

function showPrompt(text, hint) {
    server.showFailure(element("prompt-error"));
    element("prompt-text").textContent = text;
    element("prompt-hint").textContent = hint;
    element("prompt-dialog").showModal();
}

/** An answer in the log. */
class Entry {
    text = "";
    #element = element("answer-entry").content.firstElementChild.cloneNode(true);
    #answer = new Answer(this.#find(".text"));
    /** What has come since the last frame. */
    #waiting = "";

    constructor(model, {again}) {
        this.#find(".who").textContent = model;
        this.#find("[data-action=again]").addEventListener("click", again);
        this.#element.setAttribute("aria-busy", "true");
        this.#keepInView(() => log.append(this.#element));
    }

    #find(selector) {
        return this.#element.querySelector(selector);
    }

    /** The model is on its way into memory. */
    wait(progress) {
        this.#keepInView(() => showProgress(this.#find(".progress"), progress));
    }

    append(piece) {
        this.text += piece;
        if (this.#waiting === "") {
            requestAnimationFrame(() => this.#flush());
        }
        this.#waiting += piece;
    }

    done({model, prompt, prompt_tokens: promptTokens, cached_tokens: cached, completion_tokens: tokens, tokens_per_second: speed, finish_reason: end}) {
        const parts = [`${number(tokens)} tokens`, `${number(speed)} per second`];
        if (cached > 0) {
            parts.push(`${number(cached)} of ${number(promptTokens)} prompt tokens cached`);
        }
        if (end === "length") {
            parts.push("ended at the greatest length");
        }
        this.#find(".who").textContent = model;
        this.#find(".foot p").textContent = parts.join(" · ");
        const button = this.#find("[data-action=prompt]");
        button.hidden = false;
        button.addEventListener("click", () => showPrompt(prompt, "The very text that the model was given."));
    }

    end(failure, isStopped) {
        this.#flush();
        this.#answer.end();
        this.#keepInView(() => {
            showProgress(this.#find(".progress"));
            server.showFailure(this.#find(".error"), failure);
            if (isStopped) {
                this.#find(".foot p").textContent = "Stopped";
            }
            this.#find("[data-action=again]").hidden = !failure && !(isStopped && this.text === "");
        });
        this.#element.removeAttribute("aria-busy");
        element("announcement").textContent =
            failure ? `The answer failed: ${failure.message}` : isStopped ? "The answer is stopped" : "The answer is complete";
    }

    remove() {
        this.#element.remove();
    }

    #flush() {
        if (this.#waiting !== "") {
            const piece = this.#waiting;
            this.#waiting = "";
            this.#keepInView(() => {
                showProgress(this.#find(".progress"));
                this.#answer.append(piece);
            });
        }
    }

    /** Who reads further up is left there. */
    #keepInView(change) {
        const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
        change();
        if (atEnd) {
            log.scrollTop = log.scrollHeight;
        }
    }
}
