/**
 * Signing out: warns of what was not sent, and leaves no customer behind on the device.
 */

import { ask } from "./parts.js";
import * as store from "./store.js";

const signOut = document.querySelector("form[data-leaving]");
const signIn = document.getElementById("unsent");

/** How many purchases on this device no server has confirmed, of whichever shop. */
const count = async () => (await store.all("purchases")).filter(store.needsSomething).length;

signOut?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const left = await count();
  document.querySelector("#leaving [data-count]").textContent = left;
  if (left && !(await ask("leaving"))) return;
  await store.forget();
  signOut.submit();
});

// The sign-in page stands at the end of every signing out, and of a session that ran out.
if (signIn) {
  await store.forget();
  const left = await count();
  signIn.querySelector("[data-count]").textContent = left;
  signIn.hidden = left === 0;
}
