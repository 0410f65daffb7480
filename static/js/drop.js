// A zone around a file input: drop a file on it, or paste one anywhere on the page. The chosen file is named below.
const size = (bytes) => (bytes < 1e3 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const tell = (zone) => {
  const input = zone.querySelector("input[type=file]");
  const names = [...input.files].map((file) => `${file.name}, ${size(file.size)}`);
  zone.querySelector("[data-drop-name]").textContent = names.join(" · ");
};

const take = (zone, files) => {
  const input = zone.querySelector("input[type=file]");
  if (!files.length || input.disabled) return false;
  const taken = new DataTransfer();
  for (const file of input.multiple ? files : [files[0]]) taken.items.add(file);
  input.files = taken.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
};

for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
}

document.addEventListener("dragleave", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
});

document.addEventListener("drop", (event) => {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("is-over");
  take(zone, event.dataTransfer.files);
});

document.addEventListener("change", (event) => {
  const zone = event.target.closest("[data-drop]");
  if (zone && event.target.type === "file") tell(zone);
});

// Pasted files go to the only zone; pasted cells go to the field that waits for them, wherever the cursor is not in a field.
document.addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const zone = document.querySelector("[data-drop]");
  if (zone && take(zone, event.clipboardData.files)) {
    event.preventDefault();
    return;
  }
  const field = document.querySelector("textarea[data-paste]");
  const text = event.clipboardData.getData("text/plain");
  if (!field || !text) return;
  event.preventDefault();
  field.closest("details")?.setAttribute("open", "");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
