// The page's own texts and clock, from the JSON that the server put there.
const source = document.getElementById("words");

export const words = source ? JSON.parse(source.textContent) : { lang: "en", now: Date.now(), span: {} };

const rules = new Intl.PluralRules(words.lang);

// How far this computer's clock is from the server's; shop PCs are often off.
const drift = words.now - Date.now();

/** The server's time, in milliseconds. */
export const now = () => Date.now() + drift;

/** Picks the plural form of a count and fills {n}. */
export function plural(forms, n) {
  const text = forms[rules.select(n)] ?? forms.other ?? "";
  return text.replace("{n}", String(n));
}

/** Fills {name} places. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

/** Says something to a screen reader. */
export function announce(text) {
  const box = document.getElementById("announce");
  if (box) box.textContent = text;
}
