// Dialogs close on a click beside them; data-confirm asks before a button or form goes on.
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog.dialog")) event.target.close();
});

const box = document.getElementById("confirm");
const sure = new WeakSet();

const ask = (source, goOn) => {
  box.querySelector("[data-confirm-title]").textContent = source.dataset.confirmTitle || "Are you sure?";
  box.querySelector("[data-confirm-text]").textContent = source.dataset.confirm;
  const yes = box.querySelector("[data-confirm-yes]");
  yes.textContent = source.dataset.confirmAction || "Go on";
  yes.onclick = () => {
    box.close();
    goOn();
  };
  box.querySelector("[data-confirm-no]").onclick = () => box.close();
  box.showModal();
};

// In the capture phase, so that neither the browser nor htmx sees the submit before the person has answered.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const button = event.submitter;
    const source = button?.dataset.confirm ? button : form.dataset.confirm ? form : null;
    if (!box || !source || sure.has(form)) {
      sure.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(source, () => {
      sure.add(form);
      form.requestSubmit(button);
    });
  },
  true,
);
