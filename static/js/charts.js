// Charts 图表: each is drawn from the table beside it, so that both always say the same; without this file the table stays.
"use strict";

(function () {
  const COLOURS = ["#1a56b0", "#c77700", "#2e7d32", "#8e3b8a"];
  const SOFT = "#52606d";
  const LINE = "#d9e0e7";
  const FEW = 8; // so few names all stand under their bars

  const amount = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });
  // A figure on an axis, as people say it: 1.2 亿, 35 万.
  function short(value) {
    const size = Math.abs(value);
    if (size >= 1e8) return `${amount.format(value / 1e8)} 亿`;
    if (size >= 1e4) return `${amount.format(value / 1e4)} 万`;
    return amount.format(value);
  }

  function seriesOf(card) {
    return Array.from(card.querySelectorAll("thead th")).flatMap((head, place) => (
      "axis" in head.dataset
        ? [{ place, name: head.textContent.trim(), axis: Number(head.dataset.axis), whole: head.classList.contains("number") }]
        : []
    ));
  }

  function drawingOf(card) {
    const rows = Array.from(card.querySelectorAll("tbody tr"));
    const series = seriesOf(card);
    const shape = card.dataset.chart;
    const right = series.some((one) => one.axis === 1);
    return {
      animation: false,
      color: COLOURS,
      textStyle: { fontFamily: getComputedStyle(card).fontFamily },
      aria: { enabled: false },
      grid: { left: 8, right: right ? 8 : 16, top: 36, bottom: 4, containLabel: true },
      legend: { show: series.length > 1, top: 0, selectedMode: false, textStyle: { color: SOFT } },
      // Drawn inside the picture: markup of its own would carry styles that our content policy refuses.
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, valueFormatter: (value) => amount.format(value) },
      xAxis: {
        type: "category",
        data: rows.map((row) => row.cells[0].textContent.trim()),
        axisLabel: rows.length > FEW ? { color: SOFT } : { color: SOFT, interval: 0, width: 60, overflow: "break" },
        axisLine: { lineStyle: { color: LINE } },
        axisTick: { show: false },
      },
      yAxis: [0, 1].slice(0, right ? 2 : 1).map((axis) => ({
        type: "value",
        scale: shape === "line",
        minInterval: series.some((one) => one.axis === axis && one.whole) ? 1 : 0,
        axisLabel: { color: SOFT, formatter: short },
        splitLine: { show: axis === 0, lineStyle: { color: LINE } },
      })),
      series: series.map((one) => ({
        name: one.name,
        type: shape,
        yAxisIndex: one.axis,
        data: rows.map((row) => Number(row.cells[one.place].dataset.value)),
        barMaxWidth: 32,
        symbolSize: 6,
        lineStyle: { width: 2, type: one.axis ? "dashed" : "solid" },
        triggerLineEvent: true,
      })),
    };
  }

  // A click leads to the rows behind a figure, as the link in its cell of the table does.
  function openRows(card, point) {
    const series = seriesOf(card)[point.seriesIndex];
    const row = card.querySelectorAll("tbody tr")[point.dataIndex];
    const link = row && (row.cells[series.place].querySelector("a") || row.querySelector("a"));
    if (link) link.click();
  }

  function showAs(card, asTable) {
    card.querySelector("[data-chart-picture]").hidden = asTable;
    card.querySelector("[data-chart-table]").hidden = !asTable;
    const button = card.querySelector("[data-chart-switch]");
    button.setAttribute("aria-pressed", String(asTable));
    button.textContent = asTable ? "看图" : "看表格";
  }

  document.querySelectorAll("[data-chart]").forEach((card) => {
    const picture = card.querySelector("[data-chart-picture]");
    const button = card.querySelector("[data-chart-switch]");
    button.hidden = false;
    showAs(card, false);
    const chart = window.echarts.init(picture, null, { renderer: "svg" });
    chart.setOption(drawingOf(card));
    chart.on("click", (point) => openRows(card, point));
    button.addEventListener("click", () => {
      showAs(card, !picture.hidden);
      chart.resize();
    });
    window.addEventListener("resize", () => chart.resize());
    window.addEventListener("beforeprint", () => chart.resize());
  });
})();
