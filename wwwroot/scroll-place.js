// Where a page was scrolled to. On wide screens the page scrolls inside its frame, which the browser does not follow from page to
// page: a page that somebody goes to begins at its top, and one that he comes back to where he left it.

// Milliseconds. What is shown first may be the page that was left or the outline of the list: the place is held until it has stayed.
const heldFor = 5000, soughtFor = 15000;
const places = new Map();
let here = keyOf(), turn = 0, restoring = false;

function scroller() {
  const frame = document.querySelector('.shell > main');
  return frame && getComputedStyle(frame).overflowY === 'auto' ? frame : document.scrollingElement;
}

// The framework numbers the entries of the history.
function keyOf() {
  return `${history.state?._index ?? 0} ${location.pathname}`;
}

function restore(top) {
  const mine = ++turn, last = performance.now() + soughtFor;
  let until = last;
  restoring = true;
  (function hold() {
    if (mine !== turn) return;
    const box = scroller(), now = performance.now();
    const moved = Math.abs(box.scrollTop - top) >= 1;
    if (box.scrollHeight - box.clientHeight < top) until = last;
    else if (moved || until === last) until = Math.min(last - 1, now + heldFor);
    if (moved) box.scrollTop = top;
    if (now < until) requestAnimationFrame(hold);
    else stop();
  })();
}

function stop() {
  turn++;
  restoring = false;
}

// When it is scrolled, and when it is left: the scroll event comes a frame later.
function note() {
  if (!restoring) places.set(here, scroller().scrollTop);
}

document.addEventListener('scroll', e => {
  const box = scroller();
  if (e.target === box || (e.target === document && box === document.scrollingElement)) note();
}, { capture: true, passive: true });
// Whoever scrolls or presses something himself has decided.
for (const kind of ['wheel', 'touchmove', 'keydown', 'pointerdown']) document.addEventListener(kind, stop, { capture: true, passive: true });

const { pushState, replaceState } = history;
history.pushState = function (...args) {
  note();
  pushState.apply(this, args);
  here = keyOf();
  stop();
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
  note();
  here = keyOf();
  restore(places.get(here) ?? 0);
});
