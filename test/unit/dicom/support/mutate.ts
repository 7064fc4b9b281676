/** Damage for fuzzing: repeatable from a seed. */

export type Random = () => number;

const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xfe, 0xff];

function pick(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** One damaged copy: bytes changed anywhere or in the header, cut off, lengths made huge, parts moved or zeroed. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const out = bytes.slice();
  const header = Math.min(out.length, 3000);
  switch (pick(random, 8)) {
    case 0:
      return out.subarray(0, pick(random, out.length)).slice();
    case 1: {
      const at = pick(random, Math.max(1, header - 4));
      out.fill(0xff, at, at + 4);
      return out;
    }
    case 2: {
      const from = pick(random, out.length);
      out.fill(0, from, from + pick(random, 256));
      return out;
    }
    case 3: {
      const from = pick(random, out.length);
      const length = pick(random, 512);
      out.copyWithin(pick(random, out.length), from, from + length);
      return out;
    }
    case 4: {
      const at = pick(random, out.length);
      return new Uint8Array(Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + pick(random, 16))]));
    }
    default: {
      const reach = random() < 0.5 ? header : out.length;
      for (let times = 1 + pick(random, 24); times > 0; times--) {
        const value =
          random() < 0.5 ? (INTERESTING[pick(random, INTERESTING.length)] ?? 0) : pick(random, 256);
        out[pick(random, reach)] = value;
      }
      return out;
    }
  }
}
