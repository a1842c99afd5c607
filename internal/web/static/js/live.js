// What changes on the server changes on the page. A part that lives says
//   data-live="case:42 outlet:7 alerts"   the topics it shows
//   data-live-url="/cases/42/timeline"    where to fetch itself again
//   id="…"                                what to replace
// An event of one of its topics makes it fetch itself and take over the
// differences in place; parts with the same address are fetched together. Rows
// that changed glow once. A part whose rows would move waits while the pointer
// or the focus is in it.
//
// The body's data-since says how far the events were before the page was drawn.
// The line is opened from there, and again from behind the last event that was
// heard, so that nothing is missed between and no part is fetched without need.
import { Idiomorph } from "../vendor/idiomorph.js";
import { words, now, fill } from "./words.js";
import { clock, refresh } from "./time.js";

const PAUSE = 250; // ms: events come in bursts; one fetch answers a burst
const PATIENCE = 30_000; // ms: a fetch that takes longer is tried again
const SILENCE = 60_000; // ms: the line beats three times meanwhile
const UNSEEN = 10_000; // ms: until a page that is not looked at gives its line back
const waiting = new Set(); // addresses that are fetched soon
const loading = new Map(); // address → whether something happened while it is being fetched
const owed = new Set(); // addresses that could not be fetched
const held = new Map(); // part id → HTML that waits for the pointer to leave
let lastGood = now();
let stream;
let retry; // timer of the next try to open the stream
let unseen; // timer of a hidden page
let tries = 0;
let asked = ""; // topics that the stream was opened for
let heard = document.body.dataset.since ?? ""; // the last event that is told here

const parts = () => [...document.querySelectorAll("[data-live][data-live-url]")];
const topics = (el) => el.dataset.live.split(/\s+/);

/** A part's topic "case" hears every case, "case:42" only that one. */
function concerns(el, topic) {
  return topics(el).some((t) => t === topic || topic.startsWith(t + ":"));
}

function schedule(url) {
  if (loading.has(url)) loading.set(url, true); // the answer may be older than the event
  if (loading.has(url) || waiting.has(url)) return;
  waiting.add(url);
  setTimeout(() => {
    waiting.delete(url);
    load(url);
  }, PAUSE);
}

async function load(url) {
  owed.delete(url);
  if (!parts().some((el) => el.dataset.liveUrl === url)) return;
  loading.set(url, false);
  try {
    const res = await fetch(url, { headers: { "HX-Request": "true", "X-Live": "1" }, signal: AbortSignal.timeout(PATIENCE) });
    if (res.ok) spread(url, await res.text());
    else if (res.status >= 500) owed.add(url);
  } catch {
    owed.add(url); // the event that asked for it does not come again
  }
  const again = loading.get(url);
  loading.delete(url);
  if (again) schedule(url);
}

function spread(url, html) {
  for (const el of parts()) if (el.id && el.dataset.liveUrl === url) take(el.id, html);
}

/** The line is good: what could not be fetched is tried again. */
function settle() {
  for (const el of parts()) if (owed.has(el.dataset.liveUrl)) schedule(el.dataset.liveUrl);
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

/** Notes that the line lives, and how far it has told. */
function good(e) {
  lastGood = now();
  if (e.lastEventId) heard = e.lastEventId;
}

function hear(e) {
  good(e);
  let topic = e.data;
  try {
    topic = JSON.parse(e.data).topic ?? topic;
  } catch {
    // A bare topic is fine too.
  }
  for (const el of parts()) if (concerns(el, topic)) schedule(el.dataset.liveUrl);
}

const wanted = () => [...new Set(parts().flatMap(topics))].sort().join(" ");

function connect() {
  disconnect();
  const url = new URL(document.body.dataset.events, location.href);
  asked = wanted();
  url.searchParams.set("topics", asked);
  url.searchParams.set("since", heard);
  stream = new EventSource(url);
  stream.onopen = () => {
    lastGood = now();
    lost(false);
    tries = 0;
    settle();
  };
  stream.onmessage = hear;
  stream.addEventListener("beat", (e) => {
    good(e);
    settle();
  });
  // The server cannot tell what was missed: it was too much, or it was another
  // run of the server.
  stream.addEventListener("again", (e) => {
    good(e);
    for (const el of parts()) schedule(el.dataset.liveUrl);
  });
  stream.onerror = () => {
    stream.close();
    tries += 1;
    if (tries > 1) lost(true); // one hiccup is not worth a banner
    const wait = Math.min(30_000, 500 * 2 ** Math.min(tries, 6));
    retry = setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  };
}

function disconnect() {
  clearTimeout(retry);
  stream?.close();
}

// A part that htmx brought in later may speak of new topics. What happened to
// them before the new line opens is not told, so such a part is fetched once.
document.addEventListener("htmx:load", () => {
  if (!document.body.dataset.events || wanted() === asked) return;
  const known = asked.split(" ");
  for (const el of parts()) if (!topics(el).every((t) => known.includes(t))) owed.add(el.dataset.liveUrl);
  connect();
});

const lives = () => document.body.dataset.events && parts().length > 0;

if (lives()) connect();
window.addEventListener("pagehide", disconnect);
window.addEventListener("pageshow", (e) => e.persisted && lives() && connect());
// A page that nobody sees gives its line back after a while: over plain HTTP a
// browser has six for all its tabs. It hears the rest when it is seen again. A
// computer that slept may hold a line that is dead and does not say so.
document.addEventListener("visibilitychange", () => {
  clearTimeout(unseen);
  if (!lives()) return;
  if (document.hidden) unseen = setTimeout(disconnect, UNSEEN);
  else if (stream?.readyState === EventSource.CLOSED || now() - lastGood > SILENCE) connect();
});
