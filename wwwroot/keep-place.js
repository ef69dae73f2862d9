// Rows come and go above what somebody is reading: the rows in view stay where they are. At the top of a list there is no
// place to keep; new rows shall be seen there, unless the pointer is on a row: nothing moves under a finger that is about to click. Runs before the browser paints, so that nothing is seen to move.

const list = () => document.querySelector('.table-scroll');
const rowsOf = box => box.querySelectorAll('tr[data-session]');
// What the list shows, and in which order; what is chosen or open in it moves nothing.
function shownBy() {
  const query = new URLSearchParams(location.search);
  query.delete('selected');
  query.delete('session');
  query.delete('list');
  return query.toString();
}

let seen = [], seenOrder = null, pointed = null;

function remember() {
  const box = list();
  if (!box) return;
  const view = box.getBoundingClientRect();
  seenOrder = shownBy();
  seen = [];
  for (const row of rowsOf(box)) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > view.top + 36 && top < view.bottom) seen.push([row.dataset.session, top - view.top]);
  }
}

export function keepPlace() {
  const box = list();
  if (!box) return;
  if ((box.scrollTop > 0 || pointed) && seenOrder === shownBy()) {
    const now = new Map([...rowsOf(box)].map(row => [row.dataset.session, row]));
    const anchor = seen.find(([session]) => session === pointed && now.has(session)) ?? (box.scrollTop > 0 ? seen.find(([session]) => now.has(session)) : null);
    if (anchor) {
      const moved = now.get(anchor[0]).getBoundingClientRect().top - box.getBoundingClientRect().top - anchor[1];
      if (Math.abs(moved) >= 1) box.scrollTop += moved;
    }
  }
  remember();
}

document.addEventListener('scroll', e => { if (e.target === list()) remember(); }, { capture: true, passive: true });
document.addEventListener('pointermove', e => { pointed = e.target.closest?.('tr[data-session]')?.dataset.session ?? null; }, { passive: true });
