import { seededRandom } from "../../src/base/random.js";

/** Whole numbers that a seed decides: the same files on every machine. */
export function randomFrom(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

export interface Damage {
  readonly how: string;
  readonly bytes: Buffer;
}

const HUGE = [2n ** 63n, 2n ** 64n - 1n, 2n ** 40n, 2n ** 32n, 2n ** 31n - 1n, 1n << 20n];

/** One damaged copy of a file whose header ends at `header`. Every tenth damages weights only. */
export function damaged(whole: Buffer, header: number, seed: number): Damage {
  const random = randomFrom(seed);
  const bytes = Buffer.from(whole);
  const flip = (from: number, to: number) => {
    const at = from + random(to - from);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    return at;
  };
  switch (seed % 10) {
    case 0:
      return { how: `a bit of the weights at ${flip(header, whole.length)} flipped`, bytes };
    case 1:
      return { how: `a bit at ${flip(0, 1500)} flipped`, bytes };
    case 2:
      return { how: `a bit at ${flip(0, header)} flipped`, bytes };
    case 3: {
      // The tensors' entries end the header.
      const at = flip(header - 5000, header);
      return { how: `a bit of the tensors' entries at ${at} flipped`, bytes };
    }
    case 4: {
      const size = random(header);
      return { how: `cut to ${size} bytes`, bytes: bytes.subarray(0, size) };
    }
    case 5: {
      const size = header + random(whole.length - header);
      return { how: `cut to ${size} bytes`, bytes: bytes.subarray(0, size) };
    }
    case 6: {
      const length = 1 + random(200);
      const [a, b] = [random(header - length), random(header - length)];
      whole.copy(bytes, a, b, b + length);
      whole.copy(bytes, b, a, a + length);
      return { how: `${length} bytes at ${a} and ${b} swapped`, bytes };
    }
    case 7: {
      const at = random(header - 8);
      bytes.writeBigUInt64LE(HUGE[random(HUGE.length)] ?? 0n, at);
      return { how: `a huge number at ${at}`, bytes };
    }
    case 8: {
      const at = 8 + 8 * random(2);
      bytes.writeBigUInt64LE(HUGE[random(HUGE.length)] ?? 0n, at);
      return { how: `a huge count at ${at}`, bytes };
    }
    default: {
      const length = 1 + random(64);
      const at = random(header - length);
      return {
        how: `${length} bytes at ${at} left out`,
        bytes: Buffer.concat([whole.subarray(0, at), whole.subarray(at + length)]),
      };
    }
  }
}
