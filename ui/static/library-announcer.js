// What happened, said once to who cannot see it. One element does it for the whole page, so that nothing is said twice.

const announcer = document.getElementById("announcer");

export function announce(sentence) {
  if (sentence) {
    // The same words again are said again only if the element was empty in between.
    announcer.textContent = "";
    requestAnimationFrame(() => (announcer.textContent = sentence));
  }
}
