// How numbers are told to people.

const UNITS = ["B", "KB", "MB", "GB", "TB"];
const DOING = {downloading: "Downloading", loading: "Loading", unloading: "Waiting for memory", absent: "Waiting to download", ready: "Waiting to load"};

/** Whole from a hundred on, else with three digits. */
export function number(value) {
    return value >= 100 ? Math.round(value).toLocaleString("en") : value.toLocaleString("en", {maximumSignificantDigits: 3});
}

export function bytes(value) {
    const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
    return `${(value / 1000 ** power).toLocaleString("en", {maximumSignificantDigits: 3})} ${UNITS[power]}`;
}

/** How many weights a model has. */
export function weights(value) {
    const [size, unit] = value >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
    return `${(value / size).toLocaleString("en", {maximumSignificantDigits: 2})} ${unit} parameters`;
}

export function duration(seconds) {
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1) {
        return `${Math.ceil(seconds)} s`;
    }
    if (minutes < 60) {
        return `${minutes} min`;
    }
    const hours = Math.floor(minutes / 60);
    return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** "12 of 36 MB" */
function part(done, total) {
    const unit = bytes(total).replace(/.* /, " ");
    const said = bytes(done);
    return `${said.endsWith(unit) ? said.slice(0, -unit.length) : said} of ${bytes(total)}`;
}

/** How far a model is on its way into memory, as the server tells it: "34 % · 12 MB of 36 MB · 4 MB/s · 6 s left". */
function progress({fraction, bytes: done, total_bytes: total, bytes_per_second: speed, remaining_seconds: remaining}) {
    const parts = [];
    if (fraction !== undefined) {
        parts.push(`${Math.floor(fraction * 100)} %`);
    }
    if (done > 0) {
        parts.push(total ? part(done, total) : bytes(done));
    }
    if (speed > 0) {
        parts.push(`${bytes(speed)}/s`);
    }
    if (remaining !== undefined) {
        parts.push(`${duration(remaining)} left`);
    }
    return parts.join(" · ");
}

/** Shows progress in an element that has a bar and a line of text; hides it if there is none. */
export function showProgress(element, told) {
    element.hidden = !told;
    if (!told) {
        return;
    }
    const doing = DOING[told.state] ?? told.state;
    const bar = element.querySelector("progress");
    if (told.fraction === undefined) {
        bar.removeAttribute("value");
    } else {
        bar.value = told.fraction;
    }
    bar.setAttribute("aria-label", `${doing} ${told.model}`);
    element.querySelector("p").textContent = `${doing} ${progress(told)}`;
}
