/**
 * The page that goes on without a network: find a customer among those kept, type the amount, queue the purchase.
 */

import { hurry } from "./counter.js";
import { clock, here, part, show } from "./parts.js";
import { add, amountOf, newReceipt } from "./queue.js";
import * as store from "./store.js";

const SHOWN = 6;
const page = document.getElementById("till");
const search = page.querySelector("#q");
const form = page.querySelector("#sell");
const results = page.querySelector("#results");

let customers = [];
let asOf = "";
/** The purchase being typed: its receipt, for whom, and what is corrected of one that was refused. */
let sale;

/** A text as it is compared: small, without accents. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

/** Whether a customer answers to a text: a card code, the last digits of a phone, beginnings of a name's words. */
function answers(customer, text) {
  const digits = text.replace(/[\s()+./-]/g, "");
  if (/^\d{4,}$/.test(digits) && customer.digits && digits.endsWith(customer.digits)) return true;
  if (plain(customer.card) === text) return true;
  const words = plain(customer.name).split(/\s+/);
  return text.split(/\s+/).every((typed) => words.some((word) => word.startsWith(typed)));
}

/** Whether a text may be a phone, an e-mail or a card: something the server can look up later. */
const isIdentifier = (text) => text.length > 3 && /[@\d]/.test(text);

/** Who answers to what is typed; without anything, the last ones served. */
function find() {
  const text = search.value.trim();
  const found = customers.filter((one) => answers(one, plain(text))).slice(0, SHOWN);
  const rows = found.map((one) => {
    const row = part("found-one", { ...one, held: one.held.join(" · ") });
    const button = row.querySelector("button");
    button.addEventListener("click", () => choose({ customer: one.id, who: "", called: one.name }));
    return row;
  });
  results.replaceChildren(...rows);
  page.querySelector("[data-who]").textContent = text;
  show(page, { unknown: isIdentifier(text), nobody: text !== "" && rows.length === 0 });
}

/** Begin, or go on with, a sale to somebody. */
function choose(whom) {
  sale = { receipt: newReceipt(), customer: "", who: "", ...sale, ...whom };
  const known = customers.find((one) => one.id === sale.customer);
  const slots = { name: sale.called, asOf: known && clock(asOf), preferences: known?.preferences.join(" · ") };
  slots.held = known?.held.join(" · ");
  const conditions = [known?.held.length ? "held" : "", sale.who ? "who" : "", sale.called ? "" : "anonymous"];
  page.querySelector("#whose").replaceChildren(part("whose-card", slots, conditions));
  show(page, { find: false, sale: true, kept: false });
  form.elements.amount.focus();
}

/** Back to the search, for another customer of the same sale or for the next sale. */
function startOver() {
  search.value = "";
  find();
  show(page, { find: true, sale: false, kept: false });
  search.focus();
}

/** Fill the form with a purchase that was refused, to correct it under its own receipt. */
async function correct(receipt) {
  const row = await store.purchase(receipt);
  if (!row) return;
  const { customer, who, called, fields } = row;
  for (const [name, text] of Object.entries(fields)) if (form.elements[name]) form.elements[name].value = text;
  sale = { receipt };
  choose({ customer, who, called });
}

/** The texts of the form, as a purchase keeps them, and the location's name. */
function typed() {
  const fields = Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, text.trim()]));
  return { fields, where: nameOf(fields.location) };
}

/** The name of a location, as far as there is a choice. */
const nameOf = (id) => [...(form.elements.location?.options ?? [])].find((one) => id && one.value === id)?.text ?? "";

/** Whether products were typed: then the amount may stay empty, and is what they come to. */
const hasProducts = () => [...form.elements].some(({ name, value }) => name.startsWith("many-") && value.trim());

/** Whether each field holds what it may; the first that does not gets its sentence and the cursor. */
function isRight() {
  form.elements.amount.required = !hasProducts();
  const fields = [form.elements.amount, form.elements.location].filter(Boolean);
  for (const field of fields) {
    field.value = field.value.trim();
    field.setAttribute("aria-invalid", String(!field.checkValidity()));
    document.getElementById(`${field.id}_error`).hidden = field.checkValidity();
  }
  const wrong = fields.find((field) => !field.checkValidity());
  wrong?.focus();
  return !wrong;
}

/** Write the purchase down, say so, and try to send it. */
async function queue(purchase) {
  await add(purchase);
  sayKept(purchase);
  sale = undefined;
  form.reset();
  await hurry();
}

/** Say that a purchase is kept, and no more than that. */
function sayKept(purchase, conditions = []) {
  const holds = [purchase.called ? "" : "anonymous", purchase.fields.amount ? "" : "products", ...conditions];
  const said = part("kept-one", { amount: amountOf(purchase), name: purchase.called }, holds);
  page.querySelector("#kept").replaceChildren(said);
  show(page, { find: false, sale: false, kept: true });
  page.querySelector("#kept button").addEventListener("click", startOver);
  page.querySelector("#kept button").focus();
}

/** What brought us here: a form that was not answered, a purchase to correct, or a customer's card. */
async function begin() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const wanted = new URLSearchParams(location.search).get("correct");
  const card = fragment.get("customer") ?? /\/counter\/(cus_\w+)\/$/.exec(location.pathname)?.[1];
  const known = (id) => customers.find((one) => one.id === id);
  show(page, { lost: fragment.has("lost") });
  const left = fragment.has("left") && (await store.purchase(fragment.get("left")));
  if (left) {
    sayKept(left, ["sent"]);
    history.replaceState(null, "", here.offline); // a reload need not say it again
  } else if (wanted) await correct(wanted);
  else if (known(card)) choose({ customer: card, called: known(card).name });
  else search.focus();
}

search.addEventListener("input", find);
page.querySelector("#find").addEventListener("submit", (event) => {
  event.preventDefault();
  if (results.children.length === 1) results.querySelector("button").click(); // a scanned card ends with Enter
});
page.querySelector("[data-do=unknown]").addEventListener("click", () => {
  choose({ customer: "", who: search.value.trim(), called: search.value.trim() });
});
page.querySelector("[data-do=anonymous]").addEventListener("click", () => {
  choose({ customer: "", who: "", called: "" });
});
page.querySelector("[data-do=another]").addEventListener("click", startOver);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isRight()) await queue({ ...sale, ...typed() });
});

let begun = false;

/** Open the counter to whoever is signed in on this device, as soon as it is known whose customers are here. */
async function open() {
  const kept = await store.owner();
  const mine = kept?.place === here.place;
  show(page, { "signed-in": mine, stranger: !mine });
  if (!mine || begun) return;
  begun = true;
  customers = (await store.all("customers")).sort((one, other) => one.order - other.order);
  asOf = kept.since;
  page.querySelector("[data-number]").textContent = customers.length;
  page.querySelector("[data-as-of]").textContent = clock(asOf);
  find();
  await begin();
}

store.watch(open);
await open();
