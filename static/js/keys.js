// What the keyboard does on every page 键盘. Pages work without it; which key does what is the person's own choice,
// and the overlay "?" lists the keys of the page.
"use strict";

(function () {
  const FIELDS = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";
  // Forms in which Enter goes on to the next field; where one types a single word and looks, Enter looks.
  const STEPPED = "[data-enter-next], .counter main form[method=post]:not([data-repeatable]):not([role=search])";
  const ROWS = "main [data-row-link], main .data-table tbody a[href]";
  // Each function: what it acts on, so that the overlay leaves out what finds nothing here; and the act.
  const ACTS = {
    SEARCH: ["#global-search", focusSearch],
    SEARCH_TOO: ["#global-search", focusSearch],
    SEARCH_QUICK: ["#global-search", focusSearch],
    READ_CARD: ["[data-read-card]", () => press("[data-read-card]")],
    TAB: ["[data-tab]", openTab],
    NEXT_ROW: [ROWS, () => goToRow(1)],
    PREVIOUS_ROW: [ROWS, () => goToRow(-1)],
    TICK: ["[data-like]", tick],
    PREVIOUS_PAGE: [".pager a[rel=prev]", () => press(".pager a[rel=prev]")],
    NEXT_PAGE: [".pager a[rel=next]", () => press(".pager a[rel=next]")],
    SUBMIT: ["main form", submitForm],
    APPROVAL: ["[data-approval]", () => press("[data-approval]:not([disabled])")],
    PRINT: ["main", printHere],
    BACK: ["main", goBack],
    HELP: ["main", toggleHelp],
  };
  const place = document.querySelector("[data-keys]");
  const functions = place ? JSON.parse(place.dataset.keys) : [];
  const functionOf = new Map();
  functions.forEach(([name, key]) => allOf(name, key).forEach((one) => functionOf.set(one, name)));

  // While Chinese is being composed a key belongs to the input method.
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const typing = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
  const singleKeys = () => localStorage.getItem("single-keys") !== "off";

  function allOf(name, key) {
    if (!key) return [];
    return name === "TAB" ? Array.from("123456789", (digit) => key.slice(0, -1) + digit) : [key];
  }

  // The key as the person's choice names it; empty for what is no key of ours.
  function keyOf(event) {
    const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt"].filter(Boolean);
    const plain = /^(Key[A-Z]|Digit[0-9])$/.test(event.code) ? event.code.slice(-1) : "";
    const named = { Escape: "Esc", Enter: "Enter", Tab: "Tab" }[event.key] || (/^F[0-9]+$/.test(event.key) ? event.key : "");
    if (event.shiftKey && (named || held.length)) held.push("Shift");
    if (named || held.length) return named || plain ? [...held, named || plain].join("+") : "";
    return event.key.length === 1 ? event.key.toLowerCase() : "";
  }

  function press(selector) {
    const button = document.querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  }

  // The printout this page leads to, or the rows that are ticked; where there is neither, the page itself.
  function printHere() {
    return press("main [data-print-file]:not([hidden])") || window.print() || true;
  }

  function focusSearch() {
    const search = document.getElementById("global-search");
    if (!search) return false;
    search.focus();
    search.select();
    return true;
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
    if (button) button.click();
    return Boolean(button);
  }

  function goBack(event) {
    if (typing(event.target)) {
      event.target.blur();
      return true;
    }
    const links = document.querySelectorAll("[data-back]");
    if (links.length) links[links.length - 1].click();
    return links.length > 0;
  }

  function openTab(event) {
    const tab = document.querySelectorAll("[data-tab]")[Number(keyOf(event).slice(-1)) - 1];
    if (tab) tab.click();
    return Boolean(tab);
  }

  // The links that open a row: those named so, else the first link of each row of a table.
  function rowLinks() {
    const named = Array.from(document.querySelectorAll("main [data-row-link]"));
    if (named.length) return named;
    return Array.from(document.querySelectorAll("main .data-table tbody tr")).map((row) => row.querySelector("a[href]")).filter(Boolean);
  }

  // Down and up a list; Enter then opens the link that has the focus.
  function goToRow(step) {
    const rows = rowLinks();
    const here = rows.indexOf(document.activeElement);
    const next = rows[here < 0 ? 0 : here + step];
    if (next) next.focus();
    return true;
  }

  // Lists whose rows are ticked listen for it; true where one of them did something.
  function tick(event) {
    return !document.dispatchEvent(new CustomEvent("tick", { cancelable: true, detail: { all: event.shiftKey } }));
  }

  const shown = (key) => key.replace("Alt+1", "Alt+1…9").replace(/^1$/, "1…9");
  const line = (key, does) => {
    const row = document.createElement("div");
    row.innerHTML = "<dt><kbd></kbd></dt><dd></dd>";
    row.querySelector("kbd").textContent = key;
    row.querySelector("dd").textContent = does;
    return row;
  };

  function helpDialog() {
    const made = document.createElement("dialog");
    made.className = "frame-dialog";
    made.dataset.helpDialog = "";
    made.setAttribute("aria-labelledby", "help-title");
    const lines = functions.filter(([name, key]) => key && document.querySelector(ACTS[name][0])).map(([name, key, does]) => line(name === "TAB" ? shown(key) : key, does));
    if (document.querySelector(STEPPED)) lines.push(line("Enter", "到下一栏"));
    const verdicts = Array.from(document.querySelectorAll("select[name=verdict] option[value]:not([value=''])"));
    if (verdicts.length) lines.push(line(verdicts.map((one) => one.text[0]).join(" "), `在复核结论栏中选择：${verdicts.map((one) => one.text.slice(2)).join("、")}`));
    const single = functions.map(([, key]) => key).filter((key) => key.length === 1).join(" ");
    made.innerHTML = `<h2 id="help-title">本页按键</h2><dl class="key-list"></dl>
      <label class="key-switch"><input type="checkbox" class="form-check-input" data-single-keys>
      <span>使用单键（<kbd></kbd>）。使用读屏或语音输入时可以关闭，关闭后仍可从页面上方的“?”打开本说明</span></label>
      <p class="note">输入汉字时，按键只归输入法使用。业务问题请联系本网点负责人，系统问题请联系运维人员并提供请求编号。</p>
      <form method="dialog" class="dialog-bar"><button class="btn btn-primary">关闭</button></form>`;
    made.querySelector("dl").append(...lines);
    made.querySelector(".key-switch").hidden = !single;
    made.querySelector(".key-switch kbd").textContent = single;
    made.querySelector("[data-single-keys]").checked = singleKeys();
    if (place && place.dataset.ownKeys) {
      const link = document.createElement("a");
      link.href = place.dataset.ownKeys;
      link.className = "btn";
      link.textContent = "更改我的快捷键";
      made.querySelector("form").append(link);
    }
    document.body.append(made);
    return made;
  }

  function toggleHelp() {
    const help = document.querySelector("[data-help-dialog]");
    if (help) help.close();
    else helpDialog().showModal();
    return true;
  }

  // A field that takes the key itself; Tab, Esc, Enter and the keys of editing keep their sense in it.
  function takeKey(event) {
    const key = keyOf(event);
    if (key.length < 2 || ["Tab", "Shift+Tab", "Esc", "Enter"].includes(key) || /^Ctrl\+[ACVXYZ]$/.test(key)) return false;
    event.preventDefault();
    event.target.value = event.target.name === "TAB" && /^Alt\+[0-9]$/.test(key) ? "Alt+1" : key;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    const name = functionOf.get(keyOf(event));
    const dialog = document.querySelector("dialog[open]");
    if (dialog) {
      // Esc belongs to the dialog; the key of the help closes what it opened.
      if (name === "HELP" && "helpDialog" in dialog.dataset) toggleHelp();
      return;
    }
    if ("keyField" in event.target.dataset && takeKey(event)) return;
    const single = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (name && !(single && (typing(event.target) || !singleKeys()))) {
      if (ACTS[name][1](event)) event.preventDefault();
    } else if (event.key === "Enter" && keyOf(event) === "Enter") goToNextField(event);
  });

  document.addEventListener("focusin", (event) => { if ("keyField" in event.target.dataset) event.target.select(); });

  // However it was closed, the next opening looks at the page anew.
  document.addEventListener("close", (event) => { if ("helpDialog" in event.target.dataset) event.target.remove(); }, true);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) toggleHelp();
    if (event.target.closest("[data-find]")) focusSearch();
    const choice = event.target.closest("[data-single-keys]");
    if (choice) localStorage.setItem("single-keys", choice.checked ? "on" : "off");
  });

  // Hints beside buttons and in sentences name the person's own keys.
  function showKeys(root) {
    const keys = new Map(functions.map(([name, key]) => [name, key]));
    root.querySelectorAll("[data-key-of]").forEach((hint) => {
      const key = keys.get(hint.dataset.keyOf);
      if (key === undefined) return;
      const tab = hint.dataset.nth;
      hint.textContent = tab && key ? key.slice(0, -1) + tab : key;
      hint.hidden = !key;
    });
    root.querySelectorAll("[data-shortcut-of]").forEach((button) => {
      const key = keys.get(button.dataset.shortcutOf);
      if (key) button.setAttribute("aria-keyshortcuts", key.replace("Ctrl", "Control").replace("Esc", "Escape"));
      else button.removeAttribute("aria-keyshortcuts");
    });
  }
  showKeys(document);
  document.addEventListener("htmx:afterSettle", (event) => showKeys(event.target));
})();
