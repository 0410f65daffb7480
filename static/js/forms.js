// Forms: one press is one submission; after a refused form the first wrong field has the focus.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  // after this turn, so that the pressed button's own name and value are still sent
  setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.setAttribute("aria-busy", "true");
      button.disabled = true;
    }
  });
});

// Coming back with the browser's button shows the page as it was left: free its buttons again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
});

const wrong = () => document.querySelector('main [aria-invalid="true"]:not([type="hidden"])')?.focus();
wrong();
document.addEventListener("htmx:afterSwap", (event) => event.target.querySelector?.('[aria-invalid="true"]')?.focus());

// A box with data-ticks="name" ticks every box of that name in its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.ticks;
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`)) box.checked = event.target.checked;
});

// A filter that asks twice for the same list (while typing, and on leaving the field) leaves one step for the back button.
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history } = event.detail;
  if (history.type === "push" && history.path === location.pathname + location.search) history.type = "replace";
});
