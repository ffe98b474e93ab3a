// Starts the page. Stands in a file of its own because the content security policy allows no inline script.

const { js, wasm } = document.querySelector("script[data-js]").dataset;

try {
  const { default: start } = await import(js);
  await start({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  document.getElementById("broken").hidden = false;
}
