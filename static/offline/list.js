/**
 * The list of what this device has to send, and what came of it.
 */

import { hurry } from "./counter.js";
import { ask, clock, here, part, show } from "./parts.js";
import { amountOf, discard, isMine, isReady, send } from "./queue.js";
import * as store from "./store.js";

const page = document.getElementById("queue");

/** One purchase with its state and what can be done. */
function row(purchase) {
  const { receipt, called, by, where, sentence, state, occurred_at, tried } = purchase;
  const slots = { called, by, where, sentence, amount: amountOf(purchase), at: clock(occurred_at) };
  Object.assign(slots, { byHand: purchase.by_hand, about: [slots.amount, called].filter(Boolean).join(" ") });
  const holds = [state, called ? "" : "anonymous", slots.amount ? "" : "products", isMine(purchase) ? "" : "another"];
  const item = part("queued", slots, holds);
  const leads = {
    correct: `${here.offline}?correct=${encodeURIComponent(receipt)}`,
    purchase: page.dataset.onRecord.replace("/pur_/", `/${purchase.purchase}/`),
  };
  for (const link of item.querySelectorAll("[data-link]")) link.href = leads[link.dataset.link];
  item.querySelector("[data-do=discard]")?.addEventListener("click", async () => {
    if (await ask("discarding", tried ? ["tried"] : [])) await discard(receipt);
  });
  return item;
}

/** All of them, newest first; what somebody else typed stands apart, and is sent only when asked for. */
async function render() {
  const rows = (await store.all("purchases")).filter((one) => one.shop === here.shop);
  rows.sort((one, other) => other.occurred_at.localeCompare(one.occurred_at));
  const open = rows.filter(store.needsSomething);
  const lists = {
    mine: open.filter(isMine),
    others: open.filter((one) => !isMine(one)),
    done: rows.filter((one) => !store.needsSomething(one)),
  };
  for (const [name, purchases] of Object.entries(lists)) {
    page.querySelector(`[data-list=${name}]`).replaceChildren(...purchases.map(row));
  }
  show(page, {
    mine: lists.mine.length > 0,
    others: lists.others.length > 0,
    done: lists.done.length > 0,
    nothing: rows.length === 0,
    ready: lists.mine.some(isReady),
    "others-ready": lists.others.some(isReady),
  });
}

page.querySelector("[data-do=send]").addEventListener("click", hurry);
page.querySelector("[data-do=send-others]").addEventListener("click", async () => {
  if (await ask("sending-others")) await send({ forOthers: true });
});
store.watch(render);
await render();
