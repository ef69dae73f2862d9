// Which columns of the online list are shown, and how wide: chosen in this browser, kept in it, unknown to the server.

const key = 'portal.online.columns';
const read = () => {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
};
const nameOf = cell => [...cell.classList].find(name => name.startsWith('c-'))?.slice(2);
const visible = element => element.offsetParent !== null;

function keep(change) {
  localStorage.setItem(key, JSON.stringify({ ...read(), ...change }));
  applyColumns();
}

/** Draws the choice: called for a list that is new in the page, and after each change. */
export function applyColumns() {
  const { shown, widths = {} } = read();
  const table = document.querySelector('table[data-columns]');
  if (table) {
    table.classList.toggle('chosen', Array.isArray(shown));
    if (Array.isArray(shown)) table.dataset.shown = shown.join(' ');
    for (const head of table.tHead.rows[0].cells) head.style.width = widths[nameOf(head)] ? `${widths[nameOf(head)]}px` : '';
  }
  for (const box of document.querySelectorAll('input[data-column]')) {
    const head = table?.querySelector(`th.c-${box.dataset.column}`);
    box.checked = Array.isArray(shown) ? shown.includes(box.dataset.column) : head ? visible(head) : true;
  }
}

document.addEventListener('change', e => {
  if (!e.target.matches('input[data-column]')) return;
  keep({ shown: [...document.querySelectorAll('input[data-column]')].filter(box => box.checked).map(box => box.dataset.column) });
});

document.addEventListener('click', e => {
  if (!e.target.closest('[data-columns-reset]')) return;
  localStorage.removeItem(key);
  applyColumns();
});

// By the pointer alone: whatever does not fit is in the title of its cell, and in the drawer.
document.addEventListener('pointerdown', e => {
  const grip = e.target.closest('[data-grip]');
  if (!grip) return;
  e.preventDefault();
  const head = grip.closest('th');
  const from = e.clientX, before = head.getBoundingClientRect().width;
  grip.classList.add('held');
  grip.setPointerCapture(e.pointerId);
  const move = m => { head.style.width = `${Math.max(48, before + m.clientX - from)}px`; };
  const end = () => {
    grip.classList.remove('held');
    grip.removeEventListener('pointermove', move);
    keep({ widths: { ...read().widths, [nameOf(head)]: Math.round(head.getBoundingClientRect().width) } });
  };
  grip.addEventListener('pointermove', move);
  grip.addEventListener('pointerup', end, { once: true });
  grip.addEventListener('pointercancel', end, { once: true });
});
