/**
 * On every page of the counter: keeps what is needed without a network, says what waits, and sends it.
 */

import { here, part, show } from "./parts.js";
import * as store from "./store.js";

const REFRESH = 10 * 60e3; // how old the customers on this device get while there is a network
const SOON = 1e3; // a network that just came back is often not quite there
const LATEST = 5 * 60e3;

const said = document.getElementById("offline");
let pause = SOON;
let timer;

/** Have the worker that answers with the offline page when the network does not. */
async function register() {
  await navigator.serviceWorker?.register(here.worker, { scope: here.scope, updateViaCache: "all" });
}

/** Keep the customers that were served lately; those of somebody else go first. */
async function keepCustomers() {
  const kept = await store.owner();
  if (kept?.place === here.place && Date.now() - Date.parse(kept.since) < REFRESH) return;
  const answer = await fetch(here.kept, { redirect: "manual" });
  if (answer.ok) await store.keep(await answer.json());
}

/** Who stands here: as this page says, unless the worker kept it and the server has told of somebody else since. */
async function recogniseWho() {
  const kept = await store.owner();
  if (!kept || Date.parse(kept.at) < Date.parse(here.at)) return;
  const { place, name, slip } = kept;
  Object.assign(here, { place, name, slip });
  for (const one of document.querySelectorAll("[data-person]")) one.textContent = name;
}

/** Queue the forms of this shop that the worker got no answer for. */
async function pickUp() {
  const left = await globalThis.caches?.open("ficha-counter-left"); // plain HTTP has no caches
  if ((await left?.keys())?.length) await (await import("./queue.js")).pickUp(left);
}

/** Say how many purchases wait; there are any whoever typed them. */
async function sayWhatWaits() {
  const rows = (await store.all("purchases")).filter((row) => row.shop === here.shop && store.needsSomething(row));
  said.querySelector("[data-count]").textContent = rows.length;
  show(said, { unsent: rows.length > 0, refused: rows.some((row) => row.state === "refused") });
  return rows.length > 0;
}

/** Send what is ready, and again later: each time it fails, later. */
async function sendNow() {
  clearTimeout(timer);
  if (!(await sayWhatWaits()) || !navigator.onLine) return; // most pages never need the queue, nor load it
  const queue = await import("./queue.js");
  const { elsewhere, away = false, signedOut = false, clock, left } = await queue.send();
  if (!elsewhere) show(said, { away, "signed-out": signedOut });
  if (clock) said.querySelector("[data-clock]").replaceChildren(part("offline-clock", { clock }));
  if (left) timer = setTimeout(sendNow, pause);
  pause = left ? Math.min(pause * 2, LATEST) : SOON;
}

/** Do not wait: the network may be back, or something is new. */
export function hurry() {
  pause = SOON;
  return sendNow();
}

addEventListener("online", () => {
  show(said, { away: false });
  hurry();
});
addEventListener("offline", () => show(said, { away: true }));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
document.addEventListener("htmx:sendError", () => show(said, { away: true }));
document.addEventListener("htmx:afterOnLoad", () => show(said, { away: false }));
store.watch(sayWhatWaits);

show(said, { away: !navigator.onLine });
await store.tidy();
await recogniseWho();
await pickUp();
sendNow();
if (navigator.onLine) Promise.allSettled([register(), keepCustomers()]); // where nothing answers they fail, as they may
