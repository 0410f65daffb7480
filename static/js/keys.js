// Single keys. What they do is written in the page: data-key="a" data-key-label="Approve and post" on a link, a button
// or a search field. j and k walk through [data-keys-item] when no element claims them; o or Enter opens the current one.
// Nothing fires while something is typed, with Ctrl, Alt or Meta, or when the person has turned single keys off.
const help = document.getElementById("key-help");
const ITEM = "[data-keys-item]";

const isOn = () => {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
};

const isTyping = (element) =>
  element?.isContentEditable || element?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

const isUsable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();

const claimed = (key) => [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && isUsable(element));

const items = () => [...document.querySelectorAll(ITEM)].filter((element) => element.checkVisibility());
const current = () => document.querySelector(`${ITEM}.is-current`);
const opener = (item) => item?.querySelector("[data-keys-open]") || item?.querySelector(".disclose, a[href]");

const walk = (step) => {
  const all = items();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const item of all) item.classList.toggle("is-current", item === next);
  opener(next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
};

const showHelp = () => {
  const list = help.querySelector("[data-key-list]");
  list.replaceChildren();
  const add = (keys, does) => {
    const term = document.createElement("dt");
    for (const key of keys) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    const description = document.createElement("dd");
    description.textContent = does;
    list.append(term, description);
  };
  for (const element of document.querySelectorAll("[data-key]")) {
    if (isUsable(element)) add([element.dataset.key], element.dataset.keyLabel || element.textContent.trim());
  }
  if (items().length) {
    if (!claimed("j")) add(["j", "k"], "Next line, previous line");
    if (!claimed("o")) add(["o"], "Open the line");
  }
  add(["?"], "These keys");
  add(["Esc"], "Close what is open");
  help.querySelector("[data-keys-on]").checked = isOn();
  help.showModal();
};

const press = (element) => {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
  } else element.click();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], details.menu[open]")) return;
  if (event.key === "?" && help) {
    event.preventDefault();
    showHelp();
    return;
  }
  if (!isOn()) return;
  const element = claimed(event.key);
  if (element) {
    event.preventDefault();
    press(element);
  } else if (event.key === "j" || event.key === "k") {
    if (walk(event.key === "j" ? 1 : -1)) event.preventDefault();
  } else if (event.key === "o") {
    const found = opener(current());
    if (found) {
      event.preventDefault();
      found.click();
    }
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  try {
    localStorage.setItem("keys", event.target.checked ? "on" : "off");
  } catch {
    // not kept; the keys stay on
  }
});
