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

// What a tap means is what lay under the finger: a live part stays while a finger is on it, and a button that has
// just taken the place of another one does not act.
const SETTLES_MS = 500;
const HELD_MS = 10_000;
let finger = null;
const before = { at: -Infinity, buttons: [] };

document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("button, a[href]");
  finger = { at: performance.now(), down: true, live: event.target.closest?.("#live"), button, deed: deed(button) };
}, true);

for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => {
    if (finger) finger.down = false;
  }, true);
}

document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (source?.matches?.("#live") && isHeld()) {
    event.preventDefault();
    return;
  }
  const buttons = [...document.querySelectorAll("#live button, #live a[href]")];
  before.at = performance.now();
  before.buttons = buttons.map((one) => ({ box: one.getBoundingClientRect(), deed: deed(one) }));
});

document.addEventListener("htmx:after:swap", () => {
  before.at = performance.now();
});

// Whoever has typed since has seen what is there now.
document.addEventListener("input", () => {
  before.buttons = [];
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#live button, #live a[href]");
  if (!button || event.detail === 0) return;
  const isSame = finger?.button !== button || finger.deed === deed(button);
  if (isSame && !hasTakenPlace(button, event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

function isHeld() {
  return Boolean(finger?.live) && finger.down && performance.now() - finger.at < HELD_MS;
}

function hasTakenPlace(button, { clientX: x, clientY: y }) {
  if (performance.now() - before.at > SETTLES_MS) return false;
  const was = before.buttons.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
  return was !== undefined && was.deed !== deed(button);
}

// What a button does: where it is sent, and with what, apart from what people type.
function deed(button) {
  if (!button) return "";
  const fields = [...(button.form?.querySelectorAll("input[type=hidden]") ?? [])];
  const sent = [button, ...fields].map((one) => `${one.name ?? ""}=${one.value ?? ""}`);
  return [button.getAttribute("href"), button.form?.getAttribute("action"), button.dataset.step, ...sent].join("\n");
}

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
