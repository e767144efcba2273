/* Draws Dateline's map inside streamlit-folium's frame.
 *
 * Constant code: what changes arrives as numbers and ids through dateline.layer(), never as text to
 * be shown. The only words on the map are those in `words`; names and sentences are Streamlit's.
 */
"use strict";

window.dateline = (() => {
  // Every word that this script shows. A translation replaces this table.
  const words = {
    legend: "What the marks mean",
    keys: {
      exact: "exact spot: known to 2 km",
      town: "town, or several places",
      rough: "known only roughly",
      area: "no point: region, country or sea",
      line: "no point: along a river",
    },
    // What the numbers count: see `unit` of dateline.layer().
    units: [["event", "events"], ["article", "articles"], ["incident", "incidents"]],
    arcs: (unit) => `arcs: event types · number: ${words.units[unit][1]}, at each of their places`,
    named: (name, said) => `${name}: ${said}`,
    first: (name, n) => `${name} and ${n - 1} more`,
    attribution: "Natural Earth · GeoNames · outlines approximate",
    tiles: "© OpenStreetMap contributors",
    counted: (n, unit) => `${n} ${words.units[unit][n === 1 ? 0 : 1]}`,
    places: (n) => `${n} places here`,
    area: "known only to the region",
    rough: "known only roughly",
    line: "along the river",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
  };

  const TILE_URL = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
  const DETAIL_FROM_ZOOM = 6;
  // A pane per layer, below Leaflet's own tiles (200) where tiles are to cover it when they load.
  const PANES = { land: 150, lines: 160, areas: 350 };
  const MARGIN = 36; // px round a view that is flown to: marks are in sight whole
  const [ROUGH, EXACT] = [1, 2]; // how well the one place of a ring is known, as in layers.py
  const TWO_PI = 2 * Math.PI;

  let map = null;
  let look = null; // colours of the theme in force, from the last layer
  let focus = new Set(); // countries that have something to show
  let tiles = null;
  let legend = null;
  let unit = 0; // what the numbers on the marks count
  let flown = null; // the last turn that sent the map somewhere
  let fitted = null; // the box that the map was first sent to, and where it was after that
  let restoreFocus = null;
  let labels = null; // names beside the marks and between them: see labels.js
  let reported = null; // the view that Python was last told of
  let zooming = false;
  const resting = []; // what to do when the map has come to rest after zooming
  let spotLayer = null; // its click tells Streamlit the spot of a right click or long press
  const renderers = {};
  const levels = {}; // 0 overview, 1 detail: { countries: Map, coast, borders, step }
  const drawn = { state: "", level: -1, countries: new Map(), lines: [] };
  const files = new Map(); // outline file -> { id: shape } once it has loaded
  const wanted = new Set();
  let countryOutlines = []; // [layer, alpha-2] on the map, to follow the level of detail
  const waiting = []; // what to do when a further outline file or basemap arrives

  const hex = (n) => `#${n.toString(16).padStart(6, "0")}`;
  const svgNamespace = "http://www.w3.org/2000/svg";
  const home = document.currentScript ? document.currentScript.src : "";
  const asset = (path) => new URL(path, home).href;

  function svg(tag, attributes, children = []) {
    const element = document.createElementNS(svgNamespace, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // -- reading the assets -----------------------------------------------------------------------

  function decode(deltas, step) {
    const points = [];
    let x = 0;
    let y = 0;
    for (let n = 0; n < deltas.length; n += 2) {
      x += deltas[n];
      y += deltas[n + 1];
      points.push([y * step, x * step]);
    }
    return points;
  }

  /** A ring that crosses the date line, carried on past 180 degrees instead of back round. */
  function unwrapped(points) {
    let shift = 0;
    return points.map(([lat, lng], n) => {
      const step = n ? lng - points[n - 1][1] : 0;
      if (Math.abs(step) > 180) shift -= Math.sign(step) * 360;
      return [lat, lng + shift];
    });
  }

  /** What of a ring lies on one side of a meridian: `side` 1 keeps the west of it, -1 the east. */
  function clipped(points, meridian, side) {
    const inside = (point) => (point[1] - meridian) * side <= 0;
    const kept = [];
    points.forEach((point, n) => {
      const before = points[(n || points.length) - 1];
      if (inside(point) !== inside(before)) {
        const share = (meridian - before[1]) / (point[1] - before[1]);
        kept.push([before[0] + share * (point[0] - before[0]), meridian]);
      }
      if (inside(point)) kept.push(point);
    });
    return kept;
  }

  /** The polygon, in one part for each side of the date line that it reaches. */
  function acrossDateLine(rings) {
    const carried = rings.map(unwrapped);
    if (!carried[0].some(([, lng]) => Math.abs(lng) > 180.01)) return [carried];
    return [-360, 0, 360]
      .map((shift) =>
        carried
          .map((ring) => ring.map(([lat, lng]) => [lat, lng + shift]))
          .map((ring) => clipped(clipped(ring, 180, 1), -180, -1))
          .filter((ring) => ring.length > 2),
      )
      .filter((part) => part.length);
  }

  /** A line in parts that do not run across the whole map at the date line. */
  function cutAtDateLine(arc) {
    const parts = [[]];
    arc.forEach((point, n) => {
      if (n && Math.abs(point[1] - arc[n - 1][1]) > 180) parts.push([]);
      parts[parts.length - 1].push(point);
    });
    return parts;
  }

  /** A basemap file calls this: borders are the arcs that two countries share. */
  function basemap(level, topology) {
    const arcs = topology.arcs.map((arc) => decode(arc, topology.step));
    const owners = arcs.map(() => new Set());
    const countries = new Map();
    for (const [country, polygons] of topology.countries) {
      const shapes = polygons.flatMap((rings) =>
        acrossDateLine(rings.map((ring) => {
          const points = [];
          for (const n of ring) {
            const at = n < 0 ? ~n : n;
            owners[at].add(country || polygons);
            const arc = n < 0 ? arcs[at].slice().reverse() : arcs[at];
            points.push(...(points.length ? arc.slice(1) : arc));
          }
          return points;
        })),
      );
      countries.set(country || `-${countries.size}`, {
        shapes,
        boxes: shapes.map((shape) => L.latLngBounds(shape[0])),
      });
    }
    levels[level] = {
      countries,
      borders: arcs.filter((arc, n) => owners[n].size > 1).flatMap(cutAtDateLine),
      coast: arcs.filter((arc, n) => owners[n].size === 1).flatMap(cutAtDateLine),
    };
    arrived();
  }

  /** An outline file calls this. */
  function outlines(name, data) {
    const shapes = {};
    for (const [id, shape] of Object.entries(data.shapes)) {
      const parts = shape.p.map((rings) => rings.map((ring) => decode(ring, data.step)));
      shapes[id] = { line: shape.l > 0, river: shape.l === 1, parts };
    }
    files.set(name, shapes);
    arrived();
  }

  /** A file of towns calls this: name, latitude and longitude in steps, weight. */
  function towns(name, data) {
    datelineLabels.know(name, data);
    if (labels) labels.redraw();
  }

  function arrived() {
    if (!map || !look) return;
    refresh();
    for (const act of waiting.splice(0)) act();
  }

  function load(path) {
    if (!home || wanted.has(path)) return; // a map in one file has nothing to load
    wanted.add(path);
    const script = document.createElement("script");
    script.src = asset(path);
    script.onerror = () => wanted.delete(path); // a later layer asks again
    document.head.append(script);
  }

  // -- land, borders, regions, rivers -----------------------------------------------------------

  function still(pane, style) {
    return { pane, renderer: renderers[pane], interactive: false, smoothFactor: 0.7, ...style };
  }

  function clearBase() {
    const layers = [...drawn.countries.values()].flat().filter(Boolean); // arrays with gaps
    for (const layer of [...layers, ...drawn.lines]) layer.remove();
    drawn.countries.clear();
    drawn.lines = [];
  }

  /** Bring the land up to date with zoom, view, theme and what has loaded. */
  function refresh() {
    if (!look) return;
    let level = map.getZoom() >= DETAIL_FROM_ZOOM ? 1 : 0;
    if (level === 1 && !levels[1]) {
      load("generated/basemap-detail.js");
      level = 0;
    }
    const base = levels[level];
    const state = JSON.stringify([level, !!base, look, [...focus], [...files.keys()]]);
    if (drawn.state !== state) {
      clearBase();
      drawn.state = state;
      drawn.level = level;
      if (base) {
        const line = { color: look.borders, weight: 0.8, opacity: 1, fill: false };
        drawn.lines.push(
          L.polyline(base.borders, still("lines", { ...line, weight: 1 })).addTo(map),
          L.polyline(base.coast, still("lines", { ...line, opacity: 0.7 })).addTo(map),
        );
      }
      for (const shapes of files.values()) {
        for (const shape of Object.values(shapes)) {
          if (!shape.line) continue; // an area is drawn where a mark asks for it
          const style = shape.river
            ? { color: look.water, weight: 2, opacity: 1 }
            : { color: look.borders, weight: 0.8, opacity: 0.75 };
          drawn.lines.push(L.polyline(flat(shape), still("lines", style)).addTo(map));
        }
      }
    }
    if (!base) return;
    for (const [outline, key] of countryOutlines) {
      const country = base.countries.get(key);
      if (country && outline.shapes !== country.shapes) {
        outline.shapes = country.shapes;
        outline.setLatLngs(country.shapes);
      }
    }
    const view = map.getBounds().pad(0.5);
    for (const [country, { shapes, boxes }] of base.countries) {
      const shown = boxes.map((box) => level === 0 || view.intersects(box));
      const have = drawn.countries.get(country) || [];
      shapes.forEach((shape, n) => {
        if (!shown[n] || have[n]) return;
        const fill = focus.size === 0 || focus.has(country) ? look.land : look.neighbours;
        have[n] = L.polygon(shape, still("land", {
          stroke: true, weight: 0.5, color: fill, fillColor: fill, fillOpacity: 1,
        })).addTo(map);
      });
      if (have.length) drawn.countries.set(country, have);
    }
  }

  const flat = (shape) => (shape.line ? shape.parts.map((rings) => rings[0]) : shape.parts);

  // -- marks ------------------------------------------------------------------------------------

  /** The point of a ring at a share of it (0..1, clockwise from the top), as SVG has it. */
  const onRing = (centre, radius, share) =>
    [Math.sin(share * TWO_PI), -Math.cos(share * TWO_PI)]
      .map((part) => (centre + radius * part).toFixed(2)).join(" ");

  /** SVG path of a ring's arc from share `from` to share `to` (0..1, clockwise from the top). */
  function arc(centre, radius, from, to) {
    const [start, end] = [from, to].map((share) => onRing(centre, radius, share));
    return `M${start}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${end}`;
  }

  /** SVG path of the lines between arcs, for eyes that cannot tell their colours apart. */
  function cuts(centre, inner, outer, all) {
    const line = ({ from }) => [inner, outer].map((radius) => onRing(centre, radius, from)).join("L");
    return all.map((share) => `M${line(share)}`).join("");
  }

  const short = (n) =>
    n < 1000 ? `${n}` : n < 9950 ? `${(n / 1000).toFixed(1)}k` : `${Math.round(n / 1000)}k`;

  const stroke = (colour, width) => ({ fill: "none", stroke: colour, "stroke-width": width });

  function shares(counts, colours) {
    const total = counts.reduce((sum, n) => sum + n, 0) || 1;
    let from = 0;
    return counts.flatMap((n, type) => {
      if (!n) return [];
      const share = { from, to: from + n / total, colour: hex(colours[type]) };
      from = share.to;
      return [share];
    });
  }

  const label = (total, more) =>
    [words.counted(total, unit), more].filter(Boolean).join(", ");

  /** What the page knows (static/page.js): names of places by mark, names of event types; or {}. */
  function fromPage(what) {
    try {
      return window.parent[what] || {};
    } catch {
      return {}; // the page is another site's, which shows Dateline in a frame
    }
  }

  const nameOf = (id) => fromPage("datelineNames")[id] || "";

  /** Say what a mark stands for, to those who point at it and to those who listen. */
  function tell(element) {
    const { id, said, places, counts } = element.dataset;
    const name = nameOf(id);
    const whole = name && places > 1 ? words.first(name, places) : name;
    const names = fromPage("datelineTypes"); // for those who cannot tell the arcs' colours apart
    const types = counts.split(",").map((n, kind) => n > 0 && names[kind] && `${names[kind]} ${n}`);
    const all = [said, ...types].filter(Boolean).join(", ");
    const text = whole ? words.named(whole, all) : all;
    element.setAttribute("aria-label", text);
    element.setAttribute("title", text);
  }

  function rename() {
    atRest(() => {
      for (const element of document.querySelectorAll(".dl-mark[data-said]")) tell(element);
      if (labels) labels.redraw();
    });
  }

  function text(x, y, n, size) {
    const element = svg("text", { x, y, class: "dl-count", "font-size": size });
    element.textContent = short(n);
    return element;
  }

  function ring(radius, total, counts, known, chosen, colours) {
    const outer = radius + (chosen ? 7 : 3);
    const centre = outer + 1;
    const width = Math.max(4, radius * 0.24);
    const middle = radius - width / 2;
    const parts = [svg("circle", { cx: centre, cy: centre, r: radius + 2, class: "dl-halo" })];
    const all = shares(counts, colours);
    if (known === EXACT) {
      parts.push(svg("circle", { cx: centre, cy: centre, r: radius - width, class: "dl-exact" }));
    }
    for (const { from, to, colour } of all) {
      parts.push(
        all.length === 1
          ? svg("circle", { cx: centre, cy: centre, r: middle, ...stroke(colour, width) })
          : svg("path", { d: arc(centre, middle, from, to), ...stroke(colour, width) }),
      );
    }
    if (all.length > 1) {
      parts.push(svg("path", { d: cuts(centre, radius - width, radius, all), class: "dl-cut" }));
    }
    if (known === ROUGH) {
      parts.push(svg("circle", { cx: centre, cy: centre, r: radius + 1.5, class: "dl-rough" }));
    }
    if (chosen) {
      parts.push(svg("circle", { cx: centre, cy: centre, r: radius + 5, class: "dl-chosen" }));
    }
    parts.push(text(centre, centre, total, Math.max(11, Math.min(14, radius * 0.55))));
    return [svg("svg", { width: 2 * centre, height: 2 * centre }, parts), centre, centre];
  }

  /** The mark of what is no point: a tag, so that nobody takes it for one. */
  function tag(total, counts, isLine, chosen, colours) {
    const digits = short(total).length;
    const [width, height, edge] = [20 + 8 * digits, 26, 4];
    const inner = width - 12;
    const parts = [
      svg("rect", {
        x: edge, y: edge, width, height, rx: 8, class: chosen ? "dl-tag dl-tag-chosen" : "dl-tag",
      }),
      text(edge + width / 2, edge + 11, total, 12),
    ];
    for (const { from, to, colour } of shares(counts, colours)) {
      parts.push(
        svg("rect", {
          x: edge + 6 + from * inner, y: edge + 18, height: 4, fill: colour,
          width: Math.max(1, (to - from) * inner - 0.8), // the rest parts it from the next
        }),
      );
    }
    const size = [width + 2 * edge, height + 2 * edge];
    return [svg("svg", { width: size[0], height: size[1] }, parts), size[0] / 2, size[1] / 2];
  }

  function mark(id, latLng, [picture, x, y], onTop, said, counts, places = 1) {
    const icon = L.divIcon({
      html: picture, className: "dl-mark", iconSize: [2 * x, 2 * y], iconAnchor: [x, y],
    });
    const marker = named(L.marker(latLng, { icon, zIndexOffset: onTop, riseOnHover: true }), id);
    marker.on("add", () => {
      const element = marker.getElement();
      Object.assign(element.dataset, { id, said, counts, places });
      tell(element);
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        marker.fire("click", { latlng: marker.getLatLng() }, true);
      });
      if (restoreFocus === id && document.hasFocus()) element.focus({ preventScroll: true });
    });
    marker.on("click", () => {
      // Answer at once; the layer that Streamlit sends next draws the true state.
      restoreFocus = id;
      for (const other of document.querySelectorAll(".dl-picked")) {
        other.classList.remove("dl-picked");
      }
      marker.getElement().classList.add("dl-picked");
    });
    return marker;
  }

  /** The spot that was asked about; it is no mark, and lets clicks through. */
  function pin(latLng) {
    const lines = ["M9 1V6", "M9 12V17", "M1 9H6", "M12 9H17"];
    const cross = lines.flatMap((d) => ["dl-pin-halo", "dl-pin"].map((name) => [d, name]));
    const parts = cross
      .sort((one, two) => two[1].length - one[1].length)
      .map(([d, name]) => svg("path", { d, class: name }));
    const picture = svg("svg", { width: 18, height: 18, "aria-hidden": true }, parts);
    const icon = L.divIcon({
      html: picture, className: "dl-spot", iconSize: [18, 18], iconAnchor: [9, 9],
    });
    return L.marker(latLng, { icon, interactive: false, keyboard: false, zIndexOffset: 2000 });
  }

  /** streamlit-folium sends what toGeoJSON says; an outline's thousand points stay here. */
  function named(layer, id) {
    layer.toGeoJSON = () => ({ type: "Feature", properties: { id }, geometry: null });
    return layer;
  }

  function shapeOf(key) {
    for (const shapes of files.values()) if (shapes[key]) return shapes[key];
    const base = levels[drawn.level] || levels[0];
    const country = base && base.countries.get(key);
    return country ? { line: false, country: true, parts: country.shapes } : null;
  }

  function drawArea(group, [id, key, , , , , chosen]) {
    if (!map.hasLayer(group)) return; // a newer layer has taken its place
    const shape = shapeOf(key);
    if (!shape) {
      waiting.push(() => drawArea(group, [id, key, 0, 0, 0, 0, chosen]));
      return;
    }
    const colour = chosen ? look.accent : look.muted;
    const weight = chosen ? 2 : 1.3;
    if (shape.line) {
      const path = flat(shape);
      const pane = "areas";
      const seen = { pane, color: chosen ? look.accent : look.water, weight: chosen ? 5 : 3.5 };
      group.addLayer(L.polyline(path, { ...seen, interactive: false }));
      const hit = { pane, opacity: 0, weight: 18, className: "dl-line" }; // wide enough to click
      group.addLayer(named(L.polyline(path, hit), id));
    } else {
      const outline = named(L.polygon(shape.parts, {
        pane: "areas", color: colour, weight, dashArray: "5 4", smoothFactor: 0.7,
        // A click anywhere in a country would hide what is beneath it: its edge is enough.
        fill: !shape.country, fillColor: colour, fillOpacity: chosen ? 0.14 : 0.05,
        className: "dl-area",
      }), id);
      if (shape.country) countryOutlines.push([outline, key]);
      group.addLayer(outline);
    }
  }

  /** A small picture of a kind of mark, for the legend. */
  function sample(key) {
    const round = (r, name) => svg("circle", { cx: 9, cy: 9, r, class: name });
    const parts = {
      exact: [round(4.5, "dl-exact"), round(6, "dl-sample")],
      town: [round(6, "dl-sample")],
      rough: [round(5, "dl-sample"), round(8, "dl-rough")],
      area: [svg("rect", { x: 1.5, y: 3, width: 15, height: 12, rx: 3, class: "dl-tag" })],
      line: [svg("path", { d: "M1 13C6 13 8 4 17 5", class: "dl-sample-line" })],
    }[key];
    return svg("svg", { width: 18, height: 18, "aria-hidden": true }, parts);
  }

  // -- what streamlit-folium calls --------------------------------------------------------------

  function start(leafletMap) {
    map = leafletMap;
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = zIndex;
      if (name !== "areas") {
        pane.style.pointerEvents = "none";
        renderers[name] = L.canvas({ pane: name, padding: 0.4 });
      }
    }
    map.attributionControl.setPrefix(false).addAttribution(words.attribution);
    L.control.zoom({
      position: "topleft", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut,
    }).addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 90 }).addTo(map);
    const corner = L.control({ position: "bottomleft" });
    corner.onAdd = () => {
      const box = L.DomUtil.create("details", "dl-legend");
      legend = box;
      box.open = window.innerWidth > 620;
      L.DomEvent.disableClickPropagation(box);
      const summary = L.DomUtil.create("summary", "", box);
      summary.textContent = words.legend;
      for (const [key, meaning] of Object.entries(words.keys)) {
        const row = L.DomUtil.create("div", "dl-key", box);
        row.append(sample(key), meaning);
      }
      L.DomUtil.create("div", "dl-key-note", box);
      return box;
    };
    corner.addTo(map);
    labels = datelineLabels.on(map, nameOf);
    map.on("moveend zoomend resize", refresh);
    map.on("zoomanim", ({ center, zoom }) => {
      zooming = true;
      report(center, zoom);
    });
    map.on("zoomend moveend", () => {
      zooming = false;
      for (const act of resting.splice(0)) act();
    });
    map.on("resize", fitAgain);
    map.on("moveend", () => report());
    map.on("moveend", setStops);
    // Where a browser makes no contextmenu of a long press, Leaflet does; one that comes stops it.
    map.tapHold.enable();
    map.on("contextmenu", ({ latlng }) => {
      if (!spotLayer) return;
      const { lat, lng } = latlng.wrap();
      const properties = { id: "at", lat: +lat.toFixed(5), lon: +lng.toFixed(5) };
      spotLayer.toGeoJSON = () => ({ type: "Feature", properties, geometry: null });
      spotLayer.fire("click", { latlng }, true);
    });
    // The frame's height is set by the page's style sheet, after Leaflet has measured it; the
    // middle stays where it was.
    new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
    if (!levels[0]) load("generated/basemap.js");
  }

  function paint(surfaces, dark) {
    look = Object.fromEntries(Object.entries(surfaces).map(([name, n]) => [name, hex(n)]));
    const container = map.getContainer();
    container.style.background = look.sea;
    for (const [name, colour] of Object.entries(look)) {
      document.documentElement.style.setProperty(`--dl-${name}`, colour);
    }
    document.documentElement.classList.toggle("dl-dark", dark);
    if (window.frameElement) window.frameElement.dataset.painted = ""; // see pages/style.py
  }

  function showTiles(on) {
    if (on && !tiles) {
      tiles = L.tileLayer(TILE_URL, { maxZoom: 19, attribution: words.tiles }).addTo(map);
    } else if (!on && tiles) {
      tiles.remove();
      tiles = null;
    }
  }

  /** Act now, or after zooming: what is put on the map in the middle of it would lie elsewhere. */
  function atRest(act) {
    if (zooming) resting.push(act);
    else act();
  }

  /** Tell Python, through static/page.js, what the map shows or is on its way to show.
   *
   * As soon as that is known, so that new marks are there when Leaflet has zoomed; streamlit-folium
   * would wait for the end and a quarter of a second more. Before the first flight there is nothing
   * worth telling.
   */
  function report(centre = map.getCenter(), zoom = map.getZoom()) {
    const size = map.getSize();
    const pass = window.parent.datelineView;
    if (!pass || flown === null || !size.x) return;
    const middle = map.project(centre, zoom);
    const half = size.divideBy(2);
    const southWest = map.unproject(L.point(middle.x - half.x, middle.y + half.y), zoom);
    const northEast = map.unproject(L.point(middle.x + half.x, middle.y - half.y), zoom);
    const view = [zoom, southWest.lat, southWest.lng, northEast.lat, northEast.lng];
    const pixel = 360 / (256 * 2 ** zoom); // degrees: Leaflet comes to rest on whole ones
    const same = (number, n) => Math.abs(number - view[n]) <= (n ? 2 * pixel : 0);
    if (reported && reported.every(same)) return;
    reported = view;
    pass(view);
  }

  /** Report what could not be passed on; on the way somewhere, that has been reported already. */
  function catchUp() {
    if (!zooming) report();
  }

  /** The keyboard's stops are the marks in sight: one elsewhere would take the map there, and away
   * from those that come after it.
   */
  function setStops() {
    const sight = map.getBounds();
    map.eachLayer((one) => {
      const element = one instanceof L.Marker && one.getElement();
      if (!element || !element.matches(".dl-mark")) return;
      const inSight = sight.contains(one.getLatLng()) || element === document.activeElement;
      element.tabIndex = inSight ? 0 : -1;
    });
  }

  /** Put the keyboard on a mark, and on the one that takes its place in the next layer. */
  function goTo(id) {
    restoreFocus = id;
    document.querySelector(`.dl-mark[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  }

  /** A group that joins and leaves the map only while it is at rest. */
  const Group = L.FeatureGroup.extend({
    onAdd(on) {
      atRest(() => L.FeatureGroup.prototype.onAdd.call(this, on));
    },
    onRemove(from) {
      atRest(() => L.FeatureGroup.prototype.onRemove.call(this, from));
    },
  });

  /** Go where Python sends the map: once per turn, so that a reader's own panning stays. */
  function fly([turn, south, west, north, east, maxZoom]) {
    if (!turn || turn === flown) return;
    const animate = flown !== null;
    flown = turn;
    fitted = null;
    map.invalidateSize({ pan: false });
    if (south === north && west === east) map.setView([south, west], maxZoom, { animate });
    else fit(L.latLngBounds([[south, west], [north, east]]), maxZoom, animate);
  }

  /** Show all of a box, and nothing of it beneath the legend: above it, or else beside it. */
  function fit(box, maxZoom, animate) {
    const size = map.getSize();
    const { offsetWidth: width, offsetHeight: height } = legend;
    const zoomWithout = (x, y) => {
      const taken = L.point(2 * MARGIN + x, 2 * MARGIN + y);
      const fits = taken.x < size.x && taken.y < size.y; // Leaflet's answer would be any zoom
      return fits ? map.getBoundsZoom(box, false, taken) : -1;
    };
    const [above, beside] = [zoomWithout(0, height), zoomWithout(width, 0)];
    const left = beside > above ? width : 0;
    const bottom = above >= 0 && !left ? height : 0;
    map.fitBounds(box, {
      maxZoom, animate,
      paddingTopLeft: [MARGIN + left, MARGIN],
      paddingBottomRight: [MARGIN, MARGIN + bottom],
    });
    if (!animate) fitted = { box, maxZoom, zoom: map.getZoom(), centre: map.getCenter() };
  }

  /** A frame that gets another size shows all of the box again, where nobody has moved the map. */
  function fitAgain() {
    if (!fitted || map.getZoom() !== fitted.zoom) return;
    const from = map.latLngToContainerPoint(fitted.centre);
    if (from.distanceTo(map.getSize().divideBy(2)) < 3) fit(fitted.box, fitted.maxZoom, false);
  }

  /** Build the layer that holds everything which depends on filters, view, theme and selection.
   *
   * data: { dark, tiles, surfaces: { name: colour }, colours: [colour per event type],
   *   unit: what is counted (0 events, 1 articles, 2 incidents),
   *   focus: [country], files: [outline file],
   *   flight: [] or [turn, south, west, north, east, closest zoom],
   *   spot: [] or [lat, lon] that was asked about,
   *   rings: [[id, lat, lon, radius, events, [per type], places, known, chosen]],
   *   areas: [[id, shape, lat or null, lon, events, [per type], chosen]] }
   */
  function layer(data) {
    paint(data.surfaces, data.dark === 1);
    showTiles(data.tiles === 1);
    labels.showTowns(data.tiles !== 1, data.files); // tiles have names of their own
    unit = data.unit;
    legend.querySelector(".dl-key-note").textContent = words.arcs(unit);
    fly(data.flight);
    focus = new Set(data.focus);
    for (const name of data.files) load(`generated/outlines/${name}.js`);
    const active = document.activeElement;
    if (active && active.dataset && active.dataset.id) restoreFocus = active.dataset.id;
    refresh();
    waiting.length = 0;
    countryOutlines = [];
    const group = new Group();
    group.on("add", () => atRest(() => {
      for (const area of data.areas) drawArea(group, area);
      labels.redraw();
      setStops();
    }));
    for (const [id, , lat, lon, total, counts, chosen] of data.areas) {
      if (lat === null) continue;
      const line = id.startsWith("r");
      const picture = tag(total, counts, line, chosen, data.colours);
      const said = label(total, line ? words.line : words.area);
      group.addLayer(mark(id, [lat, lon], picture, -50, said, counts));
    }
    for (const [id, lat, lon, radius, total, counts, members, known, chosen] of data.rings) {
      const picture = ring(radius, total, counts, known, chosen, data.colours);
      const more = known === ROUGH ? words.rough : "";
      const said = label(total, members > 1 ? words.places(members) : more);
      group.addLayer(mark(id, [lat, lon], picture, chosen ? 1000 : 0, said, counts, members));
    }
    if (data.spot.length) group.addLayer(pin(data.spot));
    spotLayer = L.layerGroup();
    group.addLayer(spotLayer);
    return group;
  }

  return { basemap, catchUp, goTo, layer, outlines, rename, start, towns };
})();
