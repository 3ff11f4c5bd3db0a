// Signatures drawn by hand; what is sent is the drawing as SVG, or as PNG where it is kept as a picture. The box is signed for without one, too.

import SignaturePad from "/static/vendor/signature_pad/signature_pad.min.js";

const pads = new WeakMap();

document.addEventListener("toggle", (event) => {
  const canvas = event.target.querySelector?.("[data-signs]");
  if (canvas && event.target.open && !pads.has(canvas)) prepare(canvas);
}, true);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-clears]");
  if (!button) return;
  document.getElementById(button.dataset.clears).value = "";
  pads.get(document.querySelector(`[data-signs="${button.dataset.clears}"]`))?.clear();
});

function prepare(canvas) {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  canvas.getContext("2d").scale(devicePixelRatio, devicePixelRatio);
  const pad = new SignaturePad(canvas, { penColor: "#1b1f23" });
  pads.set(canvas, pad);
  pad.addEventListener("endStroke", () => {
    const drawn = canvas.dataset.format === "png" ? pad.toDataURL("image/png") : pad.toSVG();
    document.getElementById(canvas.dataset.signs).value = drawn;
  });
}
