// The address that shows a request stays with this tab, and out of the browser's history.

if (location.search) {
  history.replaceState({ shown: location.search }, "", location.pathname);
} else if (history.state && history.state.shown) {
  // Loaded again: the server shows it as long as the address is valid, then leads back here.
  location.replace(location.pathname + history.state.shown);
}
