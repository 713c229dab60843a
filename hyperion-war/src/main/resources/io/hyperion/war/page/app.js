// Holds the page together: asks the server each second how it is, and shows that.

import {offerModels, startChat} from "./chat.js";
import {showFigures} from "./figures.js";
import {duration} from "./format.js";
import {hideModels, showModels, startModels} from "./models.js";
import * as server from "./server.js";

const PERIOD_MILLIS = 1000;

const element = id => document.getElementById(id);
const keyForm = element("key-form");
const keyToggle = element("key-toggle");

let timer;
/** Whether an answer is being waited for. */
let asking = false;

startTheme();
startKey();
startChat({needsKey});
startModels({changed: refresh, needsKey});
document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
        refresh();
    }
});
refresh();

/** Asks now, and then each second, as long as the page can be seen. */
async function refresh() {
    clearTimeout(timer);
    if (asking) {
        return;
    }
    asking = true;
    let isRefused = false;
    try {
        show(await server.status());
    } catch (failure) {
        isRefused = failure.needsKey;
        tellTrouble(failure);
        if (isRefused) {
            // What another key has shown.
            offerModels([]);
            hideModels();
        }
    } finally {
        asking = false;
    }
    if (!isRefused && !document.hidden) {
        timer = setTimeout(refresh, PERIOD_MILLIS);
    }
}

function show(status) {
    element("server").textContent = `${status.version} · ${status.engine} · up ${duration(status.uptime_seconds)}`;
    tellTrouble();
    offerModels(status.models);
    showModels(status);
    showFigures(status);
}

/** Says what keeps the page from knowing how the server is, if anything does. */
function tellTrouble(failure) {
    if (failure?.needsKey) {
        needsKey(failure);
    } else {
        server.showFailure(element("trouble"), failure);
    }
}

function startTheme() {
    const root = document.documentElement;
    for (const choice of element("theme").elements) {
        choice.checked = choice.value === root.dataset.theme;
        choice.addEventListener("change", () => {
            root.dataset.theme = choice.value;
            try {
                localStorage.setItem("hyperion.theme", choice.value);
            } catch {
                // Then it holds until the page is left.
            }
        });
    }
}

function startKey() {
    const field = element("key");
    keyToggle.addEventListener("click", () => {
        openKey(keyForm.hidden);
        (keyForm.hidden ? keyToggle : field).focus();
    });
    keyForm.addEventListener("submit", event => {
        event.preventDefault();
        const given = field.value.trim();
        if (!/^[!-~]+$/.test(given)) {
            element("key-error").textContent = "A key has letters, digits and signs of ASCII only, and no spaces.";
            return;
        }
        server.useKey(given);
        field.value = "";
        openKey(false);
        message().focus();
        refresh();
    });
    element("key-forget").addEventListener("click", () => {
        server.useKey("");
        field.value = "";
        openKey(false);
        keyToggle.focus();
        refresh();
    });
}

/** The server wants a key, or another one. */
function needsKey(failure) {
    const atBeginning = document.activeElement === document.body || document.activeElement === message();
    element("server").textContent = "";
    openKey(true);
    server.showFailure(element("key-error"), failure);
    if (atBeginning) {
        element("key").focus();
    }
}

function openKey(shown) {
    keyForm.hidden = !shown;
    keyToggle.setAttribute("aria-expanded", String(shown));
    keyToggle.dataset.used = String(server.hasKey());
    server.showFailure(element("key-error"));
}

function message() {
    return element("message");
}
