"use strict";

// Keeps the parts of a page that are marked `data-live` as they would be after loading it anew: the server says when
// something has changed, the page is fetched, and what differs is put in place. Without this script the page is whole,
// and shows how things stood when it was loaded.
(() => {
  const BASE = "/console";
  const AGAIN_MS = 15000;
  const state = { source: null, busy: false, again: false, paused: false, timer: 0, revision: "" };
  const parts = () => document.querySelectorAll("[data-live][id]");
  const status = document.getElementById("live");

  function say(text) {
    if (status && status.textContent !== text) status.textContent = text;
  }

  // What somebody works with stays as it is: a field that has the focus, text that is selected, what is unfolded.
  function inUse(part) {
    const focused = document.activeElement;
    const selection = document.getSelection();
    const selected = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
    return selected || (part.contains(focused) && focused.matches("input, select, textarea"));
  }

  // The focus goes to what stands in the same place and is named alike.
  const reachable = (part) => [...part.querySelectorAll("a[href], button, summary, [tabindex]")];
  const nameOf = (node) => node.id || node.getAttribute("href") || `${node.form?.action} ${node.value} ${node.textContent}`;

  function put(part, fresh) {
    for (const box of part.querySelectorAll("details[id][open]")) {
      const same = fresh.querySelector(`#${CSS.escape(box.id)}`);
      if (same) same.open = true;
    }
    if (part.isEqualNode(fresh) || inUse(part)) return;
    const focused = part.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    const scrolled = [...part.querySelectorAll(".scroll")].map((box) => [box.scrollLeft, box.scrollTop]);
    if (focused !== null) document.activeElement.blur(); // else WebKit scrolls to it when the page is laid out anew
    const placed = document.adoptNode(fresh);
    part.replaceWith(placed);
    placed.querySelectorAll(".scroll").forEach((box, n) => scrolled[n] && box.scrollTo(...scrolled[n]));
    if (focused !== null) reachable(placed).find((node) => nameOf(node) === focused)?.focus({ preventScroll: true });
  }

  async function refresh() {
    if (state.busy) {
      state.again = true;
      return;
    }
    state.busy = true;
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
      if (answer.type === "opaqueredirect") return lost("The session has ended: load the page anew.");
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of parts()) {
          const fresh = page.getElementById(part.id);
          if (fresh) put(part, fresh);
        }
      }
    } catch {
      say("Not live");
    } finally {
      state.busy = false;
    }
    if (state.again) {
      state.again = false;
      await refresh();
    }
  }

  function close() {
    clearTimeout(state.timer);
    if (state.source) state.source.close();
    state.source = null;
  }

  function lost(why) {
    close();
    say(why);
  }

  function open() {
    if (state.source || state.paused || document.hidden) return;
    const source = new EventSource(`${BASE}/live`);
    state.source = source;
    source.addEventListener("open", () => {
      say("Live");
      refresh();
    });
    source.addEventListener("change", refresh);
    source.addEventListener("error", () => {
      say("Not live");
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      close();
      state.timer = setTimeout(() => {
        refresh(); // there may be too many listeners: then it looks by itself
        open();
      }, AGAIN_MS);
    });
  }

  // A browser opens few connections to one address: a page that nobody looks at holds none.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", () => parts().length && open());

  if (!parts().length || !status) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Pause";
  button.addEventListener("click", () => {
    state.paused = !state.paused;
    button.textContent = state.paused ? "Follow" : "Pause";
    if (state.paused) lost("Paused");
    else open();
  });
  status.after(button);
})();
