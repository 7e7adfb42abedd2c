/**
 * Purchases that were typed without a network: written down first, then sent until the server says what came of them.
 *
 * A row is `{receipt, shop, place, by, slip, customer, who, called, fields, where, occurred_at, state, sentence,
 * purchase, tried}`; `fields` are the texts of the form, `place` and `by` who typed them, `slip` the server's proof of
 * that. The receipt is the server's key against counting twice: sending a row again is harmless.
 *
 * States: `waiting`, `sending`, `confirmed` (the server has it), `refused` (somebody must correct or discard it),
 * `discarded` (stays to be seen for a day).
 */

import { here } from "./parts.js";
import * as store from "./store.js";

const AT_ONCE = 20;
const PATIENCE = 30e3;
const LOCK = "ficha-counter-sending";

/** A receipt of the shape that the counter's own form gives: sixteen random bytes. */
export function newReceipt() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `till-${text}`;
}

/**
 * Queue what was typed. One that is on its way or confirmed stays as it is: it was typed once.
 * @param {object} typed receipt, customer or who, called, fields, where
 */
export async function add(typed) {
  const { shop, place, name, slip } = here;
  await store.change(typed.receipt, (before) => {
    if (before && before.state !== "refused" && before.state !== "discarded") return false;
    const first = { shop, place, by: name, slip, occurred_at: new Date().toISOString(), ...before };
    return { ...first, ...typed, state: "waiting", sentence: "", purchase: "" };
  });
  navigator.storage?.persist?.(); // asks the browser not to clear this when the disk is full
}

/**
 * Queue the forms that the worker got no answer for.
 * @param {Cache} left where it put them
 */
export async function pickUp(left) {
  const customers = await store.all("customers");
  const ours = (await left.keys()).filter((request) => new URL(request.url).pathname === here.offline);
  for (const request of ours) {
    const { receipt, customer, ...fields } = await (await left.match(request)).json();
    const called = customers.find((one) => one.id === customer)?.name ?? here.unnamed;
    await add({ receipt, customer, who: "", called, fields, where: "", tried: true });
    await left.delete(request);
  }
}

/** The amount as it was typed; empty where it is what the products come to, which only the server adds up. */
export const amountOf = ({ fields }) => fields.amount && `${fields.amount} ${here.currency}`;

/** Whether it is this person's own. */
export const isMine = (row) => row.place === here.place;

/** Whether it can be sent as it is; one that was on its way when its page went is sent again. */
export const isReady = (row) => row.state === "waiting" || row.state === "sending";

/**
 * Send what is ready, unless another tab is at it.
 * @param {{forOthers?: boolean}} [options] `forOthers`: also what somebody else typed; the person was asked
 * @returns {Promise<{elsewhere?: boolean, away?: boolean, signedOut?: boolean, clock?: string, left?: boolean}>} what
 * stopped it, what the server says of the clock, and whether something is left to send
 */
export function send({ forOthers = false } = {}) {
  const ready = async () => {
    const rows = await store.all("purchases");
    const found = rows.filter((row) => row.shop === here.shop && isReady(row) && (forOthers || isMine(row)));
    return found.sort((one, other) => one.occurred_at.localeCompare(other.occurred_at));
  };
  return alone(async (lock) => {
    const rows = lock ? await ready() : [];
    let said = lock ? {} : { elsewhere: true };
    for (let from = 0; from < rows.length && !said.away && !said.signedOut; from += AT_ONCE) {
      said = { ...said, ...(await sendPart(rows.slice(from, from + AT_ONCE), forOthers)) };
    }
    return { ...said, left: (await ready()).length > 0 };
  });
}

/** Work while no other tab does. Plain HTTP has no locks; there, sending twice is harmless all the same. */
const alone = (work) => navigator.locks?.request(LOCK, { ifAvailable: true }, work) ?? work({});

/** Send some rows; when the server fails over them, each alone, so that a bad one stops no other. */
async function sendPart(rows, forOthers) {
  for (const row of rows) await become(row.receipt, { state: "sending", sentence: "", tried: true });
  const answer = await post(rows, forOthers);
  if (answer.status === 200) {
    const { clock, results } = await answer.json();
    for (const one of results) await become(one.receipt, outcome(one));
    return { clock };
  }
  if (answer.status !== 400 && answer.status !== 500) {
    for (const row of rows) await become(row.receipt, { state: "waiting" });
    return answer.away ? { away: true } : { signedOut: true };
  }
  if (rows.length === 1) {
    const sentence = answer.status === 400 ? (await answer.json()).sentence : here.failed;
    await become(rows[0].receipt, { state: answer.status === 400 ? "refused" : "waiting", sentence });
    return {};
  }
  let said = {};
  for (const row of rows) said = said.away || said.signedOut ? said : await sendPart([row], forOthers);
  return said;
}

/** Ask the server; `{away: true}` when there is nobody to ask. */
async function post(rows, for_others) {
  const purchases = rows.map(({ receipt, customer, who, fields, occurred_at, slip }) => (
    { ...fields, receipt, customer, who, occurred_at, slip }
  ));
  try {
    const answer = await fetch(here.send, {
      method: "POST",
      redirect: "manual", // to the sign-in page
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ now: new Date().toISOString(), for_others, purchases }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return [502, 503, 504].includes(answer.status) ? { away: true } : answer;
  } catch {
    return { away: true };
  }
}

/** What a row becomes by the server's answer. */
function outcome({ status, sentence, purchase }) {
  const state = { created: "confirmed", duplicate: "confirmed", waiting: "waiting" }[status] ?? "refused";
  return { state, sentence, purchase: purchase ?? "" };
}

/** Change a row, unless it is confirmed: that is final. */
const become = (receipt, changes) =>
  store.change(receipt, (row) => row && row.state !== "confirmed" && { ...row, ...changes });

/** Discard a purchase; it stays in the list for a day. */
export const discard = (receipt) => become(receipt, { state: "discarded", sentence: "", by_hand: here.name });

const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
