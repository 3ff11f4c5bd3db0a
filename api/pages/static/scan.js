// The table's one field: a scanner types into it whatever was touched last, and it is empty for the next.

const field = () => document.querySelector("[data-scans]");
const writing = () => document.activeElement?.matches("input, textarea, select");

document.addEventListener("htmx:config:request", (event) => {
  const scanned = event.target.querySelector?.("[data-scans]");
  if (!scanned) return;
  scanned.value = "";
  scanned.dispatchEvent(new Event("input", { bubbles: true }));
});

document.addEventListener("htmx:after:swap", (event) => {
  const answered = event.detail?.ctx?.sourceElement?.getAttribute("hx-target") === "#answers";
  if (answered || document.activeElement === document.body) field()?.focus({ preventScroll: true });
  const counter = answered && document.getElementById("counter");
  if (counter && counter.getBoundingClientRect().top < 0) counter.scrollIntoView();
});

document.addEventListener("keydown", (event) => {
  const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (types && !writing()) field()?.focus({ preventScroll: true });
});
