/**
 * The service worker of the counter. The server writes SHELL before it: the pages and files to keep, by version.
 *
 * It keeps no page of a customer: only the two pages that fill themselves from what the device keeps.
 */

const PATIENCE = 10e3; // for a page; after that a queue serves the customer sooner
const PREFIX = `ficha ${SHELL.scope} `;
const CACHE = PREFIX + SHELL.version;
const LEFT = "ficha-counter-left"; // see `pickUp` in queue.js

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), removeOthers()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate") event.respondWith(request.method === "POST" ? posted(request) : visited(request));
  else if (SHELL.files.includes(pathname)) event.respondWith(kept(request, pathname));
});

/** All of it or nothing: a sign-in page in place of ours would be worse than the version before. */
async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all([SHELL.offline, SHELL.queue, ...SHELL.files].map(async (address) => {
    const answer = await fetch(address, { cache: "no-cache" });
    if (!answer.ok || answer.redirected) throw new Error(`${address} cannot be kept`);
    await cache.put(address, answer);
  }));
}

async function removeOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A file of the shell; its name changes with its content, so the one that is kept is the right one. */
async function kept(request, pathname) {
  return (await (await caches.open(CACHE)).match(pathname)) ?? fetch(request);
}

/** A page: the server's, or the one that goes on without it, under the same address. */
async function visited(request) {
  const { pathname } = new URL(request.url);
  const page = pathname === SHELL.queue ? SHELL.queue : SHELL.offline;
  return (await answered(request)) ?? (await caches.open(CACHE)).match(page);
}

/**
 * A form: when no answer comes, what was typed is left for the offline page to queue, under the receipt that the form
 * gave. It may have arrived; the receipt is why it counts once all the same. What is more than a plain purchase is not
 * queued. It is left in a cache and not in the address: an address can be written by anybody, and would sell by itself.
 */
async function posted(request) {
  const copy = request.clone();
  const answer = await answered(request);
  if (answer) return answer;
  const typed = await copy.formData();
  typed.delete("csrfmiddlewaretoken");
  const [receipt, customer] = [typed.get("receipt"), /\/counter\/(cus_\w+)\/$/.exec(request.url)?.[1]];
  const isPlain = receipt && customer && [...typed].every(([name, text]) => !text || SHELL.fields.includes(name));
  if (isPlain) {
    const left = new Response(JSON.stringify({ ...Object.fromEntries(typed), customer }));
    await (await caches.open(LEFT)).put(`${SHELL.offline}?left=${encodeURIComponent(receipt)}`, left);
  }
  const says = isPlain ? `left=${encodeURIComponent(receipt)}` : "lost";
  return Response.redirect(new URL(`${SHELL.offline}#${says}`, self.location.origin), 303);
}

/** What the server answers; nothing when it cannot be reached, a proxy says so, or it takes too long. */
async function answered(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  return answer && [502, 503, 504].includes(answer.status) ? undefined : answer;
}
