// Listens for what nobody may miss, and lets the page fetch it at once. A page that nobody looks at does not listen.

let source = null;
let told = null;

document.addEventListener("visibilitychange", listen);
listen();

function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (source === null) {
    source = new EventSource("/stops/news");
    source.addEventListener("news", heard);
  }
}

function heard(event) {
  if (event.data === told) return;
  told = event.data;
  document.body.dispatchEvent(new CustomEvent("news"));
}
