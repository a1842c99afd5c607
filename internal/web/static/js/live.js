// What changes on the server changes on the page. A part that lives says
//   data-live="case:42 outlet:7 alerts"   the topics it shows
//   data-live-url="/cases/42/timeline"    where to fetch itself again
//   id="…"                                what to replace
// An event of one of its topics makes it fetch itself and take over the
// differences in place. Rows that changed glow once. A part whose rows would
// move waits while the pointer or the focus is in it.
import { Idiomorph } from "../vendor/idiomorph.js";
import { words, now, fill } from "./words.js";
import { clock, refresh } from "./time.js";

const PAUSE = 250; // ms: events come in bursts; one fetch answers a burst
const waiting = new Map(); // part id → timer
const held = new Map(); // part id → HTML that waits for the pointer to leave
let lastGood = now();
let stream;
let tries = 0;
let asked = ""; // topics that the stream was opened for

const parts = () => document.querySelectorAll("[data-live][data-live-url]");
const topics = (el) => el.dataset.live.split(/\s+/);

/** A part's topic "case" hears every case, "case:42" only that one. */
function concerns(el, topic) {
  return topics(el).some((t) => t === topic || topic.startsWith(t + ":"));
}

function schedule(el) {
  if (!el.id || waiting.has(el.id)) return;
  waiting.set(el.id, setTimeout(() => {
    waiting.delete(el.id);
    load(el.id);
  }, PAUSE));
}

async function load(id) {
  const el = document.getElementById(id);
  if (!el) return;
  try {
    const res = await fetch(el.dataset.liveUrl, { headers: { "HX-Request": "true", "X-Live": "1" } });
    if (!res.ok) return;
    take(id, await res.text());
  } catch {
    // The stream tells of a lost connection; the part is fetched again then.
  }
}

// The part may come alone or inside a whole page; anything else (a sign-in
// page after the session has ended) holds no such id and is left alone.
function parse(html, id) {
  const t = document.createElement("template");
  t.innerHTML = html;
  return t.content.getElementById(id);
}

const order = (el) => [...el.querySelectorAll("tr[id], li[id], article[id]")].map((r) => r.id).join(" ");
const busy = (el) => el.matches(":hover") || el.contains(document.activeElement);

function take(id, html) {
  const el = document.getElementById(id);
  const fresh = parse(html, id);
  if (!el || !fresh) return;
  if (busy(el) && order(el) !== order(fresh)) return hold(el, html);
  held.delete(id);
  el.removeAttribute("data-held");
  morph(el, fresh);
}

// The order would change under the pointer: wait until it has left.
function hold(el, html) {
  const first = !held.has(el.id);
  held.set(el.id, html);
  el.setAttribute("data-held", words.waiting);
  if (!first) return;
  const release = () => {
    if (busy(el)) return;
    el.removeEventListener("pointerleave", later);
    el.removeEventListener("focusout", later);
    const newest = held.get(el.id);
    if (newest !== undefined) take(el.id, newest);
  };
  const later = () => setTimeout(release, 120);
  el.addEventListener("pointerleave", later);
  el.addEventListener("focusout", later);
}

// What a row says, without its told times, which change by themselves.
function gist(row) {
  const copy = row.cloneNode(true);
  for (const t of copy.querySelectorAll("[data-when], [data-calm]")) t.remove();
  return copy.textContent.replace(/\s+/g, " ") + [...copy.querySelectorAll("[class]")].map((e) => e.getAttribute("class")).join(" ");
}

const rows = (el) => [...el.querySelectorAll("tr[id], li[id], article[id], [data-glow][id]")];

function morph(el, fresh) {
  const before = new Map(rows(el).map((r) => [r.id, gist(r)]));
  fresh.removeAttribute("data-held");
  Idiomorph.morph(el, fresh, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    callbacks: { beforeNodeMorphed: (from, to) => keepTyped(from, to) },
  });
  const now = document.getElementById(el.id) ?? fresh;
  refresh(now);
  window.htmx?.process(now);
  for (const r of rows(now)) if (before.size && before.get(r.id) !== gist(r)) glow(r);
}

// What a person has typed, ticked or opened is hers, not the server's.
function keepTyped(from, to) {
  if (from.nodeType !== 1) return true;
  if (from.matches("textarea, dialog[open], [data-keep]")) return false;
  if (from.matches("input") && to.matches?.("input")) {
    if (from.type === "checkbox" || from.type === "radio") to.toggleAttribute("checked", from.checked);
    else if (from.value !== from.defaultValue) return false;
  }
  if (from.matches("details") && to.matches?.("details")) to.toggleAttribute("open", from.open);
  return true;
}

function glow(row) {
  row.classList.remove("glow");
  requestAnimationFrame(() => {
    row.classList.add("glow");
    row.addEventListener("animationend", () => row.classList.remove("glow"), { once: true });
  });
}

function lost(is) {
  const box = document.getElementById("live-lost");
  if (!box) return;
  box.hidden = !is;
  if (is) box.textContent = fill(words.lost, { time: clock(lastGood) });
}

function hear(e) {
  lastGood = now();
  let topic = e.data;
  try {
    topic = JSON.parse(e.data).topic ?? topic;
  } catch {
    // A bare topic is fine too.
  }
  for (const el of parts()) if (concerns(el, topic)) schedule(el);
}

const wanted = () => [...new Set([...parts()].flatMap(topics))].sort().join(" ");

function connect() {
  const url = new URL(document.body.dataset.events, location.href);
  asked = wanted();
  url.searchParams.set("topics", asked);
  stream = new EventSource(url);
  stream.onopen = () => {
    lastGood = now();
    lost(false);
    for (const el of parts()) schedule(el); // what was missed since the page was drawn, or while the line was lost
    tries = 0;
  };
  stream.onmessage = hear;
  stream.addEventListener("beat", () => (lastGood = now()));
  stream.onerror = () => {
    stream.close();
    tries += 1;
    if (tries > 1) lost(true); // one hiccup is not worth a banner
    const wait = Math.min(30_000, 500 * 2 ** Math.min(tries, 6));
    setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  };
}

// A part that htmx brought in later may speak of new topics.
document.addEventListener("htmx:load", () => {
  if (!document.body.dataset.events || wanted() === asked) return;
  stream?.close();
  connect();
});

if (document.body.dataset.events && parts().length) connect();
window.addEventListener("pagehide", () => stream?.close());
window.addEventListener("pageshow", (e) => e.persisted && document.body.dataset.events && connect());
