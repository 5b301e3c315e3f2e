/**
 * What opens over a page (dialogs, menus, choices) stands in its main landmark and is hidden with it when the screen is
 * locked. One node for all time: what moves to another is built anew, and forgets what was typed.
 */
export const overlays = document.createElement('div');
document.body.append(overlays);

/** For the `ref` of its place in the frame. */
export function placeOverlays(place: HTMLElement | null): () => void {
  place?.append(overlays);
  return () => document.body.append(overlays);
}
