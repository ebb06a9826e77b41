// Runs once, when the reader's host is on the page. Gradio provides `element` (that host) and
// `server` (the Python functions of the host, called over the page's own connection).
const reader = element.querySelector('#reader');
const body = reader.querySelector('.reader-body');
const bar = reader.querySelector('.reader-bar span');
const calmly = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth');

// --- The source reader ---

const UNREACHABLE =
  '<div class="reply failure" role="alert"><h3>The source could not be opened.</h3>' +
  '<p>Check that BriefBot is still running, then try again.</p></div>';
let request = 0;

async function openSource(from) {
  const { document: id, start, end } = from.dataset;
  const current = ++request;
  bar.textContent = 'Source';
  body.innerHTML = '<p class="reader-wait">Opening the source</p>';
  if (!reader.open) reader.showModal();
  // Gradio's client answers a failed request with nothing.
  const page = (await server.read(id, Number(start), Number(end)).catch(() => '')) || UNREACHABLE;
  if (current !== request) return; // another source was opened meanwhile
  body.innerHTML = page; // escaped by briefbot.ui.reader
  bar.textContent = body.querySelector('.source-head h2')?.textContent ?? 'Source';
  const quote = body.querySelector('mark.quote:not([hidden] *)');
  if (!quote) return;
  quote.id = 'quoted';
  quote.scrollIntoView({ block: 'center' });
  body.querySelectorAll('mark.quote').forEach((mark) => mark.classList.add('flash'));
}

reader.querySelector('.reader-close').addEventListener('click', () => reader.close());
reader.addEventListener('click', (event) => {
  if (event.target === reader) reader.close(); // the backdrop
});
reader.addEventListener('close', () => {
  request += 1;
  body.replaceChildren();
});

// --- Chips and cards ---

function showSources(turn) {
  document
    .querySelectorAll('#sources .sources')
    .forEach((section) => (section.hidden = section.dataset.turn !== turn));
}

function linkCard(chip, isLinked) {
  const { turn, n } = chip.dataset;
  document
    .querySelector(`#sources .card[data-turn="${turn}"][data-n="${n}"]`)
    ?.classList.toggle('is-linked', isLinked);
}

document.addEventListener('click', (event) => {
  const from = event.target.closest?.('[data-opens]');
  if (!from || event.target.closest('a')) return;
  // Selecting a card's text is not a click on it.
  if (!event.target.closest('button') && !getSelection().isCollapsed) return;
  if (from.dataset.turn) showSources(from.dataset.turn);
  openSource(from);
});
for (const [type, isLinked] of [
  ['mouseover', true],
  ['mouseout', false],
  ['focusin', true],
  ['focusout', false],
]) {
  document.addEventListener(type, (event) => {
    const chip = event.target.closest?.('.chip');
    if (chip) linkCard(chip, isLinked);
  });
}

// --- Where the keyboard goes ---

document.addEventListener('click', (event) => {
  // The button for a new conversation goes away with the old one, and would take the focus along.
  if (event.target.closest?.('.skip, #restart')) document.querySelector('#question textarea').focus();
});
document.addEventListener('briefbot:view', () => {
  const isLibrary = document.documentElement.dataset.view === 'library';
  scrollTo(0, 0);
  document.querySelector(isLibrary ? '#library-title' : '#question textarea')?.focus();
});

// --- New questions: keep the newest in view while its answer grows, until the reader scrolls ---

let turns = 0;
let isFollowing = false;
const following = new MutationObserver(() => {
  const all = document.querySelectorAll('#conversation .turn');
  if (all.length > turns) isFollowing = all.length > 1; // the first one has the page's top
  turns = all.length;
  if (isFollowing) all[turns - 1]?.scrollIntoView({ block: 'start', behavior: calmly() });
});
// The whole page: its parts come in no fixed order, and some may not be there yet.
following.observe(document.body, { childList: true, subtree: true });
for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
  document.addEventListener(type, () => (isFollowing = false), { passive: true });
}
