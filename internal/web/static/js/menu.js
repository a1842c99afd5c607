// Menus (details) close by a press outside and by Escape; dialogs open by
// data-dialog="id" and close by a press on their backdrop.
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (e) => {
  for (const m of open()) if (!m.contains(e.target)) m.open = false;
  const opener = e.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (e.target instanceof HTMLDialogElement && e.target.open) {
    const r = e.target.getBoundingClientRect();
    const inside = e.clientX >= r.left && e.clientX <= r.right && e.clientY >= r.top && e.clientY <= r.bottom;
    if (!inside) e.target.close();
  }
  if (e.target.closest("[data-dialog-close]")) e.target.closest("dialog")?.close();
  if (e.target.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const m of open()) {
    m.open = false;
    m.querySelector("summary").focus();
  }
});

// A typed confirmation: data-confirm-word on the field, the form's
// data-confirm-go button stays off until the word stands there.
document.addEventListener("input", (e) => {
  const word = e.target.dataset?.confirmWord;
  if (word === undefined) return;
  const go = e.target.form?.querySelector("[data-confirm-go]");
  if (go) go.disabled = e.target.value.trim().toLowerCase() !== word.toLowerCase();
});

// A consent box unlocks the button of its form.
document.addEventListener("change", (e) => {
  if (!e.target.matches?.("[data-consent]")) return;
  const go = e.target.form?.querySelector("[data-consent-go]");
  if (go) go.disabled = !e.target.checked;
});
