/* A map in one file: shows what geo/maps/standalone.py wrote into the page, and asks for nothing.
 *
 * Drawing is dateline.js's. Words from outside reach the page through textContent alone, and an
 * address becomes a link only where it is http or https.
 */
"use strict";

(() => {
  // Every word that this script shows. A translation replaces this table.
  const words = {
    made: (day) => `Made with Dateline on ${day}`,
    check: "Read by rules, which err: look at the sentence, and at the source, before citing.",
    all: "No filter: everything in the store.",
    total: (n) => `${count(n, "event", "events")}`,
    newest: "Newest first",
    choose: "Choose a mark on the map to see the sentences behind it.",
    back: "All events",
    noPlace: "no place on the map",
    more: (n) => `Show ${n} more`,
    hidden: (n) => `Places without room at this zoom: ${n}. Zoom in to see them.`,
    places: (n) => `${n} places here`,
    noDate: "date not known",
    precision: { day: "to the day", week: "to the week", month: "to the month", year: "to the year" },
    dated: (why) => `dated by: ${why}`,
    killed: (n) => `${n} killed`,
    killedLeast: (n) => `at least ${n} killed`,
    killedMost: (n) => `up to ${n} killed`,
    killedNone: "none killed",
    claimed: (who) => `claimed by ${who}`,
    confidence: (n) => `confidence ${n.toFixed(2)}`,
    row: (dataset, id) => `${dataset}, event ${id}`,
    source: "Open the source",
    types: "Event types",
    panel: "Events and their sentences",
  };
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

  const STEP = 30;
  const data = JSON.parse(document.getElementById("data").textContent);
  const panel = document.getElementById("panel");
  panel.setAttribute("aria-label", words.panel);

  function make(tag, name, text = "", children = []) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.textContent = text;
    element.append(...children);
    return element;
  }

  function isAddress(text) {
    return /^https?:\/\//i.test(text);
  }

  function link(address, text) {
    const element = make("a", "", text);
    Object.assign(element, { href: address, target: "_blank", rel: "noopener noreferrer" });
    return element;
  }

  function dot(colour) {
    const element = make("i", "dot");
    element.style.background = colour;
    return element;
  }

  // -- events -----------------------------------------------------------------------------------

  const events = data.events.map(([type, at, ...values]) => {
    const told = Object.fromEntries(data.fields.map((name, n) => [name, values[n]]));
    const [name, colour] = typeof type === "number" ? data.types[type] : [type, "#888888"];
    return { ...told, type: name, colour, at };
  });

  function when(event) {
    if (!event.date_start || event.date_precision === "unknown") return words.noDate;
    const days = [event.date_start];
    if (event.date_end && event.date_end !== event.date_start) days.push(event.date_end);
    const precision = words.precision[event.date_precision] || "";
    return [days.join(" – "), precision].filter(Boolean).join(", ");
  }

  function killed({ fatalities_low: low, fatalities_high: high }) {
    if (low === null && high === null) return "";
    if (high === null) return words.killedLeast(low);
    if (low === null) return words.killedMost(high);
    if (high === 0) return words.killedNone;
    return words.killed(high === low ? low : `${low}–${high}`);
  }

  function source(event) {
    const named = event.dataset
      ? words.row(event.dataset, event.external_id)
      : [event.article_title, event.publisher, event.published].filter(Boolean).join(" · ");
    const line = make("p", "muted", named);
    if (isAddress(event.url)) line.append(" · ", link(event.url, words.source));
    else if (event.url) line.append(` · ${event.url}`);
    if (event.licence) line.append(make("br"), event.licence);
    return line;
  }

  function card(event) {
    const facts = [
      when(event), event.status, killed(event),
      event.claimed_by && words.claimed(event.claimed_by),
    ];
    const known = [words.confidence(event.confidence), event.review];
    if (event.date_reason) known.push(words.dated(event.date_reason));
    const heading = make("h2", "", "", [dot(event.colour), event.type]);
    return make("article", "", "", [
      heading,
      make("p", "muted", event.subtype),
      make("p", "facts", facts.filter(Boolean).join(" · ")),
      make("p", "where", event.places || words.noPlace),
      make("p", "sentence", event.sentence),
      source(event),
      make("p", "muted", known.filter(Boolean).join(" · ")),
    ]);
  }

  function list(found) {
    const box = make("section", "");
    let shown = 0;
    const button = make("button", "more");
    function more() {
      button.remove();
      box.append(...found.slice(shown, shown + STEP).map(card));
      shown = Math.min(found.length, shown + STEP);
      if (shown === found.length) return;
      button.textContent = words.more(Math.min(STEP, found.length - shown));
      box.append(button);
    }
    button.addEventListener("click", more);
    more();
    return box;
  }

  // -- the panel --------------------------------------------------------------------------------

  function overview() {
    const stated = data.filters.map(([name, value]) => make("p", "muted", `${name}: ${value}`));
    const types = data.types
      .map(([name, colour]) => [name, colour, events.filter((one) => one.type === name).length])
      .filter(([, , n]) => n)
      .map(([name, colour, n]) => make("li", "", "", [dot(colour), `${name} ${n}`]));
    panel.replaceChildren(
      make("h1", "", data.title),
      make("p", "muted", words.made(data.made)),
      ...(stated.length ? stated : [make("p", "muted", words.all)]),
      make("p", "muted", words.check),
      make("p", "", words.total(events.length)),
      make("ul", "types", "", types),
      make("p", "muted", words.choose),
      list(events),
    );
    panel.scrollTop = 0;
  }

  function open(members) {
    const chosen = new Set(members);
    const found = events.filter((event) => event.at.some((place) => chosen.has(place)));
    const [name, , region, country] = data.places[members[0]];
    const inside = [region, country].filter((part) => part && part !== name).join(", ");
    const heading = members.length > 1 ? words.places(members.length) : name;
    const back = make("button", "", words.back);
    back.addEventListener("click", overview);
    panel.replaceChildren(
      back,
      make("h1", "", heading),
      make("p", "muted", members.length > 1
        ? members.map((place) => data.places[place][0]).join(", ")
        : inside),
      make("p", "muted", `${words.total(found.length)} · ${words.newest}`),
      list(found),
    );
    panel.scrollTop = 0;
    if (window.innerWidth < 800) panel.scrollIntoView();
  }

  // -- the map ----------------------------------------------------------------------------------

  const [nearest, closest] = data.zooms;
  const map = L.map("map_div", {
    zoomControl: false, minZoom: nearest, maxZoom: closest, maxBounds: [[-90, -540], [90, 540]],
    worldCopyJump: true,
  });
  const note = make("p", "hidden-note");
  document.getElementById("map_div").append(note);
  let group = null;

  function draw() {
    const { layer, members, hidden } = data.drawings[map.getZoom()];
    window.datelineNames = Object.fromEntries(
      Object.entries(members).map(([id, [first]]) => [id, data.places[first][0]]),
    );
    window.datelineTypes = data.types.map(([name]) => name);
    if (group) group.remove();
    group = dateline.layer(layer);
    group.on("click", (event) => {
      const { id } = event.layer.toGeoJSON().properties;
      if (members[id]) open(members[id]);
    });
    group.addTo(map);
    note.textContent = hidden ? words.hidden(hidden) : "";
  }

  const [south, west, north, east] = data.box;
  map.fitBounds([[south, west], [north, east]], { maxZoom: 8, animate: false, padding: [24, 24] });
  dateline.start(map);
  draw();
  map.on("zoomend", draw);
  overview();
})();
