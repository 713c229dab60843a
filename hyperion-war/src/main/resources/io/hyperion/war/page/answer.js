// The text of a model, shown as it comes. It is only ever text: nothing in it can become markup.

const FENCE = /^ {0,3}```/;

/** Appends pieces of a text to an element. Lines between lines of three backquotes are a block of code. */
export class Answer {
    #element;
    /** The block of code that lines go to now, if they do. */
    #code;
    /** The line that is not complete yet. */
    #line = document.createTextNode("");

    constructor(element) {
        this.#element = element;
        element.replaceChildren(this.#line);
    }

    append(piece) {
        const lines = piece.split("\n");
        lines.forEach((line, i) => {
            this.#line.data += line;
            if (i < lines.length - 1) {
                this.#endLine();
            }
        });
    }

    #endLine() {
        const next = document.createTextNode("");
        if (!FENCE.test(this.#line.data)) {
            this.#line.data += "\n";
            this.#line.after(next);
        } else {
            this.#line.remove();
            this.#code = this.#code ? undefined : this.#newCode();
            (this.#code ?? this.#element).append(next);
        }
        this.#line = next;
    }

    /** To be called once, after the last piece: a line of backquotes at the very end is the end of the code. */
    end() {
        if (FENCE.test(this.#line.data)) {
            this.#line.remove();
        }
    }

    #newCode() {
        const block = document.createElement("pre");
        const code = document.createElement("code");
        block.tabIndex = 0;
        block.append(code);
        this.#element.append(block);
        return code;
    }
}
