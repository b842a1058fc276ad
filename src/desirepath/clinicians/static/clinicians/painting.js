// Paints a month of boxes by pulling the mouse across them, or with Shift and the arrow keys.
// The page works without this: each part of a day is a box to tick.
const table = document.querySelector("[data-paint]");
const boxes = [...table.querySelectorAll("input[type=checkbox]")];
const said = document.querySelector("[data-changed]");
const PARTS = 3;

function boxAt(target) {
  return target instanceof Element ? target.closest(".desire-part")?.querySelector("input") : null;
}

function paint(box, free) {
  if (box.checked === free) return;
  box.checked = free;
  told();
}

function told() {
  const changed = boxes.filter((box) => box.checked !== box.defaultChecked).length;
  if (said) said.textContent = changed ? `${changed} ${changed === 1 ? "change" : "changes"} not saved yet` : "";
}

// a finger scrolls the page, so only a mouse or a pen pulls; a tap ticks as ever
let pulling = null;
table.addEventListener("pointerdown", (event) => {
  const box = boxAt(event.target);
  if (!box || event.pointerType === "touch" || event.button !== 0) return;
  event.preventDefault();
  pulling = !box.checked;
  paint(box, pulling);
  box.focus({ preventScroll: true });
});
table.addEventListener("pointerover", (event) => {
  const box = boxAt(event.target);
  if (box && pulling !== null) paint(box, pulling);
});
for (const ending of ["pointerup", "pointercancel"]) {
  window.addEventListener(ending, () => {
    pulling = null;
  });
}
// the press has ticked it already: the click that follows would take it back
table.addEventListener("click", (event) => {
  const byMouse = event.detail > 0 && event.pointerType !== "touch";
  if (byMouse && boxAt(event.target)) event.preventDefault();
});

// boxes are in order of days, three a day: one to the side is a day, one up or down a part
const STEPS = { ArrowLeft: -PARTS, ArrowRight: PARTS, ArrowUp: -1, ArrowDown: 1 };
table.addEventListener("keydown", (event) => {
  const here = boxes.indexOf(event.target);
  if (here < 0 || !(event.key in STEPS) || event.ctrlKey || event.altKey || event.metaKey) return;
  const next = boxes[here + STEPS[event.key]];
  event.preventDefault();
  if (!next) return;
  if (event.shiftKey) paint(next, boxes[here].checked);
  next.focus();
});
table.addEventListener("change", told);
for (const words of document.querySelectorAll("[data-painting]")) words.hidden = false;
told();
