// A button that chooses every carrier of its group, or none when all are chosen.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-all]");
  if (!button) return;
  const boxes = [...button.closest("form").querySelectorAll('input[name="codes"]')];
  const wanted = !boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = wanted;
});
