/**
 * What this device keeps, in IndexedDB: it outlives a reload, a crash and a lost network.
 *
 * purchases  what was typed here, by receipt, until a day after the server confirmed it; see queue.js
 * customers  the last ones served, by id; see `forget`
 * about      whose they are and since when, under the key "kept"
 */

const NAME = "ficha-counter";
const STORES = { purchases: "receipt", customers: "id", about: "key" };
const KEEP_CUSTOMERS = 12 * 3600e3;
const KEEP_FINISHED = 24 * 3600e3;

/** @type {Promise<IDBDatabase>|undefined} */
let opened;
const told = new BroadcastChannel(NAME);

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** One transaction: `work` gets the stores by name; answered once all of it is on the disk. */
async function transaction(mode, work) {
  const names = Object.keys(STORES);
  const doing = (await database()).transaction(names, mode, { durability: "strict" });
  const asked = work(Object.fromEntries(names.map((name) => [name, doing.objectStore(name)])));
  await new Promise((resolve, reject) => {
    doing.oncomplete = resolve;
    doing.onabort = () => reject(doing.error);
  });
  if (mode === "readwrite") told.postMessage("");
  return asked?.result;
}

/**
 * Call back whenever something was written, in this tab or in another.
 * @param {() => void} callback
 */
export function watch(callback) {
  new BroadcastChannel(NAME).addEventListener("message", callback); // a channel never hears itself
}

/**
 * All rows of a store.
 * @param {"purchases"|"customers"} name
 * @returns {Promise<object[]>}
 */
export const all = (name) => transaction("readonly", (stores) => stores[name].getAll());

/** A purchase by its receipt. */
export const purchase = (receipt) => transaction("readonly", (stores) => stores.purchases.get(receipt));

/** Whether a purchase still needs something: to be sent, or to be corrected. */
export const needsSomething = ({ state }) => state !== "confirmed" && state !== "discarded";

/**
 * Write a purchase as it follows from the one with its receipt, in one transaction: tabs cannot undo each other's work.
 * @param {string} receipt
 * @param {(row: object|undefined) => object|false|undefined} becomes what to write; false leaves it as it is
 */
export function change(receipt, becomes) {
  return transaction("readwrite", ({ purchases }) => {
    const asked = purchases.get(receipt);
    asked.onsuccess = () => {
      const row = becomes(asked.result);
      if (row) purchases.put(row);
    };
  });
}

/**
 * Who stood here when the customers were kept, as the server said `at` its time, and since when by this device's.
 * @returns {Promise<{place: string, name: string, slip: string, at: string, since: string}|undefined>}
 */
export const owner = () => transaction("readonly", ({ about }) => about.get("kept"));

/**
 * Keep what the server answered in place of all before it.
 * @param {{customers: object[]}} answer who stands here, and the customers, the latest first; `order` keeps that
 */
export function keep({ customers, ...who }) {
  return transaction("readwrite", (stores) => {
    stores.customers.clear();
    customers.forEach((one, order) => stores.customers.put({ ...one, order }));
    stores.about.put({ key: "kept", ...who, since: new Date().toISOString() });
  });
}

/** Nobody is signed in any more: only what needs something stays. */
export function forget() {
  return transaction("readwrite", (stores) => {
    stores.customers.clear();
    stores.about.clear();
    removeFinished(stores.purchases, Infinity);
  });
}

/** Remove what has been kept for long enough. */
export async function tidy() {
  const kept = await owner();
  await transaction("readwrite", (stores) => {
    if (kept && Date.parse(kept.since) < Date.now() - KEEP_CUSTOMERS) stores.customers.clear();
    removeFinished(stores.purchases, Date.now() - KEEP_FINISHED);
  });
}

/** Remove purchases that need nothing more and were typed before a moment. */
function removeFinished(purchases, before) {
  const asked = purchases.openCursor();
  asked.onsuccess = () => {
    const cursor = asked.result;
    if (!cursor) return;
    if (!needsSomething(cursor.value) && Date.parse(cursor.value.occurred_at) < before) cursor.delete();
    cursor.continue();
  };
}
