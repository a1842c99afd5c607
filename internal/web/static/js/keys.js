// The desk's keys. They work outside of fields and never with Ctrl, Alt or
// Meta, which belong to the browser.
import { words } from "./words.js";

const typing = (el) => el.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open]");

let leader = 0; // when "g" was pressed; the second key counts for a second

const links = () => [...document.querySelectorAll("[data-rows] .row-link")];

function move(step) {
  const rows = links();
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next].focus();
  rows[next].closest("tr")?.scrollIntoView({ block: "nearest" });
}

function go(key) {
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
}

// The buttons of a page say their keys themselves; the dialog gathers them.
function own(box) {
  const rows = [...document.querySelectorAll("[data-key]")].filter((b) => b.offsetParent).map((b) => {
    const row = document.createElement("div");
    const key = document.createElement("kbd");
    key.append(b.dataset.key);
    const dt = document.createElement("dt");
    dt.append(key);
    const dd = document.createElement("dd");
    dd.append([...b.childNodes].filter((n) => n.nodeName !== "KBD").map((n) => n.textContent).join("").trim() || b.getAttribute("aria-label") || "");
    row.append(dt, dd);
    return row;
  });
  box.hidden = rows.length === 0;
  box.querySelector("dl").replaceChildren(...rows);
}

function help() {
  const box = document.getElementById("keys-help");
  if (!box) return;
  own(box.querySelector("[data-keys-here]"));
  box.showModal();
}

function press(key) {
  if (key === "/") {
    const field = [...document.querySelectorAll("[data-find]")].find((f) => f.offsetParent);
    if (!field) return document.dispatchEvent(new CustomEvent("palette:open"));
    field.focus();
    return field.select();
  }
  if (key === "?") return help();
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return false;
  button.click();
}

// In the Russian layout the key is known by its place; a Latin layout says
// itself what it is (z and y change places in the German one).
function latin(e) {
  if (/^[a-z]$/i.test(e.key)) return e.key.toLowerCase();
  if (/^[\u0400-\u04ff]$/.test(e.key) && /^Key[A-Z]$/.test(e.code)) return e.code.slice(3).toLowerCase();
  if (words.lang === "ru" && e.code === "Slash" && ".,".includes(e.key)) return e.shiftKey ? "?" : "/";
  return e.key;
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || typing(e.target) || e.key.length !== 1) return;
  const key = latin(e);
  if (leader && performance.now() - leader < 1000) {
    leader = 0;
    e.preventDefault();
    return go(key);
  }
  leader = 0;
  if (key === "g") {
    leader = performance.now();
    return;
  }
  if (press(key) !== false) e.preventDefault();
});

document.addEventListener("click", (e) => {
  if (e.target.closest("[data-keys-help]")) help();
});
