// What runs in the browser alone: relative times, draining bars, dialogs, the theme, shortcuts, the lost connection.
// Pages say what they want by data attributes; the server sends nothing for a second that passes.

import { keepPlace } from './keep-place.js';
import { applyColumns } from './columns.js';
import { keepDraft, restoreDraft } from './drafts.js';
import './scroll-place.js';

const second = 1000, lastThird = 2 / 3;
let clockOffset = 0; // The server's clock minus this machine's, in milliseconds.
const now = () => Date.now() + clockOffset;

// Times

function relative(ms, secondsUntil = 60) {
  if (ms < -5 * second) return `in ${span(-ms)}`;
  const s = Math.max(0, Math.round(ms / second));
  if (s < secondsUntil) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

function span(ms) {
  const s = Math.round(ms / second);
  if (s < 60) return `${s} s`;
  if (s < 3570) return `${Math.round(s / 60)} min`;
  // A month that was bought a minute ago is 30 days: what is left of the last day counts as one, and less than two days are hours.
  if (s < 2 * 86400) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86400)} d`;
}

function drawTime(element) {
  const at = Date.parse(element.dataset.at);
  if (Number.isNaN(at)) return;
  const staleAt = Date.parse(element.dataset.staleAt ?? '');
  if (element.dataset.form === 'local') {
    const written = new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    if (element.textContent !== written) element.textContent = written;
    return;
  }
  let text = relative(now() - at, Number.isNaN(staleAt) ? 60 : 300);
  if (!Number.isNaN(staleAt)) {
    const late = now() - at > (staleAt - at) * lastThird;
    element.classList.toggle('late', late);
    if (late) text += ` · ${Math.max(0, Math.ceil((staleAt - now()) / second))}\u00a0s\u00a0left`;
  }
  if (element.textContent !== text) element.textContent = text;
}

function explainTime(element) {
  const at = new Date(element.dataset.at);
  if (Number.isNaN(at.getTime())) return;
  element.title = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC\n${at.toLocaleString()} here`;
}

function drain(bar) {
  const from = Date.parse(bar.dataset.from), until = Date.parse(bar.dataset.until);
  bar.getAnimations().forEach(old => old.cancel());
  if (!(until > from)) return;
  // Only what the compositor can do by itself; the colour changes with the words (drawTime, portal.css).
  bar.animate([{ transform: 'scaleX(1)' }, { transform: 'scaleX(0)' }], { duration: until - from, delay: from - now(), fill: 'both' });
}

setInterval(() => document.querySelectorAll('time[data-at]').forEach(drawTime), second);
document.addEventListener('mouseover', e => {
  const time = e.target.closest?.('time[data-at]');
  if (time) explainTime(time);
});

// Dialogs: shown as soon as they are there; Esc is the cancel button, so that the page knows.

let opener = null;

function openDialog(dialog) {
  opener = document.activeElement;
  dialog.addEventListener('cancel', e => {
    e.preventDefault();
    dialog.querySelector('[data-cancel]')?.click();
  });
  dialog.showModal();
  holdFoot(dialog);
}

// A dialog that what happens elsewhere makes longer or shorter: its buttons stay under the pointer, its top moves.

function holdFoot(dialog) {
  if (!dialog.matches('[data-still]')) return;
  dialog.style.marginBottom = dialog.style.maxHeight = '';
  const below = Math.max(16, innerHeight - dialog.getBoundingClientRect().bottom);
  dialog.style.marginBottom = `${below}px`;
  dialog.style.maxHeight = `calc(100dvh - 1rem - ${below}px)`;
}

addEventListener('resize', () => document.querySelectorAll('dialog[data-still][open]').forEach(holdFoot));

// A drawer gives the focus back to what opened it, unless it is somewhere else by now: in another drawer, or in the list.

let drawerOpener = null;

function openDrawer(drawer) {
  drawerOpener = document.activeElement;
  drawer.querySelector('h2')?.focus();
}

// What is new or changed in the page

function tend(element) {
  if (element.matches('time[data-at]')) drawTime(element);
  else if (element.matches('.drain')) drain(element);
  else if (element.matches('dialog[data-modal]:not([open])')) openDialog(element);
  else if (element.matches('table[data-columns],input[data-column]')) applyColumns();
  else if (element.matches('[data-drawer]')) openDrawer(element);
  else if (element.matches('[data-theme-set]')) drawTheme(element);
  else if (element.matches('[data-draft]')) restoreDraft(element);
  else if (element.matches('dialog[open] .field-problem')) element.scrollIntoView({ block: 'nearest' });
  else if (element.matches('[data-indeterminate]')) element.indeterminate = element.dataset.indeterminate === 'yes';
  else if (element.matches('[data-server-now]')) clockOffset = Date.parse(element.dataset.serverNow) - Date.now();
}

const tended = 'time[data-at],.drain,dialog[data-modal],.field-problem,[data-draft],[data-drawer],table[data-columns],[data-theme-set],[data-indeterminate],[data-server-now]';

function tendAll(root) {
  if (root.matches?.(tended)) tend(root);
  root.querySelectorAll?.(tended).forEach(tend);
}

new MutationObserver(changes => {
  for (const change of changes) {
    if (change.type === 'attributes') tend(change.target);
    else {
      change.addedNodes.forEach(tendAll);
      for (const gone of change.removedNodes) {
        if (gone.matches?.('dialog[data-modal]') && opener?.isConnected) opener.focus();
        else if (gone.matches?.('[data-drawer]') && document.activeElement === document.body && drawerOpener?.isConnected) drawerOpener.focus();
      }
    }
  }
  if (changes.some(change => change.target.closest?.('.online tbody'))) keepPlace();
}).observe(document.body, {
  subtree: true, childList: true, attributes: true,
  attributeFilter: ['data-at', 'data-stale-at', 'data-from', 'data-until', 'data-indeterminate', 'data-server-now'],
});

// Theme: the server reads the cookie, so that the next page comes in the right one.

const chosenTheme = () => document.documentElement.dataset.theme;

function drawTheme(button) {
  button.setAttribute('aria-pressed', String(button.dataset.themeSet === chosenTheme()));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `portal.theme=${theme};path=/;max-age=31536000;samesite=lax${secure}`;
  for (const link of document.querySelectorAll('link[data-for-theme]'))
    link.media = theme === 'system' ? `(prefers-color-scheme: ${link.dataset.forTheme})` : theme === link.dataset.forTheme ? 'all' : 'not all';
  document.querySelectorAll('[data-theme-set]').forEach(drawTheme);
}

document.addEventListener('click', e => {
  const set = e.target.closest('[data-theme-set]');
  if (set) setTheme(set.dataset.themeSet);
  const menu = document.querySelector('[data-menu]');
  if (menu) menu.setAttribute('aria-expanded', String(e.target.closest('[data-menu]') !== null && menu.getAttribute('aria-expanded') !== 'true'));
  for (const sheet of document.querySelectorAll('details.more[open]')) if (!sheet.contains(e.target)) sheet.open = false;
  const copied = e.target.closest('[data-copy]');
  if (copied) copy(copied);
  if (e.target.closest('[data-reload]')) reload();
});

// Copying: the button says that it did. Without https a browser has no clipboard, and the text is selected instead.

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const source = button.parentElement.querySelector('[data-copy-source]');
    if (!source) return;
    getSelection().selectAllChildren(source);
    document.execCommand('copy');
  }
  const label = button.querySelector('[data-copy-label]') ?? button;
  const before = label.textContent;
  label.textContent = 'Copied';
  setTimeout(() => { if (label.textContent === 'Copied') label.textContent = before; }, 2 * second);
}

// Shortcuts

// Survives the way to a page that is loaded as a whole.
const searchThere = 'portal.search-there';

function focusSearch(search) {
  sessionStorage.removeItem(searchThere);
  search.focus();
  search.select();
}

// A page that somebody goes to has the focus on its heading, unless he went there to search, or has begun to type: the heading is
// given the focus a moment after the page is there.
document.addEventListener('focusin', e => {
  if (!e.target.matches('h1')) return;
  if (!sessionStorage.getItem(searchThere)) {
    if (!e.target.matches(':active') && e.relatedTarget?.isConnected && e.relatedTarget.matches('main :is(input,textarea,select)')) e.relatedTarget.focus();
    return;
  }
  const search = location.pathname === '/licenses' && document.querySelector('[data-search]');
  if (search) focusSearch(search);
});

document.addEventListener('keydown', e => {
  if (e.key === 'Escape' && !document.querySelector('dialog[open]')) {
    const menu = document.querySelector('[data-menu][aria-expanded=true]');
    const sheet = document.querySelector('details.more[open]');
    if (sheet) {
      sheet.open = false;
      sheet.querySelector('summary').focus();
    } else if (menu) menu.click();
    else if (!e.target.closest('input[type=search]')) document.querySelector('[data-drawer] [data-cancel]')?.click();
  }
  if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return;
  const typing = e.target.closest('input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable]');
  if (typing) return;
  if (e.key === '/') {
    const search = document.querySelector('[data-search]');
    const licenses = document.querySelector('#main-menu a[href="/licenses"]');
    if (!search && !licenses) return;
    e.preventDefault();
    if (search) focusSearch(search);
    else {
      sessionStorage.setItem(searchThere, '1');
      licenses.click();
    }
  } else if (e.key === '?') {
    document.getElementById('shortcuts')?.showModal();
  }
});

// The lost connection. A server that restarted knows this page no more: only a reload helps.

function reload() {
  keepDraft();
  location.reload();
}

const banner = document.getElementById('components-reconnect-modal');
if (banner) {
  let retry = 0;
  new MutationObserver(() => {
    const is = name => banner.classList.contains(`components-reconnect-${name}`);
    if (is('rejected')) reload();
    clearInterval(retry);
    if (is('failed')) retry = setInterval(async () => {
      try {
        if (!await Blazor.reconnect()) reload();
      } catch {
        // Still away; the next turn tries again.
      }
    }, 3 * second);
  }).observe(banner, { attributes: true, attributeFilter: ['class'] });
}

tendAll(document.body);

// Signing out in one tab takes the others along: they must not go on showing, and doing, what this person may no longer.

const signedOut = 'portal.signed-out';
document.addEventListener('submit', e => {
  if (e.target.id === 'sign-out') localStorage.setItem(signedOut, String(Date.now()));
});
addEventListener('storage', e => {
  if (e.key === signedOut && document.getElementById('sign-out')) location.assign('/sign-in');
});
