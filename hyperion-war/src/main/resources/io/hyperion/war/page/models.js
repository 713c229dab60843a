// The list of models: where each stands, and what administrators can do with it.

import {bytes, number, showProgress, weights} from "./format.js";
import * as server from "./server.js";

/** What can be done with a model in a state, beside what its origin allows. */
const ACTIONS = {
    absent: ["load", "pull"],
    downloading: ["cancel"],
    ready: ["load"],
    loading: ["cancel"],
    loaded: ["unload"],
    unloading: [],
    failed: ["load"]
};

/** What the server calls an action, if not the same. */
const CALLS = {cancel: "unload"};

const list = document.getElementById("model-list");
const rows = new Map();
let onChange = () => {};

/** Begins; `changed` is called when the server has changed something, `needsKey` with a refusal for want of a key. */
export function startModels({changed, needsKey}) {
    onChange = changed;
    startAdding(needsKey);
    list.addEventListener("click", event => {
        const button = event.target.closest("button[data-action]");
        if (button && button.getAttribute("aria-disabled") !== "true") {
            rows.get(button.closest("li").dataset.name).act(button.dataset.action).catch(failure => {
                if (failure.needsKey) {
                    needsKey(failure);
                }
            });
        }
    });
}

/** Shows what the server tells of its models. */
export function showModels({models, downloads, figures_by_model: figures, administrator}) {
    document.getElementById("add-toggle").hidden = !administrator;
    document.getElementById("not-administrator").hidden = administrator;
    document.getElementById("no-models").hidden = models.length > 0;
    const names = new Set(models.map(({name}) => name));
    for (const [name, row] of rows) {
        if (!names.has(name)) {
            row.element.remove();
            rows.delete(name);
        }
    }
    models.forEach((model, i) => {
        const row = rows.get(model.name) ?? newRow(model.name);
        if (list.children[i] !== row.element) {
            list.insertBefore(row.element, list.children[i] ?? null);
        }
        row.show(model, {
            progress: model.progress ?? downloads.find(download => download.model === model.name),
            figures: figures[model.name],
            administrator
        });
    });
}

/** Shows none, as it is not known which there are. */
export function hideModels() {
    rows.forEach(row => row.element.remove());
    rows.clear();
    for (const id of ["add-toggle", "add-form", "not-administrator", "no-models"]) {
        document.getElementById(id).hidden = true;
    }
}

function newRow(name) {
    const row = new Row(name);
    rows.set(name, row);
    return row;
}

class Row {
    #name;
    #origin;
    /** The action that the server is asked for. */
    #pending;

    constructor(name) {
        this.#name = name;
        this.element = document.getElementById("model-row").content.firstElementChild.cloneNode(true);
        this.element.dataset.name = name;
        // Takes the keyboard's place when the button that has it goes.
        this.element.tabIndex = -1;
        this.element.querySelector("h3").textContent = name;
        for (const button of this.#buttons) {
            button.setAttribute("aria-label", `${button.textContent.replace(" …", "")} ${name}`);
        }
    }

    get #buttons() {
        return this.element.querySelectorAll("button");
    }

    #part(name) {
        return this.element.querySelector(`[data-part="${name}"]`);
    }

    show(model, {progress, figures, administrator}) {
        this.#origin = model.origin;
        this.element.dataset.state = model.state;
        this.element.querySelector(".state").textContent = model.state;
        this.#part("default").hidden = !model.default;
        this.#part("pinned").hidden = !model.pinned;
        this.#part("facts").textContent = facts(model);
        this.#part("about").textContent = about(model, figures);
        this.#part("reason").textContent = model.reason ?? "";
        showProgress(this.#part("progress"), progress);
        this.#showButtons(administrator ? actions(model) : []);
    }

    #showButtons(possible) {
        for (const button of this.#buttons) {
            const {action} = button.dataset;
            const focused = button === document.activeElement;
            button.hidden = !possible.includes(action);
            // What is under way can be cancelled, and not begun twice.
            button.setAttribute("aria-disabled", String(this.#pending !== undefined && action !== "cancel"));
            if (focused && button.hidden) {
                this.element.focus();
            }
        }
    }

    async act(action) {
        const withFile = action === "remove" ? await confirmRemoval(this.#name, this.#origin) : false;
        if (withFile === undefined) {
            return;
        }
        this.#pending = action;
        this.#refuse();
        onChange();
        let failure;
        try {
            await (action === "remove"
                ? server.remove(this.#name, withFile)
                : server.change(this.#name, CALLS[action] ?? action));
            announce(`${this.#name}: ${action} is done`);
        } catch (reason) {
            failure = reason;
        }
        // What was cancelled fails, and has been replaced.
        if (this.#pending === action) {
            this.#pending = undefined;
            this.#refuse(failure);
        } else {
            failure = undefined;
        }
        onChange();
        if (failure) {
            throw failure;
        }
    }

    #refuse(failure) {
        server.showFailure(this.#part("refusal"), failure);
    }
}

function actions({state, origin, pinned}) {
    if (origin === "pool") {
        return [];
    }
    const possible = [...ACTIONS[state] ?? []];
    if (pinned) {
        possible.push("unpin");
    } else if (state === "loaded") {
        possible.push("pin");
    }
    if (["added", "file"].includes(origin) && state !== "unloading") {
        possible.push("remove");
    }
    return possible;
}

function facts({architecture, parameters, quantization, size, context_size: context, memory, instances, max_instances: most, source}) {
    const parts = [];
    if (architecture) {
        parts.push(architecture, weights(parameters), quantization, bytes(size));
    } else if (source) {
        parts.push(source);
    }
    if (context) {
        parts.push(`${number(context)} tokens of context`);
    }
    if (memory) {
        parts.push(`${bytes(memory.weights + Math.max(1, instances) * (memory.cache + memory.compute))} of memory`);
    }
    if (most > 1) {
        parts.push(`${instances} of ${most} instances`);
    }
    return parts.join(" · ");
}

function about({description, origin, tags, aliases}, figures) {
    const parts = [];
    if (description) {
        parts.push(description);
    }
    if (tags?.length) {
        parts.push(tags.map(tag => `#${tag}`).join(" "));
    }
    if (aliases?.length) {
        parts.push(`also called ${aliases.join(", ")}`);
    }
    if (origin === "pool") {
        parts.push("a connection pool, which the server's console changes");
    }
    if (figures?.busy_sequences) {
        parts.push(`${number(figures.busy_sequences)} running`);
    }
    if (figures?.queued) {
        parts.push(`${number(figures.queued)} waiting`);
    }
    return parts.join(" · ");
}

/** Asks. Returns whether the file goes too; nothing if the model is kept. */
function confirmRemoval(name, origin) {
    const dialog = document.getElementById("remove-dialog");
    const file = document.getElementById("remove-file");
    document.getElementById("remove-text").textContent = origin === "file"
        ? `${name} is a file in the directory of models: it goes with the model.`
        : `${name} was added at run time. It is unloaded and forgotten.`;
    file.checked = origin === "file";
    file.disabled = origin === "file";
    dialog.returnValue = "keep";
    dialog.showModal();
    return new Promise(resolve => dialog.addEventListener("close",
        () => resolve(dialog.returnValue === "remove" ? file.checked : undefined), {once: true}));
}

function startAdding(needsKey) {
    const form = document.getElementById("add-form");
    const toggle = document.getElementById("add-toggle");
    const name = document.getElementById("add-name");
    const source = document.getElementById("add-source");
    const error = document.getElementById("add-error");
    const open = shown => {
        form.hidden = !shown;
        toggle.setAttribute("aria-expanded", String(shown));
        (shown ? name : toggle).focus();
    };
    toggle.addEventListener("click", () => open(form.hidden));
    form.addEventListener("submit", async event => {
        event.preventDefault();
        server.showFailure(error);
        try {
            await server.add(name.value.trim(), source.value.trim());
            announce(`${name.value} is added`);
            form.reset();
            open(false);
            onChange();
        } catch (failure) {
            server.showFailure(error, failure);
            if (failure.needsKey) {
                needsKey(failure);
            }
        }
    });
}

function announce(text) {
    document.getElementById("announcement").textContent = text;
}
