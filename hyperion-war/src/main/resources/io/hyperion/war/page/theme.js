// Before anything is painted: the theme that was chosen on this machine, if one was. Without a choice the system's holds.
(() => {
    const root = document.documentElement;
    try {
        root.dataset.theme = localStorage.getItem("hyperion.theme") ?? "system";
    } catch {
        // A browser that keeps nothing has the system's theme each time.
        root.dataset.theme = "system";
    }
})();
