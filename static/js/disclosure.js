// Lines that open: a button with aria-controls shows the row behind it, or folds a whole group of lines.
const set = (button, isOpen) => {
  const target = document.getElementById(button.getAttribute("aria-controls"));
  if (!target) return;
  button.setAttribute("aria-expanded", String(isOpen));
  if (target.matches("tr")) {
    target.classList.toggle("is-open", isOpen);
    button.closest("tr")?.classList.toggle("is-open", isOpen);
  } else if (target.matches("tbody")) target.classList.toggle("is-folded", !isOpen);
  else target.hidden = !isOpen;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[aria-expanded][aria-controls]");
  if (!button || button.matches("summary")) return;
  event.preventDefault(); // as a link it would load the page with the line opened
  set(button, button.getAttribute("aria-expanded") !== "true");
});

// One button for every line of the page: all open, or all closed where they are open already.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-opens-all]")) return;
  const lines = [...document.querySelectorAll("main .disclose[aria-controls]")];
  const isOpen = lines.some((line) => line.getAttribute("aria-expanded") !== "true");
  for (const line of lines) set(line, isOpen);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
});
