// A link to code opens the fold it points into; thumbnails are copies of the figures, so that each is stored once.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target && target.closest("details");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("summary").focus({ preventScroll: true });
  fold.scrollIntoView({ block: "nearest" });
}
addEventListener("hashchange", reveal);
addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) reveal(); // the hash does not change, so nothing else would
});
reveal();

for (const thumbnail of document.querySelectorAll("img[data-copy-of]")) {
  const figure = document.querySelector(`[id="${thumbnail.dataset.copyOf}"] img`);
  if (figure) {
    thumbnail.src = figure.src;
    thumbnail.hidden = false;
  }
}
