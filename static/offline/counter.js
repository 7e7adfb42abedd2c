/**
 * On every page of the counter: keeps what is needed without a network, says what waits, and sends it.
 */

import { part, show } from "./parts.js";
import { here, isMine, isReady, send, unsent } from "./queue.js";
import * as store from "./store.js";

const REFRESH = 10 * 60e3; // how old the customers on this device get while there is a network
const SOON = 1e3; // a network that just came back is often not quite there
const LATEST = 5 * 60e3;

const said = document.getElementById("offline");
let pause = SOON;
let timer;

/** The worker that answers with the offline page when the network does not. */
async function register() {
  await navigator.serviceWorker?.register(here.worker, { scope: here.scope });
}

/** Keep the customers that were served lately; those of somebody else go first. */
async function keepCustomers() {
  const kept = await store.owner();
  if (kept?.place === here.place && Date.now() - Date.parse(kept.at) < REFRESH) return;
  const answer = await fetch(here.kept, { redirect: "manual" });
  if (!answer.ok) return;
  const { place, customers } = await answer.json();
  await store.keep(place, customers);
}

/** Say how many purchases wait, on this page and in its other tabs. */
async function sayWhatWaits() {
  const rows = await unsent();
  said.querySelector("[data-count]").textContent = rows.length;
  show(said, { unsent: rows.length > 0, refused: rows.some((row) => row.state === "refused") });
}

/** Send what is ready, and again later: each time it fails, later. */
export async function sendNow() {
  clearTimeout(timer);
  const { elsewhere, away = !navigator.onLine, signedOut = false, clock } = await send();
  if (!elsewhere) show(said, { away, "signed-out": signedOut });
  if (clock) said.querySelector("[data-clock]").replaceChildren(part("offline-clock", { clock }));
  const left = (await unsent()).some((row) => isMine(row) && isReady(row));
  if (left) timer = setTimeout(sendNow, pause);
  pause = left ? Math.min(pause * 2, LATEST) : SOON;
}

/** The network may be back, or something is new: do not wait. */
export function hurry() {
  pause = SOON;
  return sendNow();
}

addEventListener("online", hurry);
addEventListener("offline", () => show(said, { away: true }));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
document.addEventListener("htmx:sendError", () => show(said, { away: true }));
document.addEventListener("htmx:afterOnLoad", () => show(said, { away: false }));
store.watch(sayWhatWaits);

show(said, { away: !navigator.onLine });
await store.tidy();
await sayWhatWaits();
sendNow();
if (navigator.onLine) Promise.allSettled([register(), keepCustomers()]); // where nothing answers they fail, as they may
