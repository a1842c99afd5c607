// Copies the text of data-copy to the clipboard and says so on the button.
import { words, announce } from "./words.js";

async function copy(button) {
  const label = button.querySelector("[data-copy-word]");
  let said = words.copied;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    said = words.copyFailed; // no clipboard without HTTPS: the text stays selectable
  }
  announce(said);
  if (!label) return;
  const before = label.dataset.before ?? label.textContent;
  label.dataset.before = before;
  label.textContent = said;
  setTimeout(() => (label.textContent = before), 1600);
}

document.addEventListener("click", (e) => {
  const button = e.target.closest("[data-copy]");
  if (button) copy(button);
});
