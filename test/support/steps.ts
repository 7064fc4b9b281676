/** The result of work that gives way between its steps. */
export function inOneGo<Result>(steps: Generator<undefined, Result, void>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
