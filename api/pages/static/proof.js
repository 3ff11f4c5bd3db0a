// A phone's photo is made small before it is sent; so it also loses the place where it was taken. A word from
// a door without network is kept while the page is open, and sent with its age when the network is back.

const LONGEST_PX = 1280;
const AGAIN_MS = 15_000;
const kept = [];
const gathered = new WeakMap();

document.addEventListener("change", async (event) => {
  const input = event.target;
  if (!input.matches("[data-shrinks]") || !input.files.length) return;
  const form = input.form;
  const buttons = form.querySelectorAll("button:not([type=button])");
  for (const button of buttons) button.disabled = true;
  try {
    const small = await Promise.all([...input.files].map(shrunk));
    gather(input, small);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});

// A camera gives one photo at a time: a field that takes several adds it to those before.
function gather(input, added) {
  const files = new DataTransfer();
  const most = Number(input.dataset.most ?? 1);
  for (const file of [...(gathered.get(input) ?? []), ...added].slice(-most)) files.items.add(file);
  input.files = files.files;
  if (input.multiple) gathered.set(input, [...files.files]);
  tell(input);
}

function tell(input) {
  const told = document.querySelector(`[data-photos-of="${input.id}"]`);
  if (!told) return;
  told.hidden = !input.files.length;
  told.querySelector("[data-count]").textContent = input.files.length;
}

function drop(input) {
  gathered.delete(input);
  input.value = "";
  tell(input);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-drops]");
  if (button) drop(document.getElementById(button.dataset.drops));
});

document.addEventListener("htmx:after:swap", () => {
  for (const input of document.querySelectorAll("[data-shrinks][multiple]")) tell(input);
});

// What was sent is not sent again with the next one.
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail?.ctx;
  const form = ctx?.sourceElement;
  if (!form?.matches?.("[data-fresh]") || !(ctx.response?.status < 400)) return;
  form.reset();
  for (const input of form.querySelectorAll("[data-shrinks]")) drop(input);
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

document.addEventListener("htmx:error", (event) => {
  const ctx = event.detail?.ctx;
  const words = ctx?.sourceElement?.dataset?.keeps;
  if (!words || !(event.detail.error instanceof TypeError)) return;
  kept.push({ action: ctx.request.action, body: ctx.request.body, since: Date.now() });
  const told = document.createElement("p");
  told.textContent = words;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.still = "";
  toast.append(told);
  document.getElementById("message").replaceChildren(toast);
});

window.addEventListener("online", sendKept);
setInterval(sendKept, AGAIN_MS);
window.addEventListener("beforeunload", (event) => {
  if (kept.length) event.preventDefault();
});

async function sendKept() {
  while (kept.length && navigator.onLine) {
    const [{ action, body, since }] = kept;
    body.set("age_s", Math.round((Date.now() - since) / 1000));
    try {
      await fetch(action, { method: "POST", body, headers: { "HX-Request": "true" } });
    } catch {
      return;
    }
    kept.shift();
    if (!kept.length) window.location.reload();
  }
}
