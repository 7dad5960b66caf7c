// Files dropped anywhere on the page; the place for them shows itself while something is held over it.

// `place` is marked meanwhile; `dropped(files, folders)` gets the files, and how many folders there were among them,
// which a browser does not hand over.
export function dropping(place, dropped) {
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    place.classList.toggle("over", depth > 0);
  };
  const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragenter", (event) => holdsFiles(event) && over(1));
  document.addEventListener("dragleave", (event) => holdsFiles(event) && over(-1));
  document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (holdsFiles(event)) {
      event.preventDefault();
      depth = 0;
      over(0);
      const items = [...event.dataTransfer.items].filter((item) => item.kind === "file");
      const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory).length;
      const files = items.filter((item) => !item.webkitGetAsEntry?.()?.isDirectory).map((item) => item.getAsFile());
      dropped(files.filter(Boolean), folders);
    }
  });
}
