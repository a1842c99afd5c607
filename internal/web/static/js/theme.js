// Light or dark: the button flips what is shown now and a cookie tells the
// server, so that the next page comes right from the first paint.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function flip() {
  const shown = root.dataset.theme || (system.matches ? "dark" : "light");
  const next = shown === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax${secure}`;
}

document.addEventListener("click", (e) => {
  if (e.target.closest("[data-theme-switch]")) flip();
});
