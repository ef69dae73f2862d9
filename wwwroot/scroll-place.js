// Where a page was scrolled to. On wide screens the page scrolls inside its frame, which the browser does not follow from page to
// page: a page that somebody goes to begins at its top, and one that he comes back to where he left it.

const restoreFor = 3000; // Milliseconds in which what was there must have come back.
const places = new Map();
let here = keyOf(), restoring = 0;

function scroller() {
  const frame = document.querySelector('.shell > main');
  return frame && getComputedStyle(frame).overflowY === 'auto' ? frame : document.scrollingElement;
}

// The framework numbers the entries of the history.
function keyOf() {
  return `${history.state?._index ?? 0} ${location.pathname}`;
}

function restore(top) {
  const turn = ++restoring, until = performance.now() + restoreFor;
  (function tryIt() {
    if (turn !== restoring) return;
    const box = scroller();
    if (box.scrollHeight - box.clientHeight >= top) box.scrollTop = top;
    else if (performance.now() < until) requestAnimationFrame(tryIt);
  })();
}

document.addEventListener('scroll', e => {
  const box = scroller();
  if (e.target === box || (e.target === document && box === document.scrollingElement)) places.set(here, box.scrollTop);
}, { capture: true, passive: true });
// Whoever scrolls by himself has decided.
for (const kind of ['wheel', 'touchmove', 'keydown']) document.addEventListener(kind, () => restoring++, { passive: true });

const { pushState, replaceState } = history;
history.pushState = function (...args) {
  pushState.apply(this, args);
  here = keyOf();
  restoring++;
  scroller().scrollTop = 0;
};
history.replaceState = function (...args) {
  const top = places.get(here);
  replaceState.apply(this, args);
  here = keyOf();
  if (top !== undefined) places.set(here, top);
};

if ('scrollRestoration' in history) history.scrollRestoration = 'manual';
window.addEventListener('popstate', () => {
  here = keyOf();
  restore(places.get(here) ?? 0);
});
