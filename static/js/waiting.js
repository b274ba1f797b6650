// What a person sees while the server works 等待: a skeleton after 0.3 s, a sentence after 5 s, how long and a way out
// after 10 s, the truth when it fails.
"use strict";

(function () {
  const SHOWN_AFTER = 300;
  const TOLD_AFTER = 5000;
  const LEAVE_AFTER = 10000;
  const READING = "正在读取，请稍候……";
  const timers = new Map();

  const word = document.createElement("div");
  word.className = "waiting-word";
  word.setAttribute("role", "status");
  word.hidden = true;
  word.innerHTML = `<p data-word></p><div class="waiting-long" hidden><progress aria-label="正在等待服务器"></progress>
    <span aria-hidden="true" data-seconds></span><button type="button" class="btn btn-sm" data-stop></button></div>`;
  document.body.append(word);
  const long = word.querySelector(".waiting-long");
  const stop = word.querySelector("[data-stop]");

  function tell(text) {
    word.querySelector("[data-word]").textContent = text;
    word.hidden = !text;
    long.hidden = true;
  }

  function begin(place, text) {
    end(place);
    timers.set(place, [
      setTimeout(() => { place.classList.add("waiting"); place.setAttribute("aria-busy", "true"); }, SHOWN_AFTER),
      setTimeout(() => tell(text), TOLD_AFTER),
    ]);
  }

  function end(place) {
    (timers.get(place) || []).forEach(clearTimeout);
    timers.delete(place);
    place.classList.remove("waiting", "reading");
    place.removeAttribute("aria-busy");
    if (!timers.size) tell("");
  }

  // A whole page on its way. What is read takes the place of what stands here; what is handed in leaves it as it is.
  function leave(text, reading) {
    const began = Date.now();
    begin(document.body, text);
    timers.get(document.body).push(
      setTimeout(() => document.body.classList.toggle("reading", reading), SHOWN_AFTER),
      setTimeout(() => {
        stop.textContent = reading ? "取消" : "停止等待";
        stop.dataset.stop = reading ? "reading" : "acting";
        long.hidden = false;
        count(began);
      }, LEAVE_AFTER),
    );
  }

  function count(began) {
    word.querySelector("[data-seconds]").textContent = `已等待 ${Math.round((Date.now() - began) / 1000)} 秒`;
    timers.get(document.body).push(setTimeout(() => count(began), 1000));
  }

  // A file is saved and this page stays.
  function fetchFile(address) {
    const file = /\/(export|print|template|errors)\b/.test(new URL(address, location.href).pathname);
    if (file) {
      leave(READING, false);
      setTimeout(() => end(document.body), TOLD_AFTER);
    }
    return file;
  }

  stop.addEventListener("click", () => {
    const acting = stop.dataset.stop === "acting";
    window.stop();
    end(document.body);
    tell(acting ? "已停止等待。刚才的提交可能已经办理，请按 F5 重新打开本页核对，不要直接重复提交。" : "已取消，显示的仍是先前的内容。");
    if (!acting) setTimeout(() => { if (!timers.size) tell(""); }, TOLD_AFTER);
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method === "dialog") return;
    const button = event.submitter;
    if (fetchFile(button && button.hasAttribute("formaction") ? button.formAction : event.target.action)) return;
    const reading = event.target.method !== "post" || "repeatable" in event.target.dataset;
    leave(reading ? READING : "正在办理，请不要重复提交或关闭页面……", reading);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#")) return;
    if (!fetchFile(link.href)) leave(READING, true);
  });
  window.addEventListener("pageshow", () => end(document.body));

  // A part of the page that refreshes itself; what asks unseen is neither waited for nor missed.
  const unseen = (event) => "byItself" in event.detail.elt.dataset;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.defaultPrevented && !unseen(event)) begin(event.detail.target, READING);
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (!unseen(event)) end(event.detail.target); });
  const failed = (event) => {
    if (!unseen(event)) tell("刷新失败，显示的仍是先前的内容；系统会自动重试，您也可以按 F5 重新打开本页。");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);
})();
