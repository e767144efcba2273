/* What only the page round the map can do: name its marks, pass on what it shows, bring the panel
 * into sight on a phone, let a finger ask the chart, and keep the chart's thousand shapes from being
 * read aloud.
 *
 * Names of places may come from outside, so they never pass through Folium, which would read them
 * as templates. They arrive here as data, and dateline.js shows them as text.
 */
const PHONE_PX = 900; // as in pages/style.py: below this the panel stands under the map
const TAP_PX = 8; // a finger that goes farther brushes
const SETTLED_MS = 100;
let seen = null;
let watching = false;
let cameFrom = ""; // the mark by which the keyboard came into the panel

/** Date widgets and table say what the chart says, in an order that can be read aloud. */
function hideCharts() {
  for (const chart of document.querySelectorAll(".stVegaLiteChart svg:not([aria-hidden])")) {
    chart.setAttribute("aria-hidden", "true");
  }
}

/** A tap on the chart tells what a pointer over it does; Vega waits for one that moves. */
function tellByTap() {
  let finger = null; // where one was laid down
  let told = null;
  const over = (kind, { clientX, clientY }) =>
    told?.dispatchEvent(new PointerEvent(kind, { clientX, clientY, bubbles: true }));
  const hush = (event) => {
    over("pointerout", event);
    told = null;
  };
  document.addEventListener("pointerdown", (event) => {
    finger = event.pointerType === "touch" ? event : null;
    hush(event);
  }, true);
  document.addEventListener("scroll", hush, true);
  const tell = (event) => {
    if (!finger || !event.target.closest(".stVegaLiteChart svg")) return;
    const way = Math.hypot(event.clientX - finger.clientX, event.clientY - finger.clientY);
    if (way > TAP_PX) return;
    told = event.target;
    over("pointermove", event);
  };
  // After what a browser makes of a tap: the pointer leaves, a mouse comes by, and mostly a click.
  document.addEventListener("pointerup", (event) => setTimeout(tell, SETTLED_MS, event), true);
  document.addEventListener("click", tell, true);
}

/** Who opened a mark by key reads on in the panel, which is thirty stops away: the mark's id. */
function followByKeyboard() {
  const mark = document.activeElement.contentDocument?.activeElement;
  const panel = document.querySelector(".st-key-panel");
  if (!panel || !mark || !mark.matches(".dl-mark:focus-visible")) return "";
  panel.tabIndex = -1;
  panel.focus({ preventScroll: true });
  return mark.dataset.id;
}

function maps() {
  return [...document.querySelectorAll("iframe[title^='streamlit_folium']")];
}

export default function ({ data, setStateValue }) {
  window.datelineNames = data.names;
  window.datelineTypes = data.types;
  window.datelineView = (view) => setStateValue("view", view);
  hideCharts();
  if (!watching) {
    new MutationObserver(hideCharts).observe(document.body, { childList: true, subtree: true });
    addEventListener("pointerdown", () => { cameFrom = ""; }, true); // no keyboard any more
    tellByTap();
    watching = true;
  }
  for (const frame of maps()) {
    const drawing = frame.contentWindow && frame.contentWindow.dateline;
    if (!drawing) continue;
    drawing.rename();
    drawing.catchUp(); // with where it went before this script was there to pass it on
  }
  const chosen = seen !== null && data.turn > seen;
  seen = data.turn;
  if (chosen) cameFrom = followByKeyboard();
  if (!data.chosen && cameFrom) {
    for (const frame of maps()) frame.contentWindow.dateline?.goTo(cameFrom);
    cameFrom = "";
  }
  if (!chosen || window.innerWidth > PHONE_PX) return;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const panel = document.querySelector(".st-key-panel");
  if (panel) panel.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
}
