/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** One value a round. */
  readonly ours: readonly number[];
  readonly peer?: { readonly name: string; readonly values: readonly number[] };
  /** What the ratio divides; without it there is none. */
  readonly ratio?: "ours/peer" | "peer/ours";
  readonly bar?: Bar;
  readonly note?: string;
}

/** What the row must reach, by its median. */
export interface Bar {
  readonly of: "ratio" | "ours";
  readonly at: "least" | "most";
  readonly value: number;
}

export type ModelName = "phantom" | "4b";

export interface ModelUnderTest {
  readonly name: ModelName;
  readonly model: string;
  readonly projector: string;
  readonly threads: number;
  /** Side of the encoder's square, in pixels. */
  readonly side: number;
}

/** Where a peer is, or why it is not there. */
export type Found = { readonly at: string } | { readonly missing: string };

export interface Peers {
  /** Folder with llama-bench, llama-mtmd-cli and llama-server. */
  readonly llama: Found;
  /** Folder whose node_modules holds `@fugood/llama.node`. */
  readonly llamaNode: Found;
  /** A Python with torch and transformers. */
  readonly torch: Found;
}

/** What a measure is given. */
export interface Context {
  readonly model: ModelUnderTest;
  readonly peers: Peers;
  /** Rounds, each of which runs every competitor once. */
  readonly rounds: number;
  /** Fewer tokens, to see that everything works. */
  readonly quick: boolean;
  /** Folder of this run. */
  readonly run: string;
}

export interface Measure {
  readonly title: string;
  /** Models that it makes sense for. */
  readonly models: readonly ModelName[];
  /** Gives each row as soon as it is known: what is done stays when a later part fails. */
  run(context: Context): AsyncIterable<Row>;
}

/** What a measure leaves in the folder of its run. */
export interface Outcome {
  readonly measure: string;
  readonly model: ModelName;
  readonly title: string;
  readonly state: "running" | "done" | "failed";
  readonly problem?: string;
  readonly rounds: number;
  readonly quick: boolean;
  readonly seconds: number;
  /** Share of the cores that other programs took just before, 0..1. */
  readonly busyBefore: number;
  readonly rows: readonly Row[];
}
