// A plot of the last values of one figure, drawn as SVG.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 120;
const HEIGHT = 40;

/** How many values are shown, one for each second. */
const LENGTH = 120;

export class Plot {
    #values = [];
    #title;
    #value;
    #line;
    #area;
    #image;

    /** Makes a plot at the end of an element. */
    constructor(parent, title) {
        this.#title = title;
        const figure = document.createElement("figure");
        figure.className = "plot";
        const caption = document.createElement("figcaption");
        caption.textContent = title;
        this.#value = document.createElement("div");
        this.#value.className = "value";
        this.#image = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img"});
        this.#area = svg("path", {class: "area"});
        this.#line = svg("path", {class: "line"});
        this.#image.append(
            svg("line", {class: "ground", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT}), this.#area, this.#line);
        figure.append(caption, this.#value, this.#image);
        parent.append(figure);
    }

    /**
     * Adds a value. `text` is how it is told, and `note` what belongs to it. The plot is as high as `limit`, or else as the greatest value.
     */
    add(value, {text, note = "", limit = 0}) {
        this.#values = [...this.#values, value].slice(-LENGTH);
        const small = document.createElement("small");
        small.textContent = note;
        this.#value.replaceChildren(`${text} `, small);
        this.#image.setAttribute("aria-label", `${this.#title}, now ${text} ${note}`.trimEnd());

        const top = Math.max(limit || 1, ...this.#values);
        const left = WIDTH - (this.#values.length - 1) * WIDTH / (LENGTH - 1);
        const points = this.#values.map((y, i) =>
            `${(left + i * WIDTH / (LENGTH - 1)).toFixed(2)},${(HEIGHT - y / top * HEIGHT).toFixed(2)}`);
        this.#line.setAttribute("d", `M${points.join("L")}`);
        this.#area.setAttribute("d", `M${left.toFixed(2)},${HEIGHT}L${points.join("L")}L${WIDTH},${HEIGHT}Z`);
    }
}

function svg(name, attributes) {
    const element = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([attribute, value]) => element.setAttribute(attribute, value));
    return element;
}
