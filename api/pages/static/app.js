// Small manners of every page: the tab in view, steppers, lists narrowed while typing, messages that can be closed.

const tabs = document.querySelector(".tabs");
if (tabs) {
  const here = tabs.querySelector("[aria-current]");
  if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  hintTabs();
  tabs.addEventListener("scroll", hintTabs, { passive: true });
  window.addEventListener("resize", hintTabs);
}

// The bar of tabs fades at the side where more of them are.
function hintTabs() {
  tabs.classList.toggle("more-before", tabs.scrollLeft > 1);
  tabs.classList.toggle("more-after", tabs.scrollLeft + tabs.clientWidth < tabs.scrollWidth - 1);
}

document.addEventListener("click", (event) => {
  const dismiss = event.target.closest("[data-dismiss]");
  if (dismiss) dismiss.closest(".toast").remove();

  const button = event.target.closest("[data-step]");
  if (button) step(button.closest("[data-stepper]").querySelector("input"), Number(button.dataset.step));

  for (const open of document.querySelectorAll(".who[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-narrows]")) narrow(event.target);
});

// A live part that was fetched anew is narrowed again as the field says.
document.addEventListener("htmx:after:swap", () => {
  for (const field of document.querySelectorAll("[data-narrows]")) if (field.value) narrow(field);
});

// A page that nobody looks at does not ask again and again.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden && event.detail?.ctx?.request?.method === "GET") event.preventDefault();
});

function step(input, by) {
  const present = input.value === "" ? Number(input.dataset.start ?? 0) - by : Number(input.value);
  const decimals = input.step.includes(".") ? 1 : 0;
  const wanted = Math.min(Number(input.max), Math.max(Number(input.min), present + by));
  input.value = wanted.toFixed(decimals);
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function narrow(field) {
  const typed = field.value.trim().toLowerCase().replaceAll(" ", "");
  const list = document.getElementById(field.dataset.narrows);
  let shown = 0;
  for (const item of list.querySelectorAll("[data-find]")) {
    const found = item.dataset.find.split(" ").some((word) => word.includes(typed));
    item.hidden = !found;
    if (found) shown += 1;
  }
  const none = document.getElementById(`${field.dataset.narrows}-none`);
  if (none) none.hidden = shown > 0;
}
