/* What the keyboard needs beyond Streamlit's own: an open popover comes next after its button, though
 * it stands at the end of the document, and focus is never lost with the button that had it.
 */
const POPOVER = "[data-testid=stPopoverBody]";
const BUTTON = "[data-testid=stPopoverButton][aria-expanded=true]";
const WAIT_MS = 300; // Streamlit may put what it takes away back in the same run
let opener = []; // button of the popover that the keyboard is in, and all that it stands in
let last = []; // what had the focus, and all that it stood in

function path(one) {
  return one && one !== document.body ? [one, ...path(one.parentElement)] : [];
}

function tabbable(within) {
  const all = within.querySelectorAll("a[href], button, input, textarea, summary, [tabindex]");
  return [...all].filter((one) => (
    one.tabIndex >= 0 && !one.disabled && one.getClientRects().length > 0
  ));
}

function walkPopover(event) {
  if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
  const here = document.activeElement;
  const inside = here.closest(POPOVER);
  if (!inside && here.matches(BUTTON) && !event.shiftKey) {
    const opened = [...document.querySelectorAll(POPOVER)].pop();
    if (!opened) return;
    opener = path(here);
    event.preventDefault();
    opened.tabIndex = -1; // what it holds may still be on its way, or be out of the keyboard's
    opened.focus(); // way until the focus is inside
    tabbable(opened)[0]?.focus();
  } else if (inside && opener[0]?.isConnected) {
    const stops = tabbable(inside);
    const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (here !== edge && !(here === inside && (event.shiftKey || !edge))) return;
    if (event.shiftKey) event.preventDefault(); // else the key goes on from the button
    opener[0].focus();
  }
}

/** Escape shuts a list of choices; at a box whose list is shut, Streamlit would empty the box. */
function keepChoice(event) {
  if (event.key !== "Escape" || event.target.closest(POPOVER)) return;
  if (event.target.matches("[role=combobox][aria-expanded=false]")) event.stopPropagation();
}

function isGone() {
  return last.length > 0 && !last[0].isConnected;
}

function goOn() {
  if (!isGone() || document.activeElement !== document.body) return;
  const way = last.some((one) => one.matches(POPOVER)) ? opener : last;
  last = [];
  const near = way.filter((one) => one.isConnected);
  const next = near[0] === way[0] ? way[0] : near.map(tabbable).find((stops) => stops.length)?.[0];
  next?.focus({ preventScroll: true });
}

export default function () {
  if (window.datelineKeyboard) return;
  window.datelineKeyboard = true;
  document.addEventListener("keydown", walkPopover, true);
  document.addEventListener("keydown", keepChoice, true);
  document.addEventListener("focusin", ({ target }) => {
    last = target.matches(":focus-visible") ? path(target) : [];
  });
  let due = 0;
  new MutationObserver(() => {
    if (!isGone()) return;
    clearTimeout(due);
    due = setTimeout(goOn, WAIT_MS);
  }).observe(document.body, { childList: true, subtree: true });
}
