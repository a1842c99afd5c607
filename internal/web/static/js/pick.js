// Choosing rows for a bulk action: all, none, a range with Shift.
import { plural } from "./words.js";

let last = null;

function show(form) {
  const bar = form?.querySelector("[data-bulk]");
  if (!bar) return;
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const n = boxes.filter((b) => b.checked).length;
  bar.hidden = n === 0;
  const count = bar.querySelector("[data-bulk-count]");
  count.textContent = plural(JSON.parse(count.dataset.forms), n);
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  }
}

document.addEventListener("click", (e) => {
  const form = e.target.form;
  if (e.target.matches("[data-pick-all], [data-pick-none]")) {
    const on = e.target.matches("[data-pick-all]") && e.target.checked;
    for (const b of form.querySelectorAll("[data-pick]")) b.checked = on;
    return show(form);
  }
  if (!e.target.matches("[data-pick]")) return;
  const boxes = [...form.querySelectorAll("[data-pick]")];
  if (e.shiftKey && boxes.includes(last)) {
    const [a, b] = [boxes.indexOf(last), boxes.indexOf(e.target)].sort((x, y) => x - y);
    for (const box of boxes.slice(a, b + 1)) box.checked = e.target.checked;
  }
  last = e.target;
  show(form);
});

// After going back the browser restores the boxes but not the bar.
window.addEventListener("pageshow", () => {
  for (const bar of document.querySelectorAll("[data-bulk]")) show(bar.closest("form"));
});
