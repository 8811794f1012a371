"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const status = document.getElementById("status");
  const back = document.getElementById("back");
  const filters = document.querySelector(".filters");
  const stacked = matchMedia("(max-width: 68rem)");
  let current = null;

  const shown = () => all(".item").filter((item) => item.checkVisibility());

  function clear() {
    for (const marked of all(".here, .words")) marked.classList.remove("here", "words");
    if (current) {
      current.classList.remove("current");
      current.querySelector(".go").removeAttribute("aria-current");
    }
    current = null;
    status.textContent = "";
  }

  /* Bring an element of a text into the middle third of its pane, without moving the page. */
  function bring(element, pane) {
    const offset = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTo({ top: pane.scrollTop + offset - pane.clientHeight / 3 });
  }

  /* Mark the words of an item in the texts and scroll both texts to them. */
  function show(item, moveTexts = true) {
    clear();
    current = item;
    const number = item.dataset.item;
    item.classList.add("current");
    item.querySelector(".go").setAttribute("aria-current", "true");
    back.setAttribute("href", "#" + item.id);
    for (const mark of all(`.text mark[data-items~="${number}"]`)) mark.classList.add("here");
    for (const mark of all(`.text mark[data-words~="${number}"]`)) mark.classList.add("words");
    if (moveTexts) {
      for (const pane of all(".text")) {
        const target = pane.querySelector(".words") || pane.querySelector(".here");
        if (target) bring(target, pane);
      }
      if (stacked.matches) document.getElementById("texts").scrollIntoView();
    }
    const items = shown();
    status.textContent = status.dataset.message
      .replace("{n}", items.indexOf(item) + 1)
      .replace("{all}", items.length);
  }

  function focus(item) {
    item.querySelector(".go").focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  function walk(step) {
    const items = shown();
    const held = document.activeElement.closest(".item") || current;
    const at = items.indexOf(held);
    const next = items[at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step];
    if (!next) return;
    focus(next);
    if (!stacked.matches) show(next);
  }

  document.addEventListener("click", (event) => {
    const item = event.target.closest(".item");
    const go = event.target.closest(".go");
    if (item && (go || !event.target.closest("a, button, input, select, textarea, label, summary, form"))) {
      if (go) event.preventDefault();
      if (getSelection().isCollapsed) show(item);
      return;
    }
    const mark = event.target.closest(".text mark");
    if (mark) {
      const numbers = mark.dataset.items.split(" ");
      const at = current ? numbers.indexOf(current.dataset.item) : -1;
      const found = document.getElementById("item-" + numbers[(at + 1) % numbers.length]);
      const fold = found.closest("details");
      if (fold) fold.open = true;
      found.scrollIntoView({ block: "nearest" });
      show(found, false);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const arrow = event.target.closest(".item") !== null;
    if (event.key === "j" || (arrow && event.key === "ArrowDown")) walk(1);
    else if (event.key === "k" || (arrow && event.key === "ArrowUp")) walk(-1);
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
  });

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function filter() {
    const boxes = new Map(all("input[name=section]", filters).map((box) => [box.value, box.checked]));
    const kind = filters.elements.kind ? filters.elements.kind.value : "";
    const wanted = folded(filters.elements.search.value.trim());
    let left = 0;
    for (const group of all(".group")) {
      let inside = 0;
      for (const item of all(".item", group)) {
        const about = !kind || !item.dataset.kind || item.dataset.kind === kind;
        item.hidden = !(about && (!wanted || folded(item.textContent).includes(wanted)));
        inside += !item.hidden;
      }
      group.hidden = boxes.get(group.dataset.section) === false || inside === 0;
      left += group.hidden ? 0 : inside;
    }
    document.getElementById("none-left").hidden = left > 0;
  }

  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeprint", () => {
    for (const fold of all("details")) fold.open = true;
  });
})();
