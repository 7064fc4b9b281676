import { escapeXml } from "../../base/escape.js";
import type { PixelBox } from "../../image/square.js";
import type { ModelResult } from "../../medgemma/run/result.js";
import { REAL_COMMAND, REAL_SOURCE, TEST_OBJECT } from "./real-weights.js";
import { STYLE } from "./style.js";

export interface PagePicture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The file as a data URL. */
  readonly url: string;
  readonly boxes: readonly PageBox[];
}

export interface PageBox {
  readonly label: string;
  /** On the picture's own pixels. */
  readonly box: PixelBox;
}

export interface PageCase {
  readonly title: string;
  readonly pictures: readonly PagePicture[];
  readonly answers: readonly {
    readonly kind: string;
    readonly question: string;
    readonly result: ModelResult;
  }[];
}

/** A self-contained page: one file, nothing fetched, no script. */
export function renderPage(cases: readonly PageCase[], result: ModelResult): string {
  const { provenance, notice } = result;
  const { model, projector, versions, createdAt } = provenance;
  const files = [model, ...(projector ? [projector] : [])];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>MedGemma for Node: demo</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>MedGemma for Node: demo</h1>
<p class="notice" role="note"><strong>${escapeXml(notice)}</strong></p>
<p>${escapeXml(TEST_OBJECT)} The pictures are drawn; left and right are the patient's, as in every radiograph.</p>
</header>
<main>
${cases.map(renderCase).join("\n")}
<section aria-labelledby="real">
<h2 id="real">With MedGemma itself</h2>
<p>Its files are ${escapeXml(REAL_SOURCE)}:</p>
<pre><code>${escapeXml(REAL_COMMAND.replaceAll("\n  ", "\n"))}</code></pre>
</section>
</main>
<footer>
<p>medgemma ${escapeXml(versions.medgemma)}, llama.cpp ${escapeXml(versions.llamaCpp)}, Node ${escapeXml(versions.node)}; <time datetime="${escapeXml(createdAt)}">${escapeXml(createdAt)}</time></p>
${files.map((file) => `<p>${escapeXml(file.name)}, ${file.bytes} bytes, sha256 <span class="hash">${escapeXml(file.sha256)}</span></p>`).join("\n")}
</footer>
</body>
</html>
`;
}

function renderCase({ title, pictures, answers }: PageCase, index: number): string {
  const id = `case-${index + 1}`;
  return `<article aria-labelledby="${id}">
<h2 id="${id}">${index + 1}. ${escapeXml(title)}</h2>
<div class="case">
<div class="pictures">
${pictures.map(renderPicture).join("\n")}
</div>
<dl>
${answers
  .map(
    ({ kind, question, result }) =>
      `<dt><span class="kind">${escapeXml(kind)}</span> ${escapeXml(question)}</dt>\n<dd>${escapeXml(result.text)}</dd>`,
  )
  .join("\n")}
</dl>
</div>
</article>`;
}

function renderPicture({ name, width, height, url, boxes }: PagePicture): string {
  const found = boxes.map(({ label }) => label || "unnamed").join(", ");
  const caption = boxes.length === 0 ? name : `${name}; located: ${found}`;
  return `<figure>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(`Drawn radiograph ${caption}`)}">
<image href="${escapeXml(url)}" width="${width}" height="${height}"/>
${boxes.map((box) => renderBox(box, width, height)).join("\n")}
</svg>
<figcaption>${escapeXml(caption)}</figcaption>
</figure>`;
}

/** Line and letters are sized by the picture, so that they look alike on all. */
function renderBox({ label, box: { x0, y0, x1, y1 } }: PageBox, width: number, height: number): string {
  const unit = Math.max(width, height) / 100;
  // Above the box, or in its upper edge where the picture ends.
  const baseline = y0 > 6 * unit ? y0 - unit : y0 + 4 * unit;
  const rect = `<rect x="${x0}" y="${y0}" width="${x1 - x0}" height="${y1 - y0}" stroke-width="${0.7 * unit}"/>`;
  return `<g class="box">${rect}<text x="${x0}" y="${baseline}" font-size="${4 * unit}">${escapeXml(label)}</text></g>`;
}
