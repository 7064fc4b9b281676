/** The demo page's style: plain, dark on light, and printable. */
export const STYLE = `
:root { color-scheme: light; --line: #d0d5dc; --quiet: #4b5563; --mark: #ffd23f; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; font: 16px/1.5 system-ui, sans-serif; color: #17202b; background: #fff; }
h1 { font-size: 1.6rem; margin: 0 0 .75rem; }
h2 { font-size: 1.15rem; margin: 0 0 .75rem; }
.notice { border: 2px solid #b45309; background: #fffbeb; padding: .6rem .9rem; margin: 0 0 1rem; }
article, main > section { border-top: 1px solid var(--line); padding: 1.25rem 0; break-inside: avoid; }
.case { display: flex; flex-wrap: wrap; gap: 1.5rem; }
.pictures { display: flex; gap: .75rem; flex: 0 1 22rem; align-items: flex-start; }
figure { margin: 0; flex: 1 1 0; min-width: 0; }
figure svg { display: block; width: 100%; max-height: 26rem; background: #000; }
figcaption { font-size: .85rem; color: var(--quiet); margin-top: .3rem; overflow-wrap: anywhere; }
.box rect { fill: none; stroke: var(--mark); }
.box text { fill: var(--mark); stroke: #000; stroke-width: .25em; paint-order: stroke; font-family: system-ui, sans-serif; }
dl { flex: 1 1 22rem; margin: 0; min-width: 0; }
dt { color: var(--quiet); }
dd { margin: .15rem 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 1.05rem; }
.kind { display: inline-block; font-size: .75rem; font-weight: 600; border: 1px solid var(--line); border-radius: .25rem; padding: 0 .4rem; margin-right: .3rem; color: #17202b; }
pre { background: #f3f4f6; padding: .75rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); padding-top: .75rem; font-size: .8rem; color: var(--quiet); }
footer p { margin: 0; }
.hash { overflow-wrap: anywhere; }
@media print { body { max-width: none; padding: 0; font-size: 12px; } .box rect, .box text, figure svg, .notice { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
