// The command bar: Ctrl+K, what the server finds for the words, arrows and
// Enter. GET /palette?q= answers [{"title","hint","href"}].
import { words } from "./words.js";

const box = document.getElementById("palette");
const field = box?.querySelector("input");
const list = box?.querySelector("ul");
let asked = 0; // number of the newest question; older answers are dropped
let at = 0;

function mark(n) {
  const rows = [...list.querySelectorAll("[role=option]")];
  if (!rows.length) return;
  at = (n + rows.length) % rows.length;
  rows.forEach((r, i) => r.setAttribute("aria-selected", String(i === at)));
  field.setAttribute("aria-activedescendant", rows[at].id);
  rows[at].scrollIntoView({ block: "nearest" });
}

function row(item, i) {
  const li = document.createElement("li");
  li.role = "option";
  li.id = `palette-${i}`;
  const a = document.createElement("a");
  a.href = item.href;
  a.tabIndex = -1;
  const title = document.createElement("span");
  title.append(item.title);
  a.append(title);
  if (item.hint) {
    const hint = document.createElement("small");
    hint.append(item.hint);
    hint.title = item.hint;
    a.append(hint);
  }
  li.append(a);
  return li;
}

function none() {
  const li = document.createElement("li");
  li.className = "none";
  li.append(words.paletteNone);
  return li;
}

async function ask() {
  const mine = ++asked;
  try {
    const res = await fetch(`${box.dataset.src}?q=${encodeURIComponent(field.value)}`, { headers: { Accept: "application/json" } });
    if (!res.ok) throw new Error(String(res.status));
    const items = await res.json();
    if (mine !== asked) return;
    list.replaceChildren(...(items.length ? items.map(row) : [none()]));
    mark(0);
  } catch {
    if (mine === asked) list.replaceChildren(none());
  }
}

function open() {
  if (!box || box.open) return;
  box.showModal();
  field.select();
  ask();
}

function onKey(e) {
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    e.preventDefault();
    mark(at + (e.key === "ArrowDown" ? 1 : -1));
  } else if (e.key === "Enter" && !e.isComposing) {
    list.querySelector("[aria-selected=true] a")?.click();
  }
}

if (box) {
  let wait;
  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 90);
  });
  field.addEventListener("keydown", onKey);
  document.addEventListener("palette:open", open);
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.code === "KeyK") {
      e.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (e) => {
    if (!e.target.closest("[data-palette]")) return;
    e.preventDefault();
    open();
  });
}
