/** One turn of a conversation. `I` is what stands for a picture: a path, a buffer, an RgbImage; this folder never looks into it. */
export interface Message<I> {
  /**
   * - `system`: instructions; only at the start. Gemma 3 has no such role: the text goes in front of the first user turn.
   * - `user`: text and pictures.
   * - `assistant`: an earlier answer (without its thought); text only.
   */
  readonly role: "system" | "user" | "assistant";
  /** A string is the same as one text part. */
  readonly content: string | readonly ContentPart<I>[];
}

export type ContentPart<I> = TextPart | ImagePart<I>;

export interface TextPart {
  readonly type: "text";
  /** White space at both ends is dropped, as the reference does; neighbouring text parts are joined without a space. */
  readonly text: string;
}

export interface ImagePart<I> {
  readonly type: "image";
  readonly image: I;
}
