/**
 * The service worker of the counter. The server writes SHELL before it: the pages and files to keep, by version.
 *
 * It keeps no page of a customer: only the two pages that fill themselves from what the device keeps.
 */

const PATIENCE = 10e3; // for a page; after that a queue serves the customer sooner
const PREFIX = `ficha ${SHELL.scope} `;
const CACHE = PREFIX + SHELL.version;

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
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
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
 * A form: when no answer comes, the offline page queues what was typed, under the receipt that the form gave. It may
 * have arrived; the receipt is why it counts once all the same. What is more than a plain purchase is not queued.
 * The fragment never leaves the device, and a reload finds it again.
 */
async function posted(request) {
  const copy = request.clone();
  const answer = await answered(request);
  if (answer) return answer;
  const typed = await copy.formData();
  const customer = /\/counter\/(cus_\w+)\/$/.exec(request.url)?.[1];
  typed.delete("csrfmiddlewaretoken");
  const isPlain = customer && typed.get("receipt") && [...typed].every(([name, text]) => !text || SHELL.fields.includes(name));
  const fragment = new URLSearchParams(isPlain ? [["customer", customer], ...typed] : [["lost", "1"]]);
  return Response.redirect(new URL(`${SHELL.offline}#${fragment}`, self.location.origin), 303);
}

/** What the server answers; nothing when it cannot be reached, a proxy says so, or it takes too long. */
async function answered(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  return answer && [502, 503, 504].includes(answer.status) ? undefined : answer;
}
