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
