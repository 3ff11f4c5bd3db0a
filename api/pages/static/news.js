// Listens for what nobody may miss, and lets the page fetch it at once. A page that nobody looks at does not listen.

let source = null;
let told = document.getElementById("stops")?.dataset.mark || null; // as of which the page was made

document.addEventListener("visibilitychange", listen);
listen();

function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (source === null) {
    source = new EventSource("/stops/news");
    source.addEventListener("news", heard);
    source.addEventListener("error", again);
  }
}

// A lost connection comes back by itself; one that was answered with an error does not.
function again() {
  if (source?.readyState !== EventSource.CLOSED) return;
  source = null;
  setTimeout(listen, 5000);
}

function heard(event) {
  const isNews = told !== null && event.data !== told;
  told = event.data;
  if (isNews) document.body.dispatchEvent(new CustomEvent("news"));
}
