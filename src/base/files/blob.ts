/** A Blob or File by what it can do: Node's, a browser's, or another library's. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}
