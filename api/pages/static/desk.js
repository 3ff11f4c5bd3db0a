// After each call the line is ready for the next: the field is empty and has the focus; arrows walk the list.

let done = "";

document.addEventListener("htmx:after:swap", () => {
  const line = document.getElementById("q");
  const placed = document.getElementById("live")?.dataset.done ?? "";
  if (!line) return;
  if (placed !== done) line.value = "";
  if (placed !== done || document.activeElement === document.body) line.focus();
  done = placed;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [document.getElementById("q"), ...document.querySelectorAll("#found button")];
  const at = stops.indexOf(document.activeElement);
  const next = at < 0 ? undefined : stops[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
