"use strict";
(() => {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; name(); });
  system.addEventListener("change", name);
  name();

  const form = document.getElementById("filters");
  const matches = document.getElementById("matches");
  const unfold = document.getElementById("unfold");
  const causes = [...document.querySelectorAll(".cause")].map((element) => ({
    element,
    words: element.querySelector("summary").textContent.toLowerCase(),
    findings: [...element.querySelectorAll(".finding")].map((finding) => ({ element: finding, words: null })),
  }));
  const total = causes.reduce((sum, cause) => sum + cause.findings.length, 0);
  const wordsOf = (finding) => (finding.words ??= finding.element.textContent.toLowerCase());

  const filter = () => {
    const wanted = new FormData(form);
    const severities = new Set(wanted.getAll("severity"));
    const text = wanted.get("text").trim().toLowerCase();
    const [who, risk, file] = ["who", "risk", "file"].map((key) => wanted.get(key));
    let shown = 0, groups = 0;
    for (const cause of causes) {
      const data = cause.element.dataset;
      const fits = (!who || data.who === who) && (!risk || data.risk === risk);
      const named = !text || cause.words.includes(text);
      let inside = 0;
      for (const finding of cause.findings) {
        const own = finding.element.dataset;
        const keep = fits && severities.has(own.severity) && (!file || own.file === file) && (named || wordsOf(finding).includes(text));
        finding.element.hidden = !keep;
        inside += keep;
      }
      cause.element.hidden = !inside;
      shown += inside;
      groups += inside > 0;
    }
    matches.textContent = `Showing ${shown.toLocaleString("en")} of ${total.toLocaleString("en")} findings, ${groups.toLocaleString("en")} of ${causes.length.toLocaleString("en")} causes`;
  };
  const fold = (open) => {
    for (const cause of causes) cause.element.open = open && !cause.element.hidden;
    unfold.textContent = open ? "Close all" : "Open all";
  };

  const arrive = () => {
    const cause = /^#cause-\d+$/.test(location.hash) && document.querySelector(location.hash);
    if (!cause) return;
    if (cause.hidden) { form.reset(); filter(); }
    cause.open = true;
    cause.scrollIntoView();
  };
  addEventListener("hashchange", arrive);

  if (total) {
    form.hidden = false;
    let waiting = 0;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
    form.addEventListener("reset", () => setTimeout(filter));
    form.addEventListener("submit", (event) => event.preventDefault());
    unfold.addEventListener("click", () => fold(unfold.textContent === "Open all"));
    addEventListener("beforeprint", () => fold(true));
    filter();
    arrive();
  }
})();
