import { Parser } from "htmlparser2";

/** Elements that begin and end lines; HTML's and those of CDA's narrative block (HL7 CDA R2, section 4.3.5). */
const BLOCKS: ReadonlySet<string> = new Set([
  ...[
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "dl",
    "table",
    "section",
    "article",
    "aside",
  ],
  ...[
    "header",
    "footer",
    "main",
    "nav",
    "address",
    "blockquote",
    "pre",
    "figure",
    "form",
    "fieldset",
    "body",
  ],
  ...["paragraph", "list", "title", "text", "caption", "figcaption"],
]);
const LINES: ReadonlySet<string> = new Set(["br", "hr", "li", "item", "tr", "dt", "dd", "option"]);
/** Those that are things of their own; after a break what was begun may go on. */
const ITEMS: ReadonlySet<string> = new Set(["li", "item", "tr", "dd", "option"]);
const CELLS: ReadonlySet<string> = new Set(["td", "th"]);
/** What they hold is not for readers. */
const HIDDEN: ReadonlySet<string> = new Set(["style", "script", "template", "noscript"]);

/** Small letters above the line have a meaning: 10<sup>9</sup>/L is not 109/L. */
const RAISED = "sup";
/** What was struck out is no longer said; in CDA `content revised="delete"`. */
const STRUCK: ReadonlySet<string> = new Set(["del", "s", "strike"]);

/** Styles by which words are not seen. */
const UNSEEN =
  /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0+(?![.\d])|font-size\s*:\s*0+(?:\.0*)?(?![.\d]))/i;
/** Stands in their place: a reader of the page was never shown them, and one of the record is told of them. */
const NOT_SHOWN = "(hidden text, not told)";

/** Characters that are parsed in one go. */
const CHUNK = 32_768;

export interface MarkupOptions {
  /** XML's rules: names in their capitals, CDATA, no elements that end by themselves. */
  readonly xml?: boolean | undefined;
  /** Elements whose contents are told, by local name; all where it is left out. */
  readonly only?: ReadonlySet<string> | undefined;
}

/**
 * (X)HTML or XML as lines: blocks, rows and items are lines of their own that end in `;`, cells are parted by ` | `. A comment, style or
 * script that does not end stays, as text. Gives way after each piece of the work.
 */
export function* markupSteps(
  source: string,
  options: MarkupOptions = {},
): Generator<undefined, string, void> {
  const lines = new Lines(source, options);
  for (let at = 0; at < source.length; at += CHUNK) {
    lines.write(source.slice(at, at + CHUNK));
    yield undefined;
  }
  return lines.end();
}

/** Elements inside of each other; pages have some tens, and the parser's time grows with their square. */
const DEEPEST = 2000;
const TOO_DEEP = "(the rest of this text is nested too deeply to be read)";

class Lines {
  readonly #parser: Parser;
  readonly #parts: string[] = [];
  #depth = 0;
  #tooDeep = false;
  #hidden = 0;
  /** Elements that are hidden or struck out by their attributes, by how deep they are. */
  readonly #ends = new Map<number, "hidden" | "struck out">();
  #unseen = "";
  /** Open elements that are told; counted where only some are. */
  #told = 0;
  #kept = 0;
  /** Whether a cell of this row has come. */
  #inRow = false;
  /** Nothing of the cell has come, so that a paragraph in it begins no line. */
  #cellBegins = false;
  /** Line ends that are due before the next words. */
  #due = 0;
  #itemEnds = false;
  #space = false;
  /** The next words are above the line. */
  #raised = false;

  constructor(
    private readonly source: string,
    private readonly options: MarkupOptions,
  ) {
    this.#parser = new Parser(
      {
        onopentagname: (name) => this.#open(localName(name)),
        onopentag: (_, attributes) => this.#begin(attributes),
        onclosetag: (name, implied) => this.#close(localName(name), implied),
        ontext: (text) => this.#words(text),
        oncomment: () => this.#comment(),
      },
      { xmlMode: options.xml === true, recognizeSelfClosing: true, decodeEntities: true },
    );
  }

  write(piece: string): void {
    if (!this.#tooDeep) this.#parser.write(piece);
    this.#tooDeep ||= this.#depth > DEEPEST;
  }

  end(): string {
    this.#parser.end();
    if (this.#tooDeep) this.#parts.push(`\n${TOO_DEEP}`);
    return this.#parts.join("").trim();
  }

  #open(name: string): void {
    this.#depth++;
    if (HIDDEN.has(name)) {
      this.#hidden++;
      this.#unseen = "";
    }
    if (this.options.only?.has(name)) this.#told++;
    if (name === "pre") this.#kept++;
    if (name === RAISED) this.#raised = true;
    if (STRUCK.has(name)) this.#words(" (struck out: ");
    if (BLOCKS.has(name)) this.#lineEnds(2);
    else if (name === "tr") this.#lineEnds(1);
    if (name === "tr" || name === "table") this.#inRow = false;
    if (!CELLS.has(name)) return;
    if (this.#inRow) {
      // Paragraphs end a line inside of a cell, not at its end.
      this.#due = 0;
      this.#put(" | ");
    }
    this.#inRow = true;
    this.#cellBegins = true;
  }

  /** What the attributes of the element that was opened say of all that is in it. */
  #begin(attributes: Readonly<Record<string, string>>): void {
    if (isHidden(attributes)) {
      if (this.#hidden++ === 0) this.#unseen = "";
      this.#ends.set(this.#depth, "hidden");
    } else if (attributes.revised === "delete") {
      this.#words(" (struck out: ");
      this.#ends.set(this.#depth, "struck out");
    }
  }

  #end(): void {
    const end = this.#ends.get(this.#depth);
    this.#ends.delete(this.#depth);
    if (end === "struck out") this.#words(") ");
    if (end !== "hidden") return;
    this.#hidden--;
    if (this.#hidden === 0 && this.#unseen.trim() !== "") this.#words(` ${NOT_SHOWN} `);
  }

  #close(name: string, implied: boolean): void {
    this.#end();
    this.#depth--;
    if (HIDDEN.has(name) && this.#hidden > 0) {
      this.#hidden--;
      this.#space = true;
      if (implied) this.#words(this.#unseen);
    }
    if (this.options.only?.has(name)) this.#told--;
    if (name === "pre") this.#kept--;
    if (name === RAISED) this.#raised = false;
    if (STRUCK.has(name)) this.#words(") ");
    if (name === "tr") this.#inRow = false;
    if (CELLS.has(name)) {
      this.#cellBegins = false;
      this.#due = 0;
    }
    if (BLOCKS.has(name)) this.#lineEnds(2);
    else if (LINES.has(name)) this.#lineEnds(1);
    if (ITEMS.has(name)) this.#itemEnds = true;
  }

  #comment(): void {
    const { startIndex, endIndex } = this.#parser;
    // At the end of the text an unfinished one is handed over as if it were whole.
    const closed = this.source.slice(startIndex, endIndex + 1).endsWith("-->");
    if (closed || !this.source.startsWith("<!--", startIndex)) this.#space = true;
    else this.#words(this.source.slice(startIndex));
  }

  #words(text: string): void {
    if (this.#hidden > 0) this.#unseen += text;
    else if (this.options.only === undefined || this.#told > 0) this.#put(text);
  }

  #put(text: string): void {
    if (this.#kept > 0) {
      this.#flush();
      this.#parts.push(text);
      return;
    }
    const words = text.replace(/[\s\u0085]+/g, " ");
    if (words.startsWith(" ")) this.#space = true;
    if (words === "" || words === " ") return;
    this.#flush();
    this.#cellBegins = false;
    if (this.#raised && /\d$/.test(this.#parts.at(-1) ?? "") && /^\s?[-+\u2212]?\d/.test(words)) {
      this.#parts.push("^");
    }
    this.#raised = false;
    this.#parts.push(words.trim());
    this.#space = words.endsWith(" ");
  }

  /** What stands between the last words and the next. */
  #flush(): void {
    if (this.#parts.length > 0) {
      if (this.#due > 0) {
        // An item or a row ends where the next begins, also where the lines are run together.
        const ends = !this.#itemEnds || this.#due > 1 || /[.,;:!?|]$/.test(this.#parts.at(-1) ?? "");
        this.#parts.push((ends ? "" : ";") + "\n".repeat(this.#due));
      } else if (this.#space) this.#parts.push(" ");
    }
    this.#due = 0;
    this.#itemEnds = false;
    this.#space = false;
  }

  #lineEnds(count: number): void {
    if (this.#cellBegins) return;
    this.#due = Math.max(this.#due, count);
  }
}

/** What no reader sees: by the attribute of HTML, or by style. */
function isHidden({ hidden, style }: Readonly<Record<string, string>>): boolean {
  return hidden !== undefined || (style !== undefined && UNSEEN.test(style.slice(0, 2000)));
}

/** Without the namespace's prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}
