// Light, dark or as the system: kept on this computer, applied before the first paint. Also tells the styles that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add("js");

  const kept = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage may be forbidden; the system's choice then holds
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
    }
  };

  apply(kept());
  document.addEventListener("DOMContentLoaded", () => apply(kept()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.themeSet);
    } catch {
      // not kept, but applied below
    }
    apply(button.dataset.themeSet);
  });
  window.addEventListener("storage", (event) => {
    if (event.key === "theme") apply(kept());
  });
})();
