// A phone's photo is made small before it is sent; so it also loses the place where it was taken.

const LONGEST_PX = 1280;

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches("[data-shrinks]") || !input.files.length) return;
  const form = input.form;
  const buttons = form.querySelectorAll("button:not([type=button])");
  for (const button of buttons) button.disabled = true;
  try {
    const small = await shrunk(input.files[0]);
    const files = new DataTransfer();
    files.items.add(small);
    input.files = files.files;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});

async function shrunk(file) {
  const image = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.75));
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
}
