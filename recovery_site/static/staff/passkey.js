// Uses or makes a passkey and sends what it says with the form. Without this script, codes of an app
// work.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

function text(buffer) {
  if (!buffer) return null;
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

async function create({ publicKey }) {
  const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      user,
      challenge: bytes(publicKey.challenge),
      excludeCredentials: known(publicKey.excludeCredentials),
    },
  });
  return {
    ...described(made),
    response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get({ publicKey }) {
  const used = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    },
  });
  return {
    ...described(used),
    response: {
      clientDataJSON: text(used.response.clientDataJSON),
      authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature),
      userHandle: text(used.response.userHandle),
    },
  };
}

const described = (credential) => ({
  type: credential.type,
  id: credential.id,
  rawId: text(credential.rawId),
  authenticatorAttachment: credential.authenticatorAttachment ?? null,
  clientExtensionResults: credential.getClientExtensionResults(),
});

async function options(form) {
  const given = document.getElementById("passkey-data");
  if (given) {
    const data = JSON.parse(given.textContent);
    return data.creation_options ?? data.request_options;
  }
  const headers = { "X-Requested-With": "XMLHttpRequest" };
  return (await (await fetch(form.action, { headers })).json()).request_options;
}

const form = document.querySelector("[data-passkey]");
const error = document.querySelector("[data-passkey-error]");

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    try {
      const use = { create, get }[form.dataset.passkey];
      form.elements.credential.value = JSON.stringify(await use(await options(form)));
      form.submit();
    } catch {
      error.hidden = false;
      error.focus();
    }
  });
} else if (form?.dataset.passkey === "create") {
  error.hidden = false;
}
