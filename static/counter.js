// The counter's buttons for one more and one less. Without this script one types the number.
document.querySelectorAll("[data-step]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const field = document.getElementById(button.dataset.field);
  const many = Math.max((Number(field.value.replace(",", ".")) || 0) + Number(button.dataset.step), 0);
  field.value = many ? String(many) : "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
