/* A button that copies the page's address: filters, chosen place, where the map looks, and the theme,
 * which Streamlit reads from `embed_options` in a page of its own too.
 */
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const say = (text) => {
    button.querySelector("span").textContent = text;
  };
  say(data.label);
  button.onclick = async () => {
    const link = new URL(window.location.href);
    link.searchParams.set("embed_options", data.theme);
    say((await copied(link.href)) ? data.done : data.failed);
    setTimeout(() => say(data.label), 2500);
  };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without HTTPS, but on this machine: the older way still works there.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
