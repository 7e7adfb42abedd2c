// The counter's buttons: one more and one less of a product, print, copy. Without this script one types the number,
// prints from the browser's menu, and copies by hand.
document.querySelectorAll("[data-step]").forEach((button) => { button.hidden = false; });
document.querySelectorAll("[data-print], [data-copy]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const copies = event.target.closest("[data-copy]");
  if (copies) {
    navigator.clipboard.writeText(document.getElementById(copies.dataset.copy).textContent)
      .then(() => { copies.textContent = copies.dataset.copied; }, () => { copies.hidden = true; });
  }
  const button = event.target.closest("[data-step]");
  const field = document.getElementById(button?.dataset.field);
  if (!field) return;
  event.preventDefault();
  const many = Math.max((Number(field.value.replace(",", ".")) || 0) + Number(button.dataset.step), 0);
  field.value = many ? String(many) : "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!event.detail && button.closest("#earns")) field.focus(); // by keyboard: this button goes with the next preview
});
// A scanner ends a code with Enter: here that shows what the voucher does, and does not record yet.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("[data-scanned]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
// What is tapped is sent with the price that was shown; what is not tapped is not sent at all.
document.addEventListener("input", (event) => {
  const price = document.getElementById(event.target.dataset.price ?? "");
  if (!price) return;
  if (event.target.value && !price.value) price.value = price.dataset.usual;
  else if (!event.target.value && price.value === price.dataset.usual) price.value = "";
}, true);
