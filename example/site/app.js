const $ = (selector) => document.querySelector(selector);

/**
 * Posts a body to a Lambda function URL that stands behind a CloudFront origin access control.
 *
 * CloudFront signs the request that it sends to Lambda, but it does not read the body, and Lambda
 * refuses a body that no signature covers. So the client says what the body hashes to: the SHA-256
 * of the very bytes it sends, in lower-case hex. The browser offers crypto.subtle on https and on
 * localhost only.
 */
async function signedPost(url, body) {
  const bytes = new TextEncoder().encode(body);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-amz-content-sha256': hash },
    body: bytes,
  });
}

// --- Requests -----------------------------------------------------------------------------------

/** Waits for an answer, shows it in the table of routes, and throws what a person can read. */
async function answered(method, url, pending) {
  const started = performance.now();
  let response;
  try {
    response = await pending;
  } catch (error) {
    showAnswer(method, url, 'no answer', false, performance.now() - started);
    throw new Error(`No answer from ${url}: ${error.message}`);
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  showAnswer(method, url, `${response.status} ${type}`, response.ok, performance.now() - started);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await reason(response)}`);
  return response;
}

/** Finds the words in an error answer; an edge or a bucket answers with HTML or XML, not with a problem. */
async function reason(response) {
  const text = await response.text();
  try {
    return JSON.parse(text).detail ?? 'no reason given';
  } catch {
    // What is no JSON comes from an edge that has not reached the service.
    return response.headers.get('content-type')?.startsWith('text/plain') ? text : response.statusText || 'no reason given';
  }
}

function showAnswer(method, url, answer, good, milliseconds) {
  const route = `/${new URL(url, location.href).pathname.split('/')[1]}`;
  const row = $(`#routes [data-route="${route}"]`) ?? $('#routes [data-route="/"]');
  const [asked, got, took] = row.querySelectorAll('td');
  asked.textContent = `${method} ${url}`;
  got.textContent = answer;
  got.className = good ? 'good' : 'bad';
  took.textContent = `${Math.round(milliseconds)} ms`;
}

/** Runs one action of the page and shows beside it how far it is and what went wrong. */
async function run(name, action, { busy, button } = {}) {
  const status = $(`#${name}-status`);
  status.className = 'status';
  status.textContent = busy ?? '';
  if (button) button.disabled = true;
  try {
    await action();
    status.textContent = '';
  } catch (error) {
    status.className = 'status bad';
    status.textContent = error.message;
  } finally {
    if (button) button.disabled = false;
  }
}

// --- The quote ----------------------------------------------------------------------------------

const jobs = [{ item: 'flyers', quantity: 500 }, { item: 'posters', quantity: 10 }];
let catalog;
let latest = 0;

const money = (cents) =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency: catalog.currency }).format(cents / 100);

async function loadCatalog() {
  const response = await answered('GET', '/api/catalog', fetch('/api/catalog'));
  catalog = await response.json();
  const select = $('#item');
  select.replaceChildren(...catalog.items.map((item) => new Option(item.name, item.id)));
  select.disabled = false;
  showTerms();
}

function showTerms() {
  const item = catalog.items.find(({ id }) => id === $('#item').value);
  const steps = catalog.discounts.map(({ from, percent }) => `${percent}% off from ${from}`).join(', ');
  $('#terms').textContent =
    `${item.paper}. ${money(item.setupCents)} to set up and ${money(item.unitCents)} a piece, ${steps}.`;
}

/** Prices all jobs. An answer that a newer request has overtaken is dropped. */
async function price() {
  const turn = ++latest;
  if (jobs.length === 0) return showQuote({ lines: [], totalCents: 0 });
  const url = catalog.links.quote;
  const response = await answered('POST', url, fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jobs }),
  }));
  const quote = await response.json();
  if (turn === latest) showQuote(quote);
}

function showQuote(quote) {
  $('#jobs tbody').replaceChildren(...quote.lines.map(jobRow));
  $('#total').textContent = money(quote.totalCents);
  $('#make-plan').disabled = quote.lines.length === 0;
}

function jobRow(line, index) {
  const off = line.discountPercent ? `, ${line.discountPercent}% off` : '';
  const remove = element('button', '×', 'remove');
  remove.type = 'button';
  remove.setAttribute('aria-label', `Remove ${line.quantity} ${line.item.name}`);
  remove.addEventListener('click', () => change(() => jobs.splice(index, 1)));

  const name = element('th', line.item.name);
  name.scope = 'row';
  name.append(element('span', line.item.paper + off, 'hint'));
  const last = element('td');
  last.append(remove);
  const row = element('tr');
  row.append(name, element('td', line.quantity.toLocaleString(), 'number'), element('td', money(line.totalCents), 'number'), last);
  return row;
}

/** Changes the jobs and prices them; a change that cannot be priced is taken back. */
function change(edit) {
  const before = jobs.slice();
  edit();
  return run('quote', async () => {
    try {
      await price();
    } catch (error) {
      jobs.splice(0, jobs.length, ...before);
      throw error;
    }
  });
}

function element(name, text = '', className = '') {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

// --- The other routes ---------------------------------------------------------------------------

async function makePlan() {
  const plan = $('#plan');
  plan.replaceChildren();
  const response = await answered('POST', '/report', signedPost('/report', JSON.stringify({ jobs })));
  for await (const line of lines(response.body)) plan.append(element('li', line));
}

/** Yields the lines of a stream as they arrive, wherever the network cut it. */
async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    yield* parts;
  }
  if (rest) yield rest;
}

/** Looks up how large the downloads are, which also shows at once whether they are there. */
async function measureFiles() {
  for (const link of document.querySelectorAll('#files a')) {
    const url = link.getAttribute('href');
    const response = await answered('GET', url, fetch(url));
    const { size } = await response.blob();
    link.nextElementSibling.textContent = `${size.toLocaleString()} bytes`;
  }
}

async function askEcho() {
  $('#echo').replaceChildren();
  const url = '/echo/get?from=folio';
  const response = await answered('GET', url, fetch(url));
  const seen = await response.json();
  const facts = {
    'Address it saw': seen.url,
    'Its own host': seen.headers?.host,
    'Your host': seen.headers?.['x-forwarded-host'],
    'Stripped prefix': seen.headers?.['x-forwarded-prefix'],
  };
  $('#echo').replaceChildren(...Object.entries(facts).flatMap(([name, value]) =>
    [element('dt', name), element('dd', value ?? 'not sent')]));
}

function showThisPage() {
  const [page] = performance.getEntriesByType('navigation');
  const status = page.responseStatus || 200;
  showAnswer('GET', location.pathname, `${status} ${document.contentType}`, status < 400, page.responseStart - page.startTime);
}

// --- Start --------------------------------------------------------------------------------------

$('#item').addEventListener('change', showTerms);
$('#add').addEventListener('submit', (event) => {
  event.preventDefault();
  // Without a catalog there is no item to add: ask for it again instead.
  if (!catalog) return start();
  change(() => jobs.push({ item: $('#item').value, quantity: $('#quantity').valueAsNumber }));
});
$('#make-plan').addEventListener('click', ({ target }) => run('plan', makePlan, { busy: 'Planning…', button: target }));
$('#ask-echo').addEventListener('click', ({ target }) => run('echo', askEcho, { busy: 'Asking…', button: target }));

function start() {
  return run('quote', async () => {
    await loadCatalog();
    await price();
  }, { busy: 'Asking for prices…' });
}

showThisPage();
start();
run('files', measureFiles);
