// What somebody has typed into a dialog outlives a page that must be loaded anew, because its server was started again: when he
// opens the same dialog again, his words are there. Only fields that say so (data-draft), which no secret belongs into, and only
// those that he has touched: what he left alone is for the server to say. In this tab, for a quarter of an hour.

const store = 'portal.draft', goodFor = 15 * 60 * 1000;
const touched = new WeakSet();

// The same dialog of the same page about the same thing.
const nameOf = dialog => [location.pathname, dialog.getAttribute('aria-labelledby'), dialog.querySelector('h2')?.textContent].join('\n');

document.addEventListener('input', e => { if (e.target.matches('[data-draft]')) touched.add(e.target); });
// Whoever signs in next in this tab is somebody else.
document.addEventListener('submit', e => { if (e.target.id === 'sign-out') sessionStorage.removeItem(store); });

/** Before the page is loaded anew without anybody's wish. */
export function keepDraft() {
  const dialog = document.querySelector('dialog[data-modal][open]');
  const fields = [...dialog?.querySelectorAll('[data-draft]') ?? []].filter(field => touched.has(field)).map(field => [field.id, field.value]);
  if (fields.length > 0) sessionStorage.setItem(store, JSON.stringify({ at: Date.now(), name: nameOf(dialog), fields }));
}

/** For a field that is new in the page. */
export function restoreDraft(field) {
  const dialog = field.closest('dialog[data-modal]');
  let draft;
  try {
    draft = JSON.parse(sessionStorage.getItem(store));
  } catch {
    // Not ours: as if there was none.
  }
  if (!dialog || !draft) return;
  if (Date.now() - draft.at > goodFor) sessionStorage.removeItem(store);
  else if (draft.name === nameOf(dialog)) {
    const kept = draft.fields.find(([id]) => id === field.id);
    if (!kept) return;
    draft.fields = draft.fields.filter(other => other !== kept);
    if (draft.fields.length > 0) sessionStorage.setItem(store, JSON.stringify(draft));
    else sessionStorage.removeItem(store);
    field.value = kept[1];
    for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}
