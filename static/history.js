/* Makes what a reader does a step of the browser's back button, and one step: Streamlit writes a filter
 * into the address without any, and a change of page with three. Going back, it reads the address.
 *
 * Where the map looks is no step, nor the theme, nor is what changes by itself (playback).
 */
const NO_STEPS = ["lat", "lon", "zoom", "embed_options"];
let acted = false; // whether the reader has done something since the last step

function withoutThese(url) {
  const named = new URL(url, location.href);
  for (const key of NO_STEPS) named.searchParams.delete(key);
  return named.href;
}

export default function () {
  if (window.datelineHistory) return;
  window.datelineHistory = true;
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  const write = (isStep, [state, title, url]) => {
    const moved = url && withoutThese(url) === withoutThese(location.href);
    if (isStep && !moved) acted = false;
    (isStep && !moved ? push : replace)(state, title, url);
  };
  // What is done in the map's frame is not heard here; only what it chooses comes by pushState.
  const inFrame = () => document.activeElement?.tagName === "IFRAME";
  history.pushState = (...step) => write(acted || inFrame(), step);
  history.replaceState = (...step) => write(acted, step);
  for (const kind of ["pointerdown", "keydown"]) {
    window.addEventListener(kind, () => { acted = true; }, true);
  }
  window.addEventListener("popstate", () => { acted = false; }, true);
}
