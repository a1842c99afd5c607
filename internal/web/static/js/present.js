// Who else has this page open: an element with data-here="/cases/42/here" is
// posted to every 20 seconds while the page can be seen, and shows the answer.
// It is a courtesy, not a lock, so a failure is not worth a word.
const EVERY = 20_000;
const box = () => document.querySelector("[data-here]");

async function tell() {
  const el = box();
  if (!el || document.hidden) return;
  try {
    const res = await fetch(el.dataset.here, { method: "POST", headers: { "HX-Request": "true" } });
    if (!res.ok) return;
    const html = await res.text();
    if (el.dataset.said !== html) {
      el.dataset.said = html;
      el.innerHTML = html;
    }
  } catch {
    // The next try comes by itself.
  }
}

if (box()) {
  tell();
  setInterval(tell, EVERY);
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pagehide", () => {
    const el = box();
    if (el) navigator.sendBeacon(el.dataset.here, new URLSearchParams({ left: "1" }));
  });
}
