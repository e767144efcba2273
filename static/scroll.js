/* Brings the marked sentence of an article into sight, once for each sentence that a link names. */
let shown = "";

export default function ({ data }) {
  if (data.sentence === shown) return;
  shown = data.sentence;
  const sentence = document.querySelector(".dl-at");
  if (sentence) sentence.scrollIntoView({ block: "center" });
}
