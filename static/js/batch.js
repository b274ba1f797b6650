// Ticking rows of a list 勾选, to sign them or to print them: by key the row that has the focus, with Shift all of its
// kind. The button of a kind shows how many are ticked, and only when there are some.
"use strict";

(function () {
  const form = document.querySelector("form[data-batch]");
  if (!form) return;
  const boxes = Array.from(form.querySelectorAll("input[data-like]"));
  const buttons = Array.from(form.querySelectorAll("button[data-batch-of]"));
  const labels = new Map(buttons.map((button) => [button, button.textContent]));
  const ofKind = (kind) => boxes.filter((box) => box.dataset.like === kind);

  function count() {
    buttons.forEach((button) => {
      const ticked = ofKind(button.dataset.batchOf).filter((box) => box.checked).length;
      button.textContent = `${labels.get(button)}（${ticked} 笔）`;
      button.hidden = ticked === 0;
    });
  }

  function boxHere() {
    const row = document.activeElement.closest("tr");
    return row && form.contains(row) ? row.querySelector("input[data-like]") : null;
  }

  document.addEventListener("tick", (event) => {
    const here = boxHere();
    if (!here) return;
    event.preventDefault();
    const some = event.detail.all ? ofKind(here.dataset.like) : [here];
    const tick = !some.every((box) => box.checked);
    some.forEach((box) => { box.checked = tick; });
    count();
  });

  // A press takes along what is ticked of its own kind only.
  form.addEventListener("submit", (event) => {
    const kind = event.submitter ? event.submitter.dataset.batchOf : "";
    boxes.forEach((box) => { box.disabled = box.dataset.like !== kind; });
    setTimeout(() => boxes.forEach((box) => { box.disabled = false; }));
  });

  form.addEventListener("change", count);
  window.addEventListener("pageshow", count);
  count();
})();
