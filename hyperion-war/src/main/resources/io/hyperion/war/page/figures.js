// What the server does now, as plots.

import {bytes, number} from "./format.js";
import {Plot} from "./plot.js";

const parent = document.getElementById("plots");
const speed = new Plot(parent, "Tokens per second");
const queue = new Plot(parent, "Waiting requests");
const sequences = new Plot(parent, "Sequences");
const cells = new Plot(parent, "Cells of the cache");

/** The memory of each device, by its name. */
const memory = new Map();

/** What was told last, and when. */
let last;

export function showFigures({figures, devices}) {
    const now = performance.now();
    if (last) {
        // A model that is gone has taken its tokens with it.
        const generated = Math.max(0, figures.completion_tokens - last.tokens);
        const perSecond = generated / ((now - last.now) / 1000);
        speed.add(perSecond, {text: number(perSecond)});
    }
    last = {now, tokens: figures.completion_tokens};
    queue.add(figures.queued, {text: number(figures.queued)});
    sequences.add(figures.busy_sequences, {
        text: number(figures.busy_sequences), note: figures.slots ? `of ${number(figures.slots)}` : "", limit: figures.slots});
    cells.add(figures.used_cells, {
        text: number(figures.used_cells), note: figures.cells ? `of ${number(figures.cells)}` : "", limit: figures.cells});
    for (const {name, reserved, limit} of devices) {
        if (!memory.has(name)) {
            memory.set(name, new Plot(parent, `Memory of models, ${name}`));
        }
        memory.get(name).add(reserved, {text: bytes(reserved), note: `of ${bytes(limit)}`, limit});
    }
}
