// What the keyboard does on every page 键盘. Pages work without it; the overlay "?" lists the keys of the page.
"use strict";

(function () {
  const FIELDS = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";
  // Forms in which Enter goes on to the next field; where one types a single word and looks, Enter looks.
  const STEPPED = "[data-enter-next], .counter main form[method=post]:not([data-repeatable]):not([role=search])";
  // What a key acts on, the key, and what it does; the overlay leaves out what finds nothing here.
  const KEYS = [
    ["#global-search", "F2 Ctrl+K /", "查找单位或职工"],
    ["[data-tab]", "Alt+1…9", "打开第几个分栏"],
    ["main [data-row-link], main .data-table tbody a[href]", "j k", "到列表的下一行、上一行，回车打开"],
    [".pager a[rel]", "[ ]", "向前、向后翻页"],
    [STEPPED, "Enter", "到下一栏"],
    ["main form", "Ctrl+Enter", "提交本页内容"],
    ["[data-approval]", "F9", "提交复核"],
    ["main", "F8", "打印本页"],
    ["main", "Esc", "离开输入栏；不在输入栏时返回上级页面"],
    ["main", "?", "打开或关闭本说明"],
  ];
  const SINGLE = new Set(["/", "?", "j", "k", "[", "]"]);

  // While Chinese is being composed a key belongs to the input method.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
  const singleKeys = () => localStorage.getItem("single-keys") !== "off";

  function focusSearch(event) {
    const search = document.getElementById("global-search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }

  function goToNextField(event) {
    const form = event.target.form;
    if (!form || !form.matches(STEPPED) || !event.target.matches("input, select")) return;
    if (event.target.matches("[type=submit], [type=button], [type=file], [type=search]")) return;
    const fields = Array.from(form.querySelectorAll(FIELDS + ", button[type=submit]")).filter((field) => field.offsetParent);
    const next = fields[fields.indexOf(event.target) + 1];
    event.preventDefault();
    if (next) next.focus();
  }

  // The form one is in, else the page's own: a click on its main button, so that the button's value goes along.
  function submitForm(event) {
    const form = event.target.closest("main form") || document.querySelector("main form[method=post]") || document.querySelector("main form");
    const button = form && (form.querySelector("button.btn-primary:not([type=button], [disabled])") || form.querySelector("button:not([type=button], [disabled])"));
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  function submitForApproval(event) {
    const button = document.querySelector("[data-approval]:not([disabled])");
    if (!button) return;
    event.preventDefault();
    button.click();
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

  // The links that open a row: those named so, else the first link of each row of a table.
  function rowLinks() {
    const named = Array.from(document.querySelectorAll("main [data-row-link]"));
    if (named.length) return named;
    return Array.from(document.querySelectorAll("main .data-table tbody tr")).map((row) => row.querySelector("a[href]")).filter(Boolean);
  }

  // j and k go down and up a list; Enter then opens the link that has the focus.
  function goToRow(step) {
    const rows = rowLinks();
    const here = rows.indexOf(document.activeElement);
    const next = rows[here < 0 ? 0 : here + step];
    if (next) next.focus();
  }

  function turnPage(relation) {
    const link = document.querySelector(`.pager a[rel=${relation}]`);
    if (link) link.click();
  }

  function helpDialog() {
    const made = document.createElement("dialog");
    made.className = "frame-dialog";
    made.dataset.helpDialog = "";
    made.setAttribute("aria-labelledby", "help-title");
    const lines = KEYS.filter(([selector]) => document.querySelector(selector)).map(([, keys, does]) => {
      const shown = keys.split(" ").map((key) => `<kbd>${key}</kbd>`).join(" ");
      return `<div><dt>${shown}</dt><dd>${does}</dd></div>`;
    });
    made.innerHTML = `<h2 id="help-title">本页按键</h2><dl class="key-list">${lines.join("")}</dl>
      <label class="key-switch"><input type="checkbox" class="form-check-input" data-single-keys>
      <span>使用单键（/ j k [ ] ?）。使用读屏或语音输入时可以关闭，关闭后仍可从页面上方的“?”打开本说明</span></label>
      <p class="note">输入汉字时，按键只归输入法使用。业务问题请联系本网点负责人，系统问题请联系运维人员并提供请求编号。</p>
      <form method="dialog"><button class="btn btn-primary">关闭</button></form>`;
    document.body.append(made);
    made.querySelector("[data-single-keys]").checked = singleKeys();
    return made;
  }

  function toggleHelp() {
    const help = document.querySelector("[data-help-dialog]");
    if (help) help.close();
    else helpDialog().showModal();
  }

  function single(event) {
    if (event.key === "/") focusSearch(event);
    else if (event.key === "?") toggleHelp();
    else if (event.key === "j") goToRow(1);
    else if (event.key === "k") goToRow(-1);
    else if (event.key === "[") turnPage("prev");
    else turnPage("next");
  }

  function withCtrl(event) {
    if (event.key.toLowerCase() === "k") focusSearch(event);
    else if (event.key === "Enter") submitForm(event);
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      // Esc belongs to the dialog; "?" closes what it opened.
      if (event.key === "?" && "helpDialog" in dialog.dataset) toggleHelp();
      return;
    }
    if (event.ctrlKey || event.metaKey) withCtrl(event);
    else if (event.altKey) { if (/^Digit[1-9]$/.test(event.code)) openTab(event); }
    else if (event.key === "F2") focusSearch(event);
    else if (event.key === "F8") { event.preventDefault(); window.print(); }
    else if (event.key === "F9") submitForApproval(event);
    else if (event.key === "Enter") goToNextField(event);
    else if (event.key === "Escape") goBack(event);
    else if (SINGLE.has(event.key) && singleKeys() && !typing(event.target)) single(event);
  });

  // However it was closed, the next opening looks at the page anew.
  document.addEventListener("close", (event) => { if ("helpDialog" in event.target.dataset) event.target.remove(); }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) toggleHelp();
    if (event.target.closest("[data-find]")) focusSearch(event);
    const choice = event.target.closest("[data-single-keys]");
    if (choice) localStorage.setItem("single-keys", choice.checked ? "on" : "off");
  });
})();
