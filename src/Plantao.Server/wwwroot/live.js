// The only script a screen loads. Without it every screen still works: times are absolute, forms post back.
const two = n => String(n).padStart(2, '0');
const app = document.querySelector('.app');

// 1. Count down in place. The text changes, its box does not: figures are tabular, width is reserved.
// The server's clock counts: data-now says what it was when the screen was made.
const skew = app?.dataset.now ? Number(app.dataset.now) - Date.now() : 0;
const clock = s => (s >= 3600 ? Math.floor(s / 3600) + ':' + two(Math.floor(s / 60) % 60) : two(Math.floor(s / 60))) + ':' + two(s % 60);
const tick = () => {
  for (const el of document.querySelectorAll('[data-until]')) {
    const left = Math.round((Number(el.dataset.until) - Date.now() - skew) / 1000);
    el.textContent = (left < 0 ? '+' : '') + clock(Math.abs(left));
  }
};
if (!location.search.includes('still')) setInterval(tick, 1000);

// 2. One key for each frequent act: it moves the focus there, Enter does it. j and k go from row to row, Escape closes a menu.
addEventListener('keydown', e => {
  if (e.key === 'Escape') for (const menu of document.querySelectorAll('details.drop[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
  if (document.documentElement.dataset.keys === 'off' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest?.('input, textarea, select')) return;
  if (e.key === 'j' || e.key === 'k') {
    const rows = [...document.querySelectorAll('a.row')], at = rows.indexOf(document.activeElement);
    rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (e.key === 'j' ? 1 : -1)))]?.focus();
    return;
  }
  const act = [...document.querySelectorAll(`[data-key="${CSS.escape(e.key)}"]`)].find(el => el.offsetParent);
  if (act) { act.focus(); e.preventDefault(); }
});

// 3. Live. A stream tells that something changed; the screen is fetched anew and read beside the one that is shown:
// texts of [data-part] change in place, new rows wait behind a link, nothing is inserted or moved under a finger.
if (app?.dataset.live) {
  const [fresh, changed, offline] = app.dataset.texts.split('\n');
  const note = document.querySelector('[data-offline]');
  let stream, position = app.dataset.from, contact = Date.now(), busy = false, again = false, looked = 0, lost;

  const say = (link, text) => { link.textContent = text; link.removeAttribute('aria-disabled'); link.classList.remove('wait'); };

  const look = async () => {
    if (busy) { again = true; return; }
    busy = true;
    looked = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'error' });
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
      let other = false;
      for (const part of document.querySelectorAll('[data-part]')) {
        const now = next.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
        if (!now) { other ||= part.dataset.part !== 'never'; continue; }
        // Buttons stay as they are under a finger: that others would fit now is said, and the server says why when one is used.
        if (part.dataset.kept !== undefined) { other ||= now.dataset.kept !== part.dataset.kept; continue; }
        if (now.innerHTML === part.innerHTML) continue;
        // A form being edited and a panel with the focus inside are never replaced.
        if (part.contains(document.activeElement) && document.activeElement !== document.body || part.querySelector('details[open]')) { other = true; continue; }
        part.style.minHeight = part.getBoundingClientRect().height + 'px';   // its box keeps its size: with less in it, nothing below moves
        part.className = now.className;
        part.replaceChildren(...[...now.childNodes].map(n => document.importNode(n, true)));
      }
      const there = new Set([...document.querySelectorAll('[data-row]')].map(r => r.dataset.row));
      const come = [...next.querySelectorAll('[data-row]')].filter(r => !there.has(r.dataset.row)).length;
      const link = document.querySelector('[data-fresh]');
      if (link && come) say(link, fresh.replace('{0}', come));
      else if (link && other) say(link, changed);
    } catch { /* no contact: the stream says so below */ } finally {
      busy = false;
      // In a storm once a second is enough for eyes, and for the server.
      if (again) { again = false; setTimeout(look, Math.max(0, looked + 1000 - Date.now())); }
    }
  };

  // Turned or made wider, a screen is laid out anew: what was held for the old width is let go.
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; for (const part of document.querySelectorAll('[data-part]')) part.style.minHeight = ''; } });

  const met = () => { contact = Date.now(); clearTimeout(lost); lost = undefined; note.hidden = true; delete app.dataset.lost; };
  const missed = () => {
    lost ??= setTimeout(() => {
      note.querySelector('[data-offline-since]').textContent = offline.replace('{0}', new Date(contact).toLocaleTimeString(document.documentElement.lang, { hour12: false }));
      note.hidden = false;
      app.dataset.lost = '';   // clocks go on, marked as from then
    }, Math.max(0, contact + 10000 - Date.now()));
  };
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(`/live/${app.dataset.live}?after=${position}`);
    stream.onopen = met;
    stream.addEventListener('changed', e => { position = e.lastEventId; met(); look(); });
    stream.onerror = () => {
      missed();
      // A browser gives up after an answer that is no stream (the server restarts, a proxy says 502): try again ourselves.
      if (stream?.readyState === EventSource.CLOSED) { stream = undefined; setTimeout(open, 2000 + Math.random() * 2000); }
    };
  };
  const close = () => { stream?.close(); stream = undefined; clearTimeout(lost); lost = undefined; };

  // A browser has six connections to a site: a hidden tab keeps none.
  document.addEventListener('visibilitychange', () => document.hidden ? close() : open());
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
}
