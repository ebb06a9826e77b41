// Runs once, when the library's host is on the page. Gradio provides `element`, that host.
const library = element.querySelector('.library');
const part = (selector) => library.querySelector(selector);
const [rows, search, sorter, files, address] = [
  'tbody', '.search input', '.sort select', '.library-files', '#library-address',
].map(part);
const BUSY_MS = 500;
const IDLE_MS = 5000;
const shown = { sort: 'title', descending: false, have: '' };

// --- What the server is asked ---

async function post(path, body, headers = { 'Content-Type': 'application/json' }) {
  const request = { method: 'POST', body, headers: { 'X-BriefBot': 'library', ...headers } };
  const reply = await fetch(`library/${path}`, request).catch(() => null);
  if (reply?.ok) return true;
  const detail = (await reply?.json().catch(() => null))?.detail;
  fail(
    detail?.message ?? 'BriefBot does not answer.',
    detail ? detail.hint : 'Check that it is still running.',
  );
  return false;
}

const send = (path, value = {}) => post(path, JSON.stringify(value));

function fail(message, hint) {
  const box = part('.library-failure');
  const text = document.createElement('p');
  text.append(Object.assign(document.createElement('b'), { textContent: message }), ` ${hint}`);
  box.append(text);
  box.hidden = false;
}

function forgetFailures() {
  part('.library-failure').replaceChildren();
  part('.library-failure').hidden = true;
}

async function change(act, said) {
  forgetFailures();
  clearTimeout(timer);
  showProgress({ label: 'Starting', done: 0, total: 0 });
  const worked = await act();
  if (worked && said) say(said);
  if (worked) await pause(SEEN_MS); // a build of a few files is over before anyone sees it
  shown.have = ''; // so that the progress is shown as it is, or goes
  await refresh();
  return worked;
}

const SEEN_MS = 700;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const say = (text) => (part('.library-say').textContent = text);

// --- What is shown ---

let timer = 0;
let asking = 0;
const isShown = () => document.documentElement.dataset.view === 'library' && !document.hidden;

async function refresh() {
  clearTimeout(timer);
  const current = ++asking;
  const question = new URLSearchParams({ ...shown, query: search.value });
  const reply = await fetch(`library/state?${question}`, { cache: 'no-store' }).catch(() => null);
  if (current !== asking) return; // asked again meanwhile
  const state = reply?.ok ? await reply.json() : null;
  if (state?.rows !== undefined) show(state);
  const isBusy = !part('.library-progress').hidden;
  timer = setTimeout(() => isShown() && refresh(), isBusy ? BUSY_MS : IDLE_MS);
}

function show(state) {
  shown.have = state.key;
  part('.library-summary').textContent = state.summary;
  const subtitle = document.querySelector('#brand p');
  if (subtitle && state.subtitle) subtitle.textContent = state.subtitle;
  showRows(state.rows);
  showNone();
  showProgress(state.activity);
  showLog(state.log);
  showRights(state);
}

function showRows(html) {
  const focused = document.activeElement;
  const held = rows.contains(focused) && {
    id: focused.closest('tr').dataset.document,
    name: focused.className,
  };
  rows.innerHTML = html; // escaped by briefbot.ui.library_page
  if (!held) return;
  const row = [...rows.rows].find((each) => each.dataset.document === held.id);
  const again = [...(row?.querySelectorAll('button') ?? [])].find((b) => b.className === held.name);
  (again ?? search).focus();
}

function showNone() {
  const none = part('.library-none');
  none.hidden = rows.rows.length > 0;
  none.textContent = search.value ? 'No document has these words.' : 'There are no documents yet.';
}

let wasBusy = false;
function showProgress(activity) {
  const bar = part('.library-progress');
  bar.hidden = !activity;
  if (wasBusy && !activity) say('The library is up to date.');
  wasBusy = Boolean(activity);
  if (!activity) return;
  bar.querySelector('span').textContent = activity.label;
  const meter = bar.querySelector('progress');
  meter.max = Math.max(activity.total, 1);
  if (activity.total > 1) meter.value = activity.done;
  else meter.removeAttribute('value'); // how much there is to do is not known yet
}

function showLog(html) {
  const list = part('.library-log ol');
  list.innerHTML = html; // escaped by briefbot.ui.library_page
  for (const time of list.querySelectorAll('time')) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.valueOf())) time.textContent = moment.toLocaleString();
  }
}

function showRights({ refusal, signs_in: signsIn, user }) {
  part('.library-notice').textContent = refusal;
  part('.library-notice').hidden = !refusal;
  part('.library-sign-in').hidden = !signsIn;
  part('.library-user').hidden = !user;
  part('.library-user span').textContent = user && `Signed in as ${user}.`;
  part('.library-add').classList.toggle('is-off', Boolean(refusal));
  for (const control of library.querySelectorAll('.library-add :is(input, button), .rebuild')) {
    control.disabled = Boolean(refusal);
  }
}

// --- Adding ---

async function addFiles(chosen) {
  forgetFailures();
  for (const file of chosen) {
    showProgress({ label: `Sending ${file.name}`, done: 0, total: 0 });
    const query = new URLSearchParams({ name: file.name });
    const headers = { 'Content-Type': 'application/octet-stream' };
    if (await post(`files?${query}`, file, headers)) say(`${file.name} added.`);
    shown.have = ''; // so that the progress of the build shows again
    await refresh();
  }
}

files.addEventListener('change', async () => {
  await addFiles([...files.files]);
  files.value = '';
});
part('.library-url').addEventListener('submit', async (event) => {
  event.preventDefault();
  const added = () => send('addresses', { url: address.value });
  if (await change(added, 'Address added.')) address.value = '';
});

const drop = part('.drop');
let over = 0; // dragenter and dragleave come from every element inside
library.addEventListener('dragenter', () => drop.classList.toggle('is-over', ++over > 0));
library.addEventListener('dragleave', () => drop.classList.toggle('is-over', --over > 0));
library.addEventListener('dragover', (event) => event.preventDefault());
library.addEventListener('drop', (event) => {
  event.preventDefault();
  over = 0;
  drop.classList.remove('is-over');
  if (files.disabled) return;
  const folders = [...event.dataTransfer.items].filter((i) => i.webkitGetAsEntry?.()?.isDirectory);
  if (folders.length) {
    forgetFailures();
    fail('A folder cannot be added.', 'Open it and drop the files in it.');
  } else addFiles([...event.dataTransfer.files]);
});

// --- Removing and rebuilding ---

const confirmation = part('.library-confirm');
async function isConfirmed(button) {
  if (!('confirm' in button.dataset)) return true;
  const name = button.closest('tr').dataset.document;
  confirmation.querySelector('h3').textContent = `Delete ${name}?`;
  confirmation.returnValue = '';
  confirmation.showModal();
  await new Promise((done) => confirmation.addEventListener('close', done, { once: true }));
  return confirmation.returnValue === 'remove';
}

rows.addEventListener('click', async (event) => {
  const button = event.target.closest('.remove');
  const id = button?.closest('tr').dataset.document;
  if (!button || !(await isConfirmed(button))) return;
  const request = { document: id, confirmed: 'confirm' in button.dataset };
  await change(() => send('removals', request), `${id} is being removed.`);
});
part('.rebuild').addEventListener('click', () => change(() => send('builds'), 'Rebuilding.'));

// --- Searching, sorting, signing in ---

search.addEventListener('input', () => refresh());
function sortBy(column) {
  shown.descending = shown.sort === column && !shown.descending;
  shown.sort = sorter.value = column;
  for (const button of library.querySelectorAll('[data-sort]')) {
    const order = shown.descending ? 'descending' : 'ascending';
    button.closest('th').ariaSort = button.dataset.sort === column ? order : 'none';
  }
  refresh();
}
library.querySelector('thead').addEventListener('click', (event) => {
  const button = event.target.closest('[data-sort]');
  if (button) sortBy(button.dataset.sort);
});
sorter.addEventListener('change', () => sortBy(sorter.value));

part('.library-sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const entered = await change(() => send('sign-in', Object.fromEntries(new FormData(form))));
  form.querySelector('[type=password]').value = '';
  if (entered) part('#library-title').focus();
});
part('.library-user button').addEventListener('click', () => change(() => send('sign-out')));

// --- Only while it is looked at ---

document.addEventListener('briefbot:view', () => isShown() && refresh());
document.addEventListener('visibilitychange', () => isShown() && refresh());
if (isShown()) refresh();
