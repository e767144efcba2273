/* Names on the map: of what the marks stand for, and of the towns round them.
 *
 * A name stands where it hides no mark, no control and no other name, or not at all. What is chosen
 * comes first, then what has most events, then towns by their weight. Names are set as text, never
 * as markup. Screen readers are told by the marks themselves.
 */
"use strict";

window.datelineLabels = (() => {
  const MOST_TOWNS = 60;
  const MOST_LETTERS = 26;
  const LINE_PX = 15; // height of a name
  const DOT_PX = 6;
  const SHARED_PX = 2; // how far a mark's own box is larger than what is drawn
  // Zoom level -> weight that a town must have to be named: about its people, in thousands.
  const LEAST = [9000, 9000, 9000, 5000, 2500, 1000, 400, 150, 60, 25, 10];
  const FONT = '"Source Sans 3", "Source Sans Pro", "Source Sans", "Segoe UI", Arial, sans-serif';

  const files = new Map(); // file -> its towns: [name, lat, lon, weight], the weightiest first
  const ruler = document.createElement("canvas").getContext("2d");

  function know(name, data) {
    files.set(name, data.towns.map(([town, lat, lon, weight]) =>
      [town, lat * data.step, lon * data.step, weight]));
  }

  function width(text, weight) {
    ruler.font = `${weight} 12px ${FONT}`;
    return Math.ceil(ruler.measureText(text).width) + 2;
  }

  const box = (x, y, w, h) => ({ left: x, top: y, right: x + w, bottom: y + h });
  const meet = (one, two) =>
    one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;

  /** Where names of this width may stand beside a box, the best place first. */
  function* beside(mark, w) {
    const [x, y] = [(mark.left + mark.right - w) / 2, (mark.top + mark.bottom - LINE_PX) / 2];
    yield box(x, mark.bottom, w, LINE_PX);
    yield box(mark.right + 1, y, w, LINE_PX);
    yield box(mark.left - w - 1, y, w, LINE_PX);
    yield box(x, mark.top - LINE_PX, w, LINE_PX);
  }

  function on(map, nameOf) {
    const pane = map.createPane("labels");
    pane.style.zIndex = 380;
    pane.style.pointerEvents = "none";
    pane.classList.add("leaflet-zoom-hide");
    pane.setAttribute("aria-hidden", "true");
    let withTowns = true;
    let wanted = []; // files whose towns are named; none: all that there are
    let waits = false;

    function redraw() {
      if (waits) return; // names, layer and view often change together
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        draw();
      });
    }

    /** The boxes of some elements, from the map's upper left corner. */
    function boxesOf(elements, less) {
      const { left, top } = map.getContainer().getBoundingClientRect();
      return [...elements].map((element) => {
        const rect = element.getBoundingClientRect();
        return box(rect.left - left + less, rect.top - top + less,
                   rect.width - 2 * less, rect.height - 2 * less);
      });
    }

    function draw() {
      const { x: wide, y: high } = map.getSize();
      const inside = (one) =>
        one.left >= 0 && one.top >= 0 && one.right <= wide && one.bottom <= high;
      const marks = [...map.getPane("markerPane").querySelectorAll(".dl-mark")];
      const marked = boxesOf(marks, SHARED_PX);
      const taken = [...marked, ...boxesOf(document.querySelectorAll(".leaflet-control"), 0)];
      const fits = (one) => inside(one) && !taken.some((other) => meet(one, other));
      const drawn = [];

      function put(name, at, className, dot) {
        taken.push(at);
        const element = document.createElement("div");
        element.className = className;
        element.textContent = name;
        L.DomUtil.setPosition(element, map.containerPointToLayerPoint([at.left, at.top]));
        drawn.push(element);
        if (!dot) return;
        const spot = document.createElement("div");
        spot.className = "dl-dot";
        L.DomUtil.setPosition(spot, map.containerPointToLayerPoint([dot.left, dot.top]));
        drawn.push(spot);
      }

      const rank = (n) => (marks[n].querySelector(".dl-chosen, .dl-tag-chosen") ? 1e6 : 0) +
        marked[n].right - marked[n].left;
      const order = [...marks.keys()].sort((a, b) => rank(b) - rank(a));
      for (const n of order) {
        const { id, places } = marks[n].dataset;
        const known = nameOf(id);
        if (!known || !inside(marked[n])) continue;
        const name = shortened(known) + (places > 1 ? ` +${places - 1}` : "");
        const at = [...beside(marked[n], width(name, 600))].find(fits);
        if (at) put(name, at, "dl-label");
      }
      if (withTowns) {
        const least = LEAST[Math.min(map.getZoom(), LEAST.length - 1)];
        const view = map.getBounds();
        let left = MOST_TOWNS;
        for (const [name, lat, lon] of largest(least, wanted)) {
          if (!view.contains([lat, lon])) continue;
          const { x, y } = map.latLngToContainerPoint([lat, lon]);
          const dot = box(x - DOT_PX / 2, y - DOT_PX / 2, DOT_PX, DOT_PX);
          if (!fits(dot)) continue;
          const text = shortened(name);
          const at = [...beside(dot, width(text, 400))].slice(1).find(fits);
          if (!at) continue;
          taken.push(dot);
          put(text, at, "dl-town", dot);
          left -= 1;
          if (!left) break;
        }
      }
      pane.replaceChildren(...drawn);
    }

    map.on("moveend zoomend resize", redraw);
    return {
      redraw,
      showTowns(yes, from) {
        withTowns = yes;
        wanted = from;
      },
    };
  }

  const shortened = (name) =>
    name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1).trimEnd()}…` : name;

  /** Towns of at least that weight, the weightiest first, each once; whatever came before them. */
  function largest(least, wanted) {
    const found = new Map();
    for (const [file, towns] of files) {
      if (wanted.length && !wanted.includes(file)) continue;
      for (const town of towns) {
        if (town[3] < least) break;
        found.set(`${town[1]} ${town[2]}`, town);
      }
    }
    const by = (a, b) => b[3] - a[3] || a[1] - b[1] || a[2] - b[2];
    return [...found.values()].sort(by);
  }

  return { know, on };
})();
