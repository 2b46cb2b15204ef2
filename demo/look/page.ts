// The page of the demo. It asks for the state, draws it, and sends what is clicked.

const style = `
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32; --sealed: #1565c0; }
@media (prefers-color-scheme: dark) { :root { --bad: #ef9a9a; --good: #a5d6a7; --sealed: #90caf9; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 66rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; align-items: center; }
.controls span { color: GrayText; margin-left: .5rem; }
button { font: inherit; padding: .35rem .8rem; border: 1px solid var(--line); border-radius: .4rem; cursor: pointer; }
button:disabled { cursor: default; }
#result { padding: .6rem .9rem; border-left: .3rem solid var(--line); background: #8881; min-height: 1.5rem; overflow-wrap: anywhere; }
#result.good { border-color: var(--good); }
#result.bad { border-color: var(--bad); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin-top: 1rem; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
td { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
th:first-child { width: 11rem; font-weight: 600; }
thead th { font-weight: 600; }
td.readable { color: var(--bad); font-weight: 600; }
td.sealed { color: var(--sealed); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
`;

const script = `
const get = (id) => document.getElementById(id);
const buttons = [...document.querySelectorAll('button')];

function draw({ result, state }) {
  get('kids').textContent = state.kids.join(', ');
  get('sealed-with').textContent = state.sealedWith || '–';
  const { before, after, issued } = state.readable;
  get('readable').textContent = 'without us ' + before + ' of ' + issued + ', with us ' + after + ' of ' + issued;
  get('rows').replaceChildren(...state.row.map(([name, before, after]) => {
    const row = document.createElement('tr');
    row.id = name;
    row.append(cell('th', name), cell('td', before), cell('td', after));
    return row;
  }));
  if (result === undefined) return;
  get('result').textContent = result.text;
  get('result').className = result.isGood ? 'good' : 'bad';
}

function cell(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (tag === 'th') element.scope = 'row';
  if (/^shp[a-z]{2}_/.test(text)) element.className = 'readable';
  if (text.startsWith('eyJ')) element.className = 'sealed';
  return element;
}

async function send(path, method) {
  for (const button of buttons) button.disabled = true;
  try {
    draw(await (await fetch(path, { method })).json());
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

for (const button of buttons) {
  button.addEventListener('click', () => send('/do/' + button.id, 'POST'));
}
send('/state', 'GET');
// What others do to the database shows too.
setInterval(async () => {
  if (buttons.some((button) => button.disabled)) return;
  const response = await fetch('/state').catch(() => undefined);
  if (response !== undefined) draw({ state: (await response.json()).state });
}, 2000);
`;

/** The page, in one piece. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A session at rest, before and after</title>
<style>${style}</style>
<h1>A session at rest, before and after</h1>
<p>A real Shopify app runs here twice, over two SQLite files: as it was, and with its session storage
wrapped. Shopify is a stand-in on this machine.</p>
<div class="controls">
  <button id="install">Install the app</button>
  <button id="look">Let the app use the token</button>
  <button id="rotate">Rotate the key</button>
  <span>Tamper with the database:</span>
  <button id="move">Move a token</button>
  <button id="flip">Flip a byte</button>
  <button id="plant">Plant plaintext</button>
  <button id="mend">Undo</button>
</div>
<div id="result" role="status">Nothing is installed yet.</div>
<dl>
  <dt>Keys, the first seals</dt><dd id="kids"></dd>
  <dt>The token is sealed with</dt><dd id="sealed-with"></dd>
  <dt>Tokens that a search of the files finds</dt><dd id="readable"></dd>
</dl>
<table>
  <thead><tr><th scope="col">Property</th><th scope="col">Without us</th><th scope="col">With us</th></tr></thead>
  <tbody id="rows"></tbody>
</table>
<script>${script}</script>
</html>
`;
