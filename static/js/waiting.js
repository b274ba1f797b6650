// What a person sees while the server works 等待: a line after 0.3 s, a sentence after 5 s, the truth when it fails.
"use strict";

(function () {
  const SHOWN_AFTER = 300;
  const TOLD_AFTER = 5000;
  const timers = new Map();

  const sentence = document.createElement("p");
  sentence.className = "waiting-word";
  sentence.setAttribute("role", "status");
  sentence.hidden = true;
  document.body.append(sentence);

  function tell(text) {
    sentence.textContent = text;
    sentence.hidden = !text;
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
    place.classList.remove("waiting");
    place.removeAttribute("aria-busy");
    if (!timers.size) tell("");
  }

  // A whole page on its way.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method === "dialog") return;
    begin(document.body, event.target.method === "post" ? "正在办理，请不要重复提交或关闭页面……" : "正在读取，请稍候……");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !plain || link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#")) return;
    begin(document.body, "正在读取，请稍候……");
    // A file is saved and this page stays.
    if (/\/(export|template|errors)\b/.test(link.pathname)) setTimeout(() => end(document.body), TOLD_AFTER);
  });
  window.addEventListener("pageshow", () => end(document.body));

  // A part of the page that refreshes itself.
  document.addEventListener("htmx:beforeRequest", (event) => begin(event.detail.target, "正在读取，请稍候……"));
  document.addEventListener("htmx:afterRequest", (event) => end(event.detail.target));
  const failed = () => tell("刷新失败，显示的仍是先前的内容；系统会自动重试，您也可以按 F5 重新打开本页。");
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);
})();
