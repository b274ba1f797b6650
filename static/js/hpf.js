// What the keyboard does on every page, and small helps 键盘与辅助. Pages work without it.
"use strict";

(function () {
  const FIELDS = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";

  // While Chinese is being composed a key belongs to the input method.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typing = (element) => element.matches("input, select, textarea, [contenteditable]");

  function focusSearch(event) {
    const search = document.getElementById("global-search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }

  function goToNextField(event) {
    const form = event.target.form;
    if (!form || !("enterNext" in form.dataset) || !event.target.matches("input, select")) return;
    const fields = Array.from(form.querySelectorAll(FIELDS + ", button[type=submit]"));
    const next = fields[fields.indexOf(event.target) + 1];
    event.preventDefault();
    if (next) next.focus();
  }

  function submitForm(event) {
    const form = event.target.closest("form") || document.querySelector("main form[method=post]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }

  function goBack(event) {
    if (typing(event.target)) {
      event.target.blur();
      return;
    }
    const links = document.querySelectorAll("[data-back]");
    if (links.length) links[links.length - 1].click();
  }

  function openTab(event) {
    const tab = document.querySelectorAll("[data-tab]")[Number(event.code.slice(5)) - 1];
    if (!tab) return;
    event.preventDefault();
    tab.click();
  }

  // j and k go down and up a list of cases; Enter then opens the link that has the focus.
  function goToRow(step) {
    const rows = Array.from(document.querySelectorAll("[data-row-link]"));
    const here = rows.indexOf(document.activeElement);
    const next = rows[here < 0 ? 0 : here + step];
    if (next) next.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.key === "F2" || (ctrl && event.key.toLowerCase() === "k")) focusSearch(event);
    else if (event.key === "/" && !typing(event.target)) focusSearch(event);
    else if (event.key === "Enter" && ctrl) submitForm(event);
    else if (event.key === "Enter") goToNextField(event);
    else if (event.key === "Escape") goBack(event);
    else if ((event.key === "j" || event.key === "k") && !ctrl && !event.altKey && !typing(event.target)) goToRow(event.key === "j" ? 1 : -1);
    else if (event.key === "F8") { event.preventDefault(); window.print(); }
    else if (event.altKey && /^Digit[1-9]$/.test(event.code)) openTab(event);
  });

  // One press, one act: the server refuses a second one too, this only spares the person the question.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || "repeatable" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    // After this turn, so that the pressed button's own value is still sent.
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; }));
  });

  // Coming back by the browser's own button shows the page as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
    });
  });

  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      navigator.clipboard.writeText(copy.dataset.copy).then(() => copy.classList.add("copied"));
    }
    const show = event.target.closest("[data-show-password]");
    if (show) {
      const field = document.getElementById(show.dataset.showPassword);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      show.textContent = shown ? "显示密码" : "隐藏密码";
      show.setAttribute("aria-pressed", String(!shown));
    }
    if (event.target.closest("[data-print]")) window.print();
    const toggle = event.target.closest("[data-menu-toggle]");
    if (toggle) setMenu(!document.body.classList.contains("menu-closed"));
  });

  function setMenu(closed) {
    document.body.classList.toggle("menu-closed", closed);
    const toggle = document.querySelector("[data-menu-toggle]");
    if (toggle) toggle.setAttribute("aria-expanded", String(!closed));
    localStorage.setItem("menu", closed ? "closed" : "open");
  }

  document.querySelectorAll("[data-caps-hint]").forEach((field) => {
    const hint = document.getElementById(field.dataset.capsHint);
    const look = (event) => { hint.hidden = !(event.getModifierState && event.getModifierState("CapsLock")); };
    field.addEventListener("keydown", look);
    field.addEventListener("keyup", look);
    field.addEventListener("blur", () => { hint.hidden = true; });
  });

  if (localStorage.getItem("menu") === "closed") setMenu(true);
  const errors = document.querySelector("[data-error-summary]");
  if (errors) errors.focus();
})();
