// Keys of the labelling mode, and the statements of a verdict shown in both texts.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, select, textarea")) return;
  // The place of the key, not its letter: the same on Arabic and Latin keyboards.
  const place = event.code.replace("Numpad", "Digit");
  const button = document.querySelector(`[data-press="${CSS.escape(place)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-item]");
  if (!link) return;
  event.preventDefault();
  const item = CSS.escape(link.dataset.item);
  document.querySelectorAll("mark.words").forEach((mark) => mark.classList.remove("words"));
  for (const text of document.querySelectorAll(".text")) {
    const marks = text.querySelectorAll(`mark[data-items~="${item}"]`);
    marks.forEach((mark) => mark.classList.add("words"));
    if (marks.length) text.scrollTop += marks[0].getBoundingClientRect().top - text.getBoundingClientRect().top - 80;
  }
  const texts = document.getElementById("texts");
  if (texts.getBoundingClientRect().top > window.innerHeight / 2) texts.scrollIntoView();
});
