/* The theme that the reader sees: Python hears of a switch, which else would wait for the next run, and
 * the address carries it, where the system's settings would give another one.
 */
const NAMES = { true: "dark_theme", false: "light_theme" };
const WAIT_MS = 300; // the page follows the system's settings, but not in the same moment
const OPTIONS = "embed_options"; // Streamlit's name for it in the address
let drawn = null; // how Python has drawn the page
let asked = null; // for which theme it has been asked to draw it anew
let tell = null;
let due = 0;

const isDark = () => getComputedStyle(document.querySelector(".stApp")).colorScheme === "dark";

/** An address in which the theme is named, where it is named already or is not the system's own. */
function withTheme(href) {
  const url = new URL(href, location.href);
  const ofSystem = matchMedia("(prefers-color-scheme: dark)").matches;
  const named = new URL(location.href).searchParams.has(OPTIONS);
  if (named || isDark() !== ofSystem) url.searchParams.set(OPTIONS, NAMES[isDark()]);
  return url.href;
}

function keepInAddress() {
  const href = withTheme(location.href);
  if (href !== location.href) history.replaceState(history.state, "", href);
}

function look() {
  clearTimeout(due);
  due = setTimeout(keepInAddress, WAIT_MS);
  const dark = isDark();
  if (dark === drawn) asked = null;
  else if (dark !== asked) {
    asked = dark;
    tell("switched", dark);
  }
}

/** A link to another of our pages loads it anew, which would forget the theme. */
function keepOnTheWay({ target }) {
  const link = target.closest?.("a[target=_self]");
  if (link) link.href = withTheme(link.href);
}

export default function ({ data, setTriggerValue }) {
  tell = setTriggerValue;
  drawn = data.dark;
  look();
  if (window.datelineTheme) return;
  window.datelineTheme = true;
  document.addEventListener("click", keepOnTheWay, true);
  new MutationObserver(look).observe(document.querySelector(".stApp"), {
    attributes: true, attributeFilter: ["class"],
  });
}
