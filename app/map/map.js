// Points are drawn on one canvas, lasso and hover on a second one above it. Text goes into the page as textContent only.
const CELLS = 64, NEAR = 9, STILL = 4, CORNERS = 96, GREY = 255

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map")
  const map = (root.map ??= create(root))
  map.send = setTriggerValue
  map.show(unpack(data))
  return () => map.end()
}

function unpack(data) {
  const bytes = new Uint8Array(data instanceof Uint8Array ? data : new Uint8Array(data)).slice()
  const length = new DataView(bytes.buffer).getUint32(0, true)
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const n = head.n
  let at = 4 + length
  const floats = () => { const part = new Float32Array(bytes.buffer, at, n); at += 4 * n; return part }
  const flags = () => { const part = bytes.subarray(at, at + n); at += n; return part }
  const sheet = { ...head, x: floats(), y: floats(), wrong: flags(), colour: flags(), group: flags(), selected: flags() }
  sheet.text = bytes.subarray(at)
  return sheet
}

function create(root) {
  const points = root.querySelector(".points"), over = root.querySelector(".over")
  const legend = root.querySelector(".legend"), tip = root.querySelector(".tip")
  const map = { sheet: null, send: null, zoom: 1, panX: 0, panY: 0 }
  let width = 0, height = 0, grid = null, ids = null, path = [], drag = null, colours = [], grey = "#888", ink = "#000"

  const sx = (x) => ((x - map.sheet.box[0]) / (map.sheet.box[1] - map.sheet.box[0]) * width - map.panX) * map.zoom
  const sy = (y) => ((map.sheet.box[3] - y) / (map.sheet.box[3] - map.sheet.box[2]) * height - map.panY) * map.zoom
  const back = (px, py) => [
    map.sheet.box[0] + (px / map.zoom + map.panX) / width * (map.sheet.box[1] - map.sheet.box[0]),
    map.sheet.box[3] - (py / map.zoom + map.panY) / height * (map.sheet.box[3] - map.sheet.box[2]),
  ]
  const colourOf = (place) => (place === GREY ? grey : colours[place % colours.length])

  function readTheme() {
    const style = getComputedStyle(root)
    const list = style.getPropertyValue("--st-chart-categorical-colors").split(",").map((c) => c.trim()).filter(Boolean)
    colours = list.length > 1 ? list : ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
    grey = style.getPropertyValue("--st-gray-color").trim() || "#888"
    ink = style.getPropertyValue("--st-text-color").trim() || "#000"
  }

  map.show = (sheet) => {
    const other = !map.sheet || map.sheet.n !== sheet.n || map.sheet.box.join() !== sheet.box.join()
    map.sheet = sheet
    ids = null
    if (other) { map.zoom = 1; map.panX = map.panY = 0; grid = null }
    root.setAttribute("aria-label", `Map of ${sheet.n} rows; the table beside it lists the same errors`)
    root.style.height = `${sheet.height}px`
    root.dataset.points = sheet.n
    root.dataset.selected = sheet.selected.reduce((sum, one) => sum + one, 0)
    readTheme(); writeLegend(); size()
  }

  function writeLegend() {
    legend.replaceChildren(...map.sheet.keys.map((key) => {
      const item = document.createElement("span"), mark = document.createElement("b")
      mark.style.color = colourOf(key.colour)
      mark.textContent = key.shape === "cross" ? "✕" : "●"
      item.append(mark, document.createTextNode(key.label))
      return item
    }))
  }

  function size() {
    const ratio = window.devicePixelRatio || 1
    width = root.clientWidth; height = root.clientHeight
    for (const canvas of [points, over]) {
      canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio)
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0)
    }
    draw(); drawOver()
  }

  function draw() {
    if (!map.sheet || !width) return
    const brush = points.getContext("2d"), { n, x, y, wrong, colour, selected, any } = map.sheet
    brush.clearRect(0, 0, width, height)
    const r = Math.min(4, (n > 20000 ? 1.6 : n > 4000 ? 2.1 : 2.8) * Math.sqrt(map.zoom) ** 0.6)
    const layers = new Map()  // one path a kind of mark: a stroke each is what makes 50,000 points quick
    for (let i = 0; i < n; i++) {
      const px = sx(x[i]), py = sy(y[i])
      if (px < -5 || py < -5 || px > width + 5 || py > height + 5) continue
      const kind = ((any ? selected[i] : 1) << 9) | (wrong[i] << 8) | colour[i]
      let layer = layers.get(kind)
      if (!layer) layers.set(kind, (layer = []))
      layer.push(px, py)
    }
    for (const kind of [...layers.keys()].sort((a, b) => a - b)) {
      const layer = layers.get(kind), cross = kind & 256
      brush.globalAlpha = kind & 512 ? (cross ? 0.9 : 0.55) : 0.12
      brush.beginPath()
      for (let i = 0; i < layer.length; i += 2) {
        const px = layer[i], py = layer[i + 1]
        if (cross) { brush.moveTo(px - r, py - r); brush.lineTo(px + r, py + r); brush.moveTo(px + r, py - r); brush.lineTo(px - r, py + r) }
        else { brush.moveTo(px + r, py); brush.arc(px, py, r, 0, 7) }
      }
      if (cross) { brush.lineWidth = r > 2 ? 1.5 : 1.2; brush.strokeStyle = colourOf(kind & 255); brush.stroke() }
      else { brush.fillStyle = colourOf(kind & 255); brush.fill() }
    }
    brush.globalAlpha = 1
  }

  function drawOver(hover = -1) {
    if (!map.sheet) return
    const brush = over.getContext("2d")
    brush.clearRect(0, 0, width, height)
    brush.strokeStyle = ink
    for (const i of [map.sheet.focus ?? -1, hover]) {
      if (i < 0 || i >= map.sheet.n) continue
      brush.lineWidth = 1.5; brush.beginPath(); brush.arc(sx(map.sheet.x[i]), sy(map.sheet.y[i]), 7, 0, 7); brush.stroke()
    }
    const corners = path.length ? path : map.sheet.lasso.map(([x, y]) => [sx(x), sy(y)])
    if (corners.length < 2) return
    brush.lineWidth = 1; brush.setLineDash([4, 3]); brush.beginPath()
    corners.forEach(([px, py], i) => (i ? brush.lineTo(px, py) : brush.moveTo(px, py)))
    brush.closePath(); brush.stroke(); brush.setLineDash([])
    brush.globalAlpha = 0.06; brush.fillStyle = ink; brush.fill(); brush.globalAlpha = 1
  }

  const cell = (value, low, high) => Math.max(0, Math.min(CELLS - 1, Math.floor((value - low) / (high - low) * CELLS)))

  function nearest(px, py) {
    const { n, x, y, box } = map.sheet
    if (!grid) {
      grid = Array.from({ length: CELLS * CELLS }, () => [])
      for (let i = 0; i < n; i++) grid[cell(x[i], box[0], box[1]) + CELLS * cell(y[i], box[2], box[3])].push(i)
    }
    const [x0, y1] = back(px - NEAR, py - NEAR), [x1, y0] = back(px + NEAR, py + NEAR)
    let best = -1, least = NEAR * NEAR
    for (let cy = cell(y0, box[2], box[3]); cy <= cell(y1, box[2], box[3]); cy++)
      for (let cx = cell(x0, box[0], box[1]); cx <= cell(x1, box[0], box[1]); cx++)
        for (const i of grid[cx + CELLS * cy]) {
          const far = (sx(x[i]) - px) ** 2 + (sy(y[i]) - py) ** 2
          if (far < least || (far === least && map.sheet.wrong[i])) { least = far; best = i }
        }
    return best
  }

  function hover(px, py) {
    const i = nearest(px, py)
    tip.hidden = i < 0
    drawOver(i)
    if (i < 0) return
    ids ??= new TextDecoder().decode(map.sheet.text).split("\n")
    const key = map.sheet.keys[map.sheet.group[i]]
    tip.textContent = `${ids[i]} · ${key ? key.label : ""}`
    tip.style.left = `${Math.min(px + 12, width - tip.offsetWidth - 4)}px`
    tip.style.top = `${Math.max(4, py - 30)}px`
  }

  function thinned(corners) {
    const step = Math.max(1, Math.ceil(corners.length / CORNERS))
    return corners.filter((_, i) => i % step === 0).map(([px, py]) => back(px, py))
  }

  function fit() { map.zoom = 1; map.panX = map.panY = 0; draw(); drawOver() }
  const spot = (e) => { const box = over.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top] }

  over.onpointerdown = (e) => {
    if (e.button > 1) return
    e.preventDefault(); root.focus({ preventScroll: true })
    over.setPointerCapture(e.pointerId)
    drag = { from: spot(e), last: spot(e), pan: e.button === 1 || e.shiftKey, moved: false }
    path = []
  }
  over.onpointermove = (e) => {
    const [px, py] = spot(e)
    if (!drag) return hover(px, py)
    if (Math.hypot(px - drag.last[0], py - drag.last[1]) < STILL) return
    if (drag.pan) {
      map.panX -= (px - drag.last[0]) / map.zoom; map.panY -= (py - drag.last[1]) / map.zoom
      draw()
    } else path.push([px, py])
    drag.last = [px, py]; drag.moved = true
    tip.hidden = true; drawOver()
  }
  over.onpointerup = (e) => {
    if (!drag) return
    const { moved, pan, from } = drag
    drag = null
    if (moved && !pan && path.length > 2) map.send("lasso", { polygon: thinned([from, ...path]) })
    else if (!moved) { const i = nearest(...spot(e)); if (i >= 0) map.send("pick", { point: i }) }
    path = moved && !pan ? path : []
    drawOver()
    path = []
  }
  over.onpointercancel = () => { drag = null; path = []; drawOver() }
  over.onpointerleave = () => { tip.hidden = true; if (!drag) drawOver() }
  over.ondblclick = fit
  root.querySelector(".fit").onclick = fit
  root.onkeydown = (e) => {
    if (e.key !== "Escape") return
    if (drag) { drag = null; path = []; drawOver() } else map.send("lasso", { polygon: [] })
  }
  over.addEventListener("wheel", (e) => {
    e.preventDefault()
    const [px, py] = spot(e), before = map.zoom
    map.zoom = Math.max(1, Math.min(60, map.zoom * Math.exp(-e.deltaY * 0.0015)))
    map.panX += px / before - px / map.zoom; map.panY += py / before - py / map.zoom
    if (map.zoom === 1) map.panX = map.panY = 0
    tip.hidden = true; draw(); drawOver()
  }, { passive: false })

  const watcher = new ResizeObserver(() => { if (root.clientWidth !== width || root.clientHeight !== height) size() })
  watcher.observe(root)
  map.end = () => { watcher.disconnect(); root.map = undefined }
  return map
}
