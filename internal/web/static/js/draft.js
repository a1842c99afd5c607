// No text is lost: a textarea with data-draft="key" is kept in this browser
// until its form has been sent and the server said yes. A quick-text
// (data-insert on a button, data-insert-into the textarea's id) is inserted
// at the caret and never replaces.
import { words, fill } from "./words.js";
import { clock } from "./time.js";

const name = (area) => `draft:${area.dataset.draft}`;
const keep = 30 * 86400e3; // older drafts are somebody else's past

function store(area) {
  try {
    if (area.value.trim()) localStorage.setItem(name(area), JSON.stringify({ text: area.value, at: Date.now() }));
    else localStorage.removeItem(name(area));
  } catch {
    return; // storage is full or forbidden: the text is still in the field
  }
  note(area, area.value.trim() ? words.draftKept : "");
}

function note(area, text) {
  const box = document.getElementById(`${area.id}-draft`);
  if (box) box.textContent = text;
}

function load(key) {
  try {
    const d = JSON.parse(localStorage.getItem(key));
    return d && Date.now() - d.at < keep ? d : null;
  } catch {
    return null;
  }
}

function restore(root) {
  for (const area of root.querySelectorAll("textarea[data-draft]")) {
    const d = load(name(area));
    if (!d || area.value.trim()) continue;
    area.value = d.text;
    note(area, fill(words.draftBack, { time: clock(d.at) }));
  }
}

function sent(form) {
  for (const area of form.querySelectorAll("textarea[data-draft]")) {
    localStorage.removeItem(name(area));
    area.value = "";
    note(area, "");
  }
}

document.addEventListener("input", (e) => {
  if (e.target.matches?.("textarea[data-draft]")) store(e.target);
});

document.addEventListener("htmx:afterRequest", (e) => {
  const form = e.target.closest?.("form");
  if (form && e.target === form && e.detail.successful && e.detail.requestConfig.verb !== "get") sent(form);
});

document.addEventListener("htmx:load", (e) => e.target.querySelectorAll && restore(e.target));

document.addEventListener("click", (e) => {
  const b = e.target.closest("[data-insert]");
  const area = b && document.getElementById(b.dataset.insertInto);
  if (!area) return;
  area.setRangeText(b.dataset.insert, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});

restore(document);
