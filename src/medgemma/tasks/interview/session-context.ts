/** What an interview knows from the record and the reason for the visit. */
export interface SessionContext {
  readonly values: { readonly patient: string; readonly reason: string; readonly record: string };
  /** Ids of the entries shown. */
  readonly known: ReadonlySet<string>;
  /** Of the record. */
  readonly warnings: readonly string[];
}
