// Keeps told times true: every <time data-when> says its instant as seen
// from now, in the words of the page's language, by the same rules as
// Voice.When on the server.
import { words, now, plural, fill } from "./words.js";

const MIN = 60, HOUR = 3600, DAY = 86400;

function span(sec, days) {
  const u = words.span;
  if (sec < MIN) return plural(u.s, Math.floor(sec));
  if (sec < HOUR) return plural(u.min, Math.floor(sec / MIN));
  if (sec < DAY) {
    const m = Math.floor((sec % HOUR) / MIN);
    const h = plural(u.h, Math.floor(sec / HOUR));
    return m ? `${h} ${plural(u.min, m)}` : h;
  }
  const d = Math.floor(sec / DAY);
  const h = Math.floor((sec % DAY) / HOUR);
  if (d < 3 && h) return `${plural(u[days], d)} ${plural(u.h, h)}`;
  return plural(u[days], d);
}

/** An instant as seen from now: "in 40 min". */
export function when(ms, from = now()) {
  const sec = (ms - from) / 1000;
  if (Math.abs(sec) < 5) return words.spanNow;
  return fill(sec > 0 ? words.spanIn : words.spanAgo, { span: span(Math.abs(sec), "d_rel") });
}

/** The time of day of an instant, as the page's language writes it. */
export const clock = (ms) => new Intl.DateTimeFormat(words.lang, { hour: "2-digit", minute: "2-digit" }).format(ms);

export function refresh(root = document) {
  for (const t of root.querySelectorAll("time[data-when]")) {
    const text = when(Date.parse(t.dateTime));
    if (t.textContent !== text) t.textContent = text;
  }
}

setInterval(refresh, 10_000);
document.addEventListener("visibilitychange", () => document.hidden || refresh());
