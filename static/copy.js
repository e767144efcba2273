/* A button that copies the page's address: filters, chosen place and where the map looks. */
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const say = (text) => {
    button.querySelector("span").textContent = text;
  };
  say(data.label);
  button.onclick = async () => {
    say((await copied(window.location.href)) ? data.done : data.failed);
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
