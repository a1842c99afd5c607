// A row of tabs that is wider than a phone begins at the tab that is open.
for (const on of document.querySelectorAll(".tabs [aria-current]")) {
  const row = on.parentElement;
  row.scrollLeft = on.offsetLeft - row.offsetLeft - (row.clientWidth - on.offsetWidth) / 2;
}
