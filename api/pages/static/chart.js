// Draws a hold from the table beside it: what the table says is what the chart shows.

import uPlot from "/static/vendor/uplot/uPlot.esm.js";

const GAP_MIN = 15;
const SERIES = ["core", "air", "hand"];
const SIZE_PX = 13;

for (const place of document.querySelectorAll("[data-chart]")) draw(place);

function draw(place) {
  const rows = [...document.querySelectorAll(`#${place.dataset.chart} tr[data-minute]`)].map(read);
  const marks = [...place.querySelectorAll("[data-mark]")].map((mark) => ({
    minute: Number(mark.dataset.mark),
    name: mark.textContent,
  }));
  const facts = {
    limit: Number(place.dataset.limit),
    check: Number(place.dataset.check),
    checkName: place.querySelector('[data-unit="check"]').textContent,
    from: Number(place.dataset.from),
    to: Number(place.dataset.to),
    marks,
    band: rows.filter((row) => row.low !== undefined && row.high !== undefined),
  };
  const chart = new uPlot(options(place, facts, rows), columns(rows), place);
  chart.root.setAttribute("aria-hidden", "true");
  new ResizeObserver(() => chart.setSize(size(place))).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
}

function read(row) {
  const value = (name) => (row.dataset[name] === undefined ? undefined : Number(row.dataset[name]));
  return {
    minute: value("minute"),
    core: value("coreC"),
    air: value("airC"),
    hand: value("handC"),
    low: value("lowC"),
    high: value("highC"),
  };
}

// uPlot joins over undefined and breaks at null: a null stands in the middle of every long silence.
function columns(rows) {
  const points = rows.map((row) => ({ ...row }));
  for (const name of ["core", "air"]) {
    const seen = rows.filter((row) => row[name] !== undefined);
    seen.slice(1).forEach((row, index) => {
      const before = seen[index].minute;
      if (row.minute - before > GAP_MIN) points.push({ minute: (row.minute + before) / 2, [name]: null });
    });
  }
  points.sort((one, other) => one.minute - other.minute);
  return [points.map((point) => point.minute), ...SERIES.map((name) => points.map((point) => point[name]))];
}

function size(place) {
  return { width: Math.floor(place.clientWidth), height: Math.max(380, Math.min(480, Math.floor(place.clientWidth * 0.6))) };
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function options(place, facts, rows) {
  const values = rows.flatMap((row) => [row.core, row.air, row.hand, row.low, row.high]).filter(Number.isFinite);
  const lowest = Math.floor((Math.min(...values, facts.limit - 5) - 1) / 10) * 10;
  const highest = Math.ceil((Math.max(...values, facts.limit + 10) + 1) / 10) * 10;
  const axis = {
    stroke: () => colour("ink-2"),
    font: `${SIZE_PX}px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    ...size(place),
    padding: [facts.marks.length * (SIZE_PX + 6) + 12, 24, 0, 0],
    legend: { show: false },
    cursor: { drag: { setScale: false, x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [facts.from, facts.to] }, y: { range: [lowest, highest] } },
    axes: [
      { ...axis, incrs: [10, 15, 30, 60, 120, 240], space: 56, values: (_, splits) => splits.map(clock) },
      { ...axis, size: 46, incrs: [5, 10, 20], values: (_, splits) => splits.map((value) => `${value}°`) },
    ],
    series: [
      {},
      { stroke: () => colour("ink"), width: 2.5, points: { show: false } },
      { stroke: () => colour("cold"), width: 2, points: { show: false } },
      { stroke: () => colour("ink"), paths: () => null, points: { show: false } },
    ],
    hooks: {
      drawClear: [(chart) => drawBehind(chart, facts)],
      draw: [(chart) => drawHands(chart)],
    },
  };
}

function clock(minute) {
  const whole = ((Math.round(minute) % 1440) + 1440) % 1440;
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

function drawBehind(chart, facts) {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const x = (minute) => chart.valToPos(minute, "x", true);
  const y = (value) => chart.valToPos(value, "y", true);
  ctx.save();
  if (facts.band.length > 1) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colour("cold");
    for (const run of runs(facts.band)) {
      ctx.beginPath();
      run.forEach((row) => ctx.lineTo(x(row.minute), y(row.high)));
      run.toReversed().forEach((row) => ctx.lineTo(x(row.minute), y(row.low)));
      ctx.closePath();
      ctx.fill();
    }
    ctx.restore();
  }
  ctx.lineWidth = 2 * ratio;
  ctx.strokeStyle = colour("hot");
  ctx.setLineDash([7 * ratio, 5 * ratio]);
  line(ctx, bbox.left, y(facts.limit), bbox.left + bbox.width, y(facts.limit));
  ctx.setLineDash([2 * ratio, 4 * ratio]);
  ctx.strokeStyle = colour("ink");
  const within = facts.check >= facts.from && facts.check <= facts.to;
  if (within) line(ctx, x(facts.check), bbox.top, x(facts.check), bbox.top + bbox.height);
  ctx.setLineDash([]);
  ctx.lineWidth = 1.5 * ratio;
  ctx.fillStyle = colour("ink");
  ctx.font = `${SIZE_PX * ratio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.textBaseline = "middle";
  facts.marks.forEach((mark, index) => {
    const top = bbox.top - (facts.marks.length - index) * (SIZE_PX + 6) * ratio + 4 * ratio;
    line(ctx, x(mark.minute), top - 6 * ratio, x(mark.minute), bbox.top + bbox.height);
    label(ctx, bbox, x(mark.minute), top, mark.name, ratio);
  });
  if (within) label(ctx, bbox, x(facts.check), bbox.top + bbox.height - 12 * ratio, facts.checkName, ratio);
  ctx.restore();
}

function runs(rows) {
  const found = [];
  rows.forEach((row, index) => {
    const joined = index > 0 && row.minute - rows[index - 1].minute <= GAP_MIN;
    if (joined) found.at(-1).push(row);
    else found.push([row]);
  });
  return found;
}

function line(ctx, fromX, fromY, toX, toY) {
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}

function label(ctx, bbox, x, y, text, ratio) {
  const fits = x + ctx.measureText(text).width + 10 * ratio < bbox.left + bbox.width;
  ctx.textAlign = fits ? "left" : "right";
  ctx.fillText(text, x + (fits ? 6 : -6) * ratio, y);
}

function drawHands(chart) {
  const { ctx } = chart;
  const reach = 7 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colour("ink");
  chart.data[3].forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    const x = chart.valToPos(chart.data[0][index], "x", true);
    const y = chart.valToPos(value, "y", true);
    ctx.beginPath();
    ctx.moveTo(x, y - reach);
    ctx.lineTo(x + reach, y);
    ctx.lineTo(x, y + reach);
    ctx.lineTo(x - reach, y);
    ctx.fill();
  });
  ctx.restore();
}
