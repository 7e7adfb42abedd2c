/**
 * Fills parts of a page that the server wrote: no script here holds a word that a person reads.
 */

/** What a page of the counter says of itself: `{place, name, slip, shop, currency, send, kept, ...}`. */
export const here = document.getElementById("offline")?.dataset;

/**
 * A copy of a `<template>` with its slots filled. `data-slot` takes a text (an element whose text is empty is left
 * out); `data-when` names the conditions under which an element stays.
 * @param {string} id of the template
 * @param {Record<string, string|undefined>} slots
 * @param {string[]} [conditions] that hold
 * @returns {HTMLElement}
 */
export function part(id, slots, conditions = []) {
  const copy = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const one of copy.querySelectorAll("[data-when]")) {
    if (!one.dataset.when.split(" ").some((name) => conditions.includes(name))) one.remove();
  }
  for (const one of copy.querySelectorAll("[data-slot]")) {
    const text = slots[one.dataset.slot];
    if (text) one.textContent = text;
    else one.remove();
  }
  return copy;
}

/**
 * Show the elements inside `root` whose `data-shown` holds, and hide the others.
 * @param {ParentNode} root
 * @param {Record<string, boolean>} conditions
 */
export function show(root, conditions) {
  for (const one of root.querySelectorAll("[data-shown]")) {
    if (one.dataset.shown in conditions) one.hidden = !conditions[one.dataset.shown];
  }
}

/**
 * Ask a question in a `<dialog>`; true when the answer is its button with the value "yes".
 * @param {string} id
 * @param {string[]} [conditions] of the sentences that stay
 * @returns {Promise<boolean>}
 */
export function ask(id, conditions = []) {
  const dialog = document.getElementById(id);
  for (const one of dialog.querySelectorAll("[data-when]")) one.hidden = !conditions.includes(one.dataset.when);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/**
 * A moment as people write it: the time, and the day when it is not today.
 * @param {string} moment ISO 8601
 */
export function clock(moment) {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return at.toLocaleString(document.documentElement.lang, today ? time : { day: "numeric", month: "short", ...time });
}
