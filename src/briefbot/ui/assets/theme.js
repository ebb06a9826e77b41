// Light and dark. In the page's head, so that a chosen theme shows from the first paint on.
const chosenTheme = document.documentElement.dataset;
try {
  const stored = localStorage.getItem('briefbot-theme');
  if (stored) chosenTheme.theme = stored;
} catch {
  // Storage is blocked: a choice lasts until the page is closed.
}
document.addEventListener('click', (event) => {
  if (!event.target.closest?.('.theme-switch')) return;
  const isDark = chosenTheme.theme
    ? chosenTheme.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  chosenTheme.theme = isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('briefbot-theme', chosenTheme.theme);
  } catch {
    // As above.
  }
});

// Chat or library. Here too, so that the page asked for shows from the first paint on.
function showView() {
  const view = location.hash === '#library' ? 'library' : 'chat';
  document.documentElement.dataset.view = view;
  document.title = view === 'library' ? 'Library – BriefBot' : 'BriefBot';
  for (const link of document.querySelectorAll('#pages a')) {
    link.ariaCurrent = link.hash === `#${view}` ? 'page' : null;
  }
}
addEventListener('hashchange', () => {
  showView();
  document.dispatchEvent(new Event('briefbot:view'));
});
showView();
