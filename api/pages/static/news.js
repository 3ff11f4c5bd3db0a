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
  }
}

function heard(event) {
  const isNews = told !== null && event.data !== told;
  told = event.data;
  if (isNews) document.body.dispatchEvent(new CustomEvent("news"));
}
