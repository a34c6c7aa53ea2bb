"""The one script of our pages: it hands the browser's question to a passkey, and the answer to the form."""

from __future__ import annotations

from litestar import Response, get

SCRIPT = "/pages/passkeys.js"
_SOURCE = """\
"use strict";
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")),
  (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const told = ({ id, rawId, type, response, getClientExtensionResults }, given) => JSON.stringify({
  id, type, rawId: text(rawId), clientExtensionResults: getClientExtensionResults.call(given),
  response: Object.fromEntries(["clientDataJSON", "attestationObject", "authenticatorData", "signature"]
    .filter((name) => response[name]).map((name) => [name, text(response[name])])),
});
const listed = (items) => (items || []).map((item) => ({ ...item, id: bytes(item.id) }));

async function ask(form) {
  const options = JSON.parse(form.elements.options.value);
  options.challenge = bytes(options.challenge);
  let given;
  if (form.id === "make-passkey") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = listed(options.excludeCredentials);
    given = await navigator.credentials.create({ publicKey: options });
  } else {
    options.allowCredentials = listed(options.allowCredentials);
    given = await navigator.credentials.get({ publicKey: options });
  }
  form.elements.answer.value = told(given, given);
  form.submit();
}

for (const form of document.querySelectorAll("#make-passkey, #use-passkey")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form).catch((error) => {
      const said = document.createElement("p");
      said.className = "said";
      said.setAttribute("role", "alert");
      said.textContent = `The passkey did not answer (${error.name}). Try again.`;
      form.before(said);
    });
  });
}
"""


@get(SCRIPT, operation_id="get_page_script")
async def get_page_script() -> Response[str]:
    """The script of passkeys."""
    headers = {"Cache-Control": "public, max-age=300"}
    return Response(_SOURCE, media_type="text/javascript", headers=headers)
