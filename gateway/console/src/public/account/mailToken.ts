/** The token of a mail's link (`…#token=…`): read once, and taken out of the address bar and the history at once. */
let taken: string | undefined;

export function mailToken(): string {
  const found = /(?:^#|&)token=([^&]+)/.exec(location.hash)?.[1];
  if (found) {
    taken = decodeURIComponent(found);
    history.replaceState(history.state, '', location.pathname);
  }
  return taken ?? '';
}
