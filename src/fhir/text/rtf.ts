import { table } from "../../base/table.js";
import { decodeCodePage } from "./charset.js";

/** Tokens that are read in one go. */
const STEPS = 20_000;

/**
 * Rich Text Format 1.9.1 as plain text: rows are lines, cells are parted, deleted and hidden words are gone. Gives way
 * after each piece of the work.
 */
export function* rtfSteps(source: Uint8Array): Generator<undefined, string, void> {
  const reader = new Reader(Buffer.from(source).toString("latin1"));
  while (reader.read(STEPS)) yield undefined;
  return reader.text;
}

export function isRtf(text: string): boolean {
  return /^\s*\{\\rtf/.test(text);
}

/** The same of a file that was read as text: what is beyond one byte stands as Rich Text writes it. */
export function rtfTextSteps(source: string): Generator<undefined, string, void> {
  const bytes = source.replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0)}?`);
  return rtfSteps(Buffer.from(bytes, "latin1"));
}

interface Group {
  /** Nothing in it is told: tables of fonts, pictures, deleted words. */
  readonly skip: boolean;
  /** Characters that stand for one of `\u`. */
  readonly fallback: number;
  readonly page: number;
}

/** Groups that hold no words of the document. */
const SKIPPED: ReadonlySet<string> = new Set([
  ...["fonttbl", "colortbl", "stylesheet", "info", "pict", "objdata", "fldinst", "themedata", "datastore"],
  ...[
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "xe",
    "tc",
    "bkmkstart",
    "bkmkend",
    "filetbl",
  ],
  ...[
    "revtbl",
    "userprops",
    "xmlnstbl",
    "latentstyles",
    "colorschememapping",
    "pgdsctbl",
    "atnid",
    "atnauthor",
  ],
]);

const WORDS: Readonly<Record<string, string>> = table({
  ...{ par: "\n", line: "\n", sect: "\n\n", page: "\n\n", row: "\n", nestrow: "\n" },
  ...{ cell: " | ", nestcell: " | ", tab: "\t", emdash: "\u2014", endash: "\u2013", bullet: "\u2022" },
  ...{ lquote: "\u2018", rquote: "\u2019", ldblquote: "\u201c", rdblquote: "\u201d" },
  ...{ emspace: " ", enspace: " ", qmspace: " " },
});
const SYMBOLS: Readonly<Record<string, string>> = table({
  ...{ "~": "\u00a0", _: "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}" },
});

/** `\fcharset` as a code page, by the specification's font table; 1 is the document's own. */
const CHARSETS: Readonly<Record<number, number>> = {
  ...{
    0: 1252,
    77: 10000,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
  },
  ...{ 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850 },
};

class Reader {
  readonly #source: string;
  #at = 0;
  #text = "";
  /** Bytes of one code page that are not yet characters: one may take two. */
  #bytes: number[] = [];
  #group: Group = { skip: false, fallback: 1, page: 1252 };
  readonly #outer: Group[] = [];
  #documentPage = 1252;
  readonly #fonts = new Map<number, number>();
  #font = 0;
  /** Characters after `\u` that say the same to older readers. */
  #toSkip = 0;
  /** `\*` has come: a group that is not known is not told. */
  #optional = false;

  constructor(source: string) {
    this.#source = source;
  }

  /** @returns whether there is more. */
  read(steps: number): boolean {
    const run = /[^\\{}\r\n]{1,4000}/y;
    for (let step = 0; step < steps && this.#at < this.#source.length; step++) {
      const char = this.#source[this.#at] as string;
      if (char === "{") this.#open();
      else if (char === "}") this.#close();
      else if (char === "\\") this.#control();
      else if (char === "\r" || char === "\n") this.#at++;
      else {
        run.lastIndex = this.#at;
        const plain = run.exec(this.#source)?.[0] ?? char;
        this.#at += plain.length;
        this.#plain(plain);
      }
    }
    return this.#at < this.#source.length;
  }

  get text(): string {
    this.#flush();
    return this.#text.replace(/ \| (?=\n|$)/g, "");
  }

  /** ASCII is the same in all code pages, but may be the second byte of a character. */
  #plain(text: string): void {
    if (this.#toSkip === 0 && this.#bytes.length === 0 && /^[ -~]*$/.test(text)) this.#put(text);
    else for (let i = 0; i < text.length; i++) this.#byte(text.charCodeAt(i));
  }

  #open(): void {
    this.#outer.push(this.#group);
    this.#at++;
    this.#optional = false;
  }

  #close(): void {
    this.#flush();
    this.#group = this.#outer.pop() ?? this.#group;
    this.#at++;
    this.#toSkip = 0;
  }

  #control(): void {
    const word = /\\([a-z]{1,40})(-?\d{1,9})? ?/iy;
    word.lastIndex = this.#at;
    const found = word.exec(this.#source);
    if (found !== null) {
      this.#at += found[0].length;
      this.#word(found[1] as string, found[2] === undefined ? undefined : Number(found[2]));
      return;
    }
    const symbol = this.#source[this.#at + 1] ?? "";
    this.#at += 2;
    if (symbol === "'") {
      const code = Number.parseInt(this.#source.slice(this.#at, this.#at + 2), 16);
      this.#at += 2;
      if (!Number.isNaN(code)) this.#byte(code);
    } else if (symbol === "*") this.#optional = true;
    else this.#put(SYMBOLS[symbol] ?? "");
  }

  #word(name: string, value: number | undefined): void {
    const optional = this.#optional;
    this.#optional = false;
    if (name === "bin") this.#at += Math.max(0, value ?? 0);
    else if (name === "u") this.#unicode(value ?? 0);
    else if (name === "uc") this.#change({ fallback: Math.max(0, value ?? 1) });
    else if (name === "ansicpg") this.#usePage(value || 1252);
    else if (name === "mac") this.#usePage(10000);
    else if (name === "f") this.#useFont(value ?? 0);
    else if (name === "fcharset") this.#fonts.set(this.#font, CHARSETS[value ?? 1] ?? this.#documentPage);
    else if (name === "plain") this.#change({ page: this.#documentPage });
    else if (name === "deleted" || name === "v") this.#change({ skip: value !== 0 });
    else if (SKIPPED.has(name) || (optional && name !== "shptxt")) this.#change({ skip: true });
    else this.#put(WORDS[name] ?? "");
  }

  #usePage(page: number): void {
    this.#documentPage = page;
    this.#change({ page });
  }

  #useFont(font: number): void {
    this.#font = font;
    this.#change({ page: this.#fonts.get(font) ?? this.#documentPage });
  }

  #change(to: Partial<Group>): void {
    this.#flush();
    this.#group = { ...this.#group, ...to };
  }

  #unicode(value: number): void {
    const unit = value < 0 ? value + 65536 : value;
    this.#put(unit <= 0xffff ? String.fromCharCode(unit) : "");
    this.#toSkip = this.#group.fallback;
  }

  #byte(code: number): void {
    if (this.#toSkip > 0) this.#toSkip--;
    else if (!this.#group.skip) this.#bytes.push(code);
  }

  #put(text: string): void {
    this.#flush();
    if (!this.#group.skip) this.#text += text;
  }

  #flush(): void {
    if (this.#bytes.length === 0) return;
    this.#text += decodeCodePage(Uint8Array.from(this.#bytes), this.#group.page);
    this.#bytes = [];
  }
}
