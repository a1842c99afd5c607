// Toasts come from the server as fragments into #toasts. They leave by
// themselves after ten seconds, but not under the pointer or the focus.
// A failed request says so here, so that no press is left without an answer.
import { words } from "./words.js";

const box = document.getElementById("toasts");

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) return setTimeout(() => leave(toast), 2000);
  toast.classList.add("out");
  setTimeout(() => toast.remove(), 350);
}

if (box) {
  new MutationObserver((changes) => {
    for (const c of changes) for (const n of c.addedNodes) if (n.nodeType === 1) setTimeout(() => leave(n), 10_000);
  }).observe(box, { childList: true });
}

document.addEventListener("click", (e) => {
  if (e.target.closest("[data-toast-close]")) e.target.closest(".toast").remove();
});

function failed() {
  const t = document.createElement("div");
  t.className = "toast tone-blocking";
  const text = document.createElement("span");
  text.append(words.failed);
  t.append(text);
  box?.append(t);
}

// An answer of 4xx with a page fragment is shown where it belongs: forms
// come back with their errors, and a conflict with both texts.
document.addEventListener("htmx:beforeSwap", (e) => {
  const { xhr } = e.detail;
  if ([400, 403, 404, 409, 422, 429].includes(xhr.status) && xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
    e.detail.shouldSwap = true;
    e.detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);
