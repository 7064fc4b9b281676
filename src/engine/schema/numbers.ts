import { charOf, choice, EMPTY, NEVER, optional, type Rule, repeat, sequence, text } from "./rules.js";

/** Whole digits: so many are exact in JavaScript's numbers. */
const WHOLE_DIGITS = 15;
const FRACTION_DIGITS = 16;
const LARGEST = 10n ** BigInt(WHOLE_DIGITS) - 1n;

/** The numbers that a schema asks for; ends that are left out are open. */
export interface Range {
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  /** The ends themselves are not in it. */
  readonly above?: boolean | undefined;
  readonly below?: boolean | undefined;
}

const digits = (least: number, most: number) => repeat(digit(0, 9), least, most);
const digit = (from: number, to: number): Rule => {
  if (from > to) return NEVER;
  return from === to ? text(String(from)) : charOf([[48 + from, 48 + to]]);
};

/** Whole numbers of a range, written without point and exponent. */
export function integers(range: Range): Rule {
  const least = range.least === undefined ? -LARGEST : larger(-LARGEST, ceiling(range.least, range.above));
  const most = range.most === undefined ? LARGEST : smaller(LARGEST, -ceiling(-range.most, range.below));
  const negative = most < 0n ? [-most, -least] : [1n, -least];
  return choice(
    naturals(larger(0n, least), most),
    sequence(text("-"), naturals(negative[0] as bigint, negative[1] as bigint)),
  );
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
const smaller = (a: bigint, b: bigint) => (a < b ? a : b);

/** The first whole number from an end on. */
function ceiling(end: number, excluded = false): bigint {
  const up = Math.ceil(end);
  return BigInt(up) + (excluded && up === end ? 1n : 0n);
}

/** From 0 on, without leading zeros. */
function naturals(least: bigint, most: bigint): Rule {
  if (least > most) return NEVER;
  const [from, to] = [String(least), String(most)];
  const lengths = Array.from({ length: to.length - from.length + 1 }, (_, index) => from.length + index);
  return choice(
    ...lengths.map((length) =>
      ofLength(
        length === from.length ? from : `1${"0".repeat(length - 1)}`,
        length === to.length ? to : "9".repeat(length),
      ),
    ),
  );
}

/** Between two numbers of so many digits each. */
function ofLength(from: string, to: string): Rule {
  if (from === "") return EMPTY;
  const [first, last, rest] = [Number(from[0]), Number(to[0]), from.length - 1];
  const [restFrom, restTo] = [from.slice(1), to.slice(1)];
  if (/^0*$/.test(restFrom) && /^9*$/.test(restTo)) return sequence(digit(first, last), digits(rest, rest));
  if (first === last) return sequence(digit(first, first), ofLength(restFrom, restTo));
  return choice(
    sequence(digit(first, first), ofLength(restFrom, "9".repeat(rest))),
    sequence(digit(first + 1, last - 1), digits(rest, rest)),
    sequence(digit(last, last), ofLength("0".repeat(rest), restTo)),
  );
}

/** Any number that is finite: at most 15 digits before the point, 16 behind it, and two of an exponent. */
const ANY_NUMBER = sequence(
  optional(text("-")),
  choice(text("0"), sequence(digit(1, 9), digits(0, WHOLE_DIGITS - 1))),
  optional(sequence(text("."), digits(1, FRACTION_DIGITS))),
  optional(
    sequence(
      charOf([
        [0x45, 0x45],
        [0x65, 0x65],
      ]),
      optional(
        charOf([
          [0x2b, 0x2b],
          [0x2d, 0x2d],
        ]),
      ),
      digits(1, 2),
    ),
  ),
);

/** An end in digits. Undefined: there is none, or none that can be written out. */
interface End {
  readonly whole: bigint;
  readonly fraction: string;
  readonly excluded: boolean;
}

/** Numbers of a range, without exponent where it has an end. */
export function numbers({ least, most, above = false, below = false }: Range): Rule {
  const beyond = (least ?? 0) >= Number(LARGEST) || (most ?? 0) <= -Number(LARGEST);
  if (beyond || (least === undefined && most === undefined)) return ANY_NUMBER;
  const positive = most === undefined || most >= 0;
  const negative = least === undefined || least < 0;
  const lower = least === undefined || least < 0 ? ZERO : endOf(least, above);
  const upper = most === undefined ? undefined : endOf(most, below);
  const mirroredLower = most === undefined || most >= 0 ? { ...ZERO, excluded: true } : endOf(-most, below);
  const mirroredUpper = least === undefined ? undefined : endOf(-least, above);
  return choice(
    positive ? decimals(lower ?? ZERO, upper) : NEVER,
    negative ? sequence(text("-"), decimals(mirroredLower ?? ZERO, mirroredUpper)) : NEVER,
  );
}

const ZERO: End = { whole: 0n, fraction: "", excluded: false };

function endOf(value: number, excluded: boolean): End | undefined {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const [before = "", behind = ""] = mantissa.split(".");
  const point = before.length + Number(exponent);
  if (Math.abs(point) > 2 * FRACTION_DIGITS) return undefined;
  const all = before + behind;
  const whole = point <= 0 ? "0" : all.slice(0, point).padEnd(point, "0");
  const fraction = (point < 0 ? "0".repeat(-point) + all : all.slice(point)).replace(/0+$/, "");
  if (whole.length > WHOLE_DIGITS || fraction.length > FRACTION_DIGITS) return undefined;
  return { whole: BigInt(whole), fraction, excluded };
}

/** From 0 on. */
function decimals(lower: End, upper: End | undefined): Rule {
  const low = { rest: lower.fraction, excluded: lower.excluded };
  if (upper === undefined) {
    return choice(
      sequence(natural(lower.whole), fraction(low, undefined)),
      sequence(naturals(lower.whole + 1n, LARGEST), fraction(undefined, undefined)),
    );
  }
  const high = { rest: upper.fraction, excluded: upper.excluded };
  if (lower.whole > upper.whole) return NEVER;
  if (lower.whole === upper.whole) return sequence(natural(lower.whole), fraction(low, high));
  return choice(
    sequence(natural(lower.whole), fraction(low, undefined)),
    sequence(naturals(lower.whole + 1n, upper.whole - 1n), fraction(undefined, undefined)),
    sequence(natural(upper.whole), fraction(undefined, high)),
  );
}

const natural = (value: bigint) => text(String(value));

/** What an end still asks of the digits to come. */
interface Open {
  readonly rest: string;
  readonly excluded: boolean;
}

/** Nothing, or a point and digits, between two ends that agree with all that stands before. */
function fraction(low: Open | undefined, high: Open | undefined): Rule {
  const written = sequence(text("."), further(low, high, false));
  return mayEnd(low, high) ? optional(written) : written;
}

const isZero = ({ rest }: Open) => /^0*$/.test(rest);

/** Whether the number may stop here, as if zeros followed. */
function mayEnd(low: Open | undefined, high: Open | undefined): boolean {
  const enough = low === undefined || (isZero(low) && !low.excluded);
  return enough && (high === undefined || !isZero(high) || !high.excluded);
}

function further(low: Open | undefined, high: Open | undefined, mayStop: boolean): Rule {
  if (low !== undefined && isZero(low) && !low.excluded) return further(undefined, high, mayStop);
  const stop = mayStop && mayEnd(low, high) ? [EMPTY] : [];
  if (high !== undefined && isZero(high)) {
    // Only zeros are left, which an end that is not included, or one below, leaves no room for.
    return low === undefined && !high.excluded ? digits0(mayStop) : NEVER;
  }
  if (high === undefined) {
    if (low === undefined) return digits(mayStop ? 0 : 1, FRACTION_DIGITS);
    if (isZero(low))
      return sequence(repeat(text("0"), 0, FRACTION_DIGITS), digit(1, 9), digits(0, FRACTION_DIGITS));
  }
  const from = low === undefined ? 0 : Number(low.rest[0] ?? 0);
  const to = high === undefined ? 9 : Number(high.rest[0] ?? 0);
  if (from > to) return NEVER;
  const nextLow = low && { ...low, rest: low.rest.slice(1) };
  const nextHigh = high && { ...high, rest: high.rest.slice(1) };
  if (from === to && low !== undefined && high !== undefined) {
    return choice(...stop, sequence(digit(from, from), further(nextLow, nextHigh, true)));
  }
  const [first, last] = [low === undefined ? from : from + 1, high === undefined ? to : to - 1];
  return choice(
    ...stop,
    low === undefined ? NEVER : sequence(digit(from, from), further(nextLow, undefined, true)),
    sequence(digit(first, last), digits(0, FRACTION_DIGITS)),
    high === undefined ? NEVER : sequence(digit(to, to), further(undefined, nextHigh, true)),
  );
}

const digits0 = (mayStop: boolean) => repeat(text("0"), mayStop ? 0 : 1, FRACTION_DIGITS);
