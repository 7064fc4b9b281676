import { describe, expect, it } from "vitest";
import { readDicom } from "../../../src/dicom/index.js";
import { greyPicture, writeDataSet, writeDicom } from "./support/write-dicom.js";

const VALUES = [1, 2, 3, 4];
const PRIVATE = "00291010";

function tag(name: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(Number.parseInt(name.slice(0, 4), 16), 0);
  bytes.writeUInt16LE(Number.parseInt(name.slice(4), 16), 2);
  return bytes;
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** PS3.5 7.1.2 and 7.1.3: the three forms of an element. */
const short = (name: string, vr: string, value: Buffer) =>
  Buffer.concat([tag(name), Buffer.from(vr), u16(value.length), value]);
const long = (name: string, vr: string, value: Buffer) =>
  Buffer.concat([tag(name), Buffer.from(vr), u16(0), u32(value.length), value]);
const bare = (name: string, value: Buffer) => Buffer.concat([tag(name), u32(value.length), value]);
const UNDEFINED = u32(0xffffffff);
const item = (content: Buffer) => Buffer.concat([tag("fffee000"), u32(content.length), content]);
const END = Buffer.concat([tag("fffee00d"), u32(0), tag("fffee0dd"), u32(0)]);

/** A CT picture with `element` between the groups 0028 and 7FE0, and nested in a private sequence. */
function withElement(element: Buffer): Uint8Array[] {
  const { "7fe00010 OW": pixels, ...rest } = greyPicture(2, 2, VALUES);
  const head = writeDicom(rest as Parameters<typeof writeDicom>[0]);
  const tail = writeDataSet({ "7fe00010 OW": pixels as Uint8Array });
  const nested = long("00291000", "SQ", item(element));
  return [element, nested].map((one) => new Uint8Array(Buffer.concat([head, one, tail])));
}

const TEXT = Buffer.from("text");
const KINDS: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(["OV", "SV", "UV"].map((vr) => [vr, long(PRIVATE, vr, Buffer.alloc(16))])),
  ...Object.fromEntries(
    ["UC", "UR", "UN", "OL", "OD"].map((vr) => [vr, long(PRIVATE, vr, Buffer.alloc(16))]),
  ),
  "a VR to come": long(PRIVATE, "ZZ", TEXT),
  "an unknown VR with a short length": short(PRIVATE, "ZZ", TEXT),
  "question marks": short(PRIVATE, "??", TEXT),
  "a long VR with a short length": short(PRIVATE, "UN", TEXT),
  "a short VR with a long length": long(PRIVATE, "LO", TEXT),
  "no VR": bare(PRIVATE, TEXT),
  "no VR, and empty": bare(PRIVATE, Buffer.alloc(0)),
  "no VR, several": Buffer.concat([
    bare("00290010", TEXT),
    bare(PRIVATE, Buffer.alloc(300)),
    bare("00291011", TEXT),
  ]),
  "no VR, and a length that spells OB": bare(PRIVATE, Buffer.alloc(0x424f)),
  "no VR, and a sequence": Buffer.concat([
    tag(PRIVATE),
    UNDEFINED,
    tag("fffee000"),
    UNDEFINED,
    bare("00291011", TEXT),
    END,
  ]),
  "UN of undefined length with VRs in it": Buffer.concat([
    tag(PRIVATE),
    Buffer.from("UN\0\0"),
    UNDEFINED,
    tag("fffee000"),
    UNDEFINED,
    short("00291011", "LO", TEXT),
    END,
  ]),
};

describe("an element whose header has", () => {
  it.each(Object.keys(KINDS))("%s does not end the reading", async (name) => {
    for (const file of withElement(KINDS[name] ?? Buffer.alloc(0))) {
      const { values, facts } = await readDicom(file);
      expect(Array.from(values)).toEqual(VALUES);
      expect(facts.modality).toBe("CT");
    }
  });
});
