// Messages: dismissed by their button; a toast of success leaves by itself, one of trouble stays. A lost connection says so.
const LEAVES_AFTER = 6000;

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".notice")?.remove();
});

const toasts = document.getElementById("toasts");
const leave = (toast) => {
  if (!/success|info/.test(toast.dataset?.message || "")) return;
  let timer;
  const start = () => {
    timer = setTimeout(() => toast.remove(), LEAVES_AFTER);
  };
  const wait = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, wait);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, start);
  start();
};

const say = (text) => {
  if ([...toasts.children].some((toast) => toast.textContent.includes(text))) return;
  const toast = document.createElement("div");
  toast.className = "notice tone-bad";
  toast.setAttribute("role", "alert");
  const words = document.createElement("div");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "close";
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  toast.append(words, close);
  toasts.append(toast);
};

if (toasts) {
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) leave(node);
  }).observe(toasts, { childList: true });
  document.addEventListener("htmx:sendError", () => say("The server did not answer. What you see may be out of date; load the page again."));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 409 || status === 422) return; // those answers say themselves what is wrong
    if (status === 403) say("You may not do this, or you were signed out. Load the page again.");
    else if (status === 404) say("This is not there any more. Load the page again.");
    else say("That did not work, and nothing was changed. Try again, or load the page again.");
  });
}
