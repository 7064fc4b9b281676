import type { FrameAttributes } from "../file/attributes.js";
import type { Dataset } from "../file/dataset.js";
import { TAG } from "../file/tags.js";

/**
 * What tells apart images of the same place in one series: the numbers, times and settings of one frame. Keys only; they
 * go into no result.
 */
export interface Pass {
  /** UID of the coordinate system (PS3.3 C.7.4.1): positions in two of them are not comparable. */
  readonly frameOfReference: string | undefined;
  readonly acquisition: number | undefined;
  readonly phase: number | undefined;
  readonly echo: number | undefined;
  readonly echoTime: number | undefined;
  readonly inversionTime: number | undefined;
  readonly diffusion: number | undefined;
  readonly voltage: number | undefined;
  readonly trigger: number | undefined;
  readonly imageType: string;
  /** Percent of the heart's cycle. */
  readonly cardiacPhase: number | undefined;
  /** Seconds since the first time of a dynamic series. */
  readonly offset: number | undefined;
  readonly flipAngle: number | undefined;
  /** The scanner's name of its sequence; some write the diffusion weighting there. */
  readonly sequence: string | undefined;
  readonly kernel: string | undefined;
  readonly contrast: string | undefined;
  readonly thickness: number | undefined;
  /** Seconds within the day. */
  readonly time: number | undefined;
  /** Millimetres along an axis that the scanner chose, for series without positions. */
  readonly location: number | undefined;
}

/** What the functional groups may say of a frame, which goes before what the file says of all. */
export const FRAME_NUMBERS = [
  ["acquisition", numberIn(TAG.frameContent, TAG.frameAcquisitionNumber)],
  ["phase", numberIn(TAG.frameContent, TAG.temporalIndex)],
  ["echoTime", numberIn(TAG.mrEcho, TAG.effectiveEchoTime)],
  ["diffusion", numberIn(TAG.mrDiffusion, TAG.diffusionValue)],
  ["cardiacPhase", numberIn(TAG.cardiacSynchronization, TAG.cardiacPhase)],
  ["offset", numberIn(TAG.temporalMacro, TAG.temporalOffset)],
  ["time", timeIn],
] as const satisfies readonly (readonly [keyof Pass, (frame: FrameAttributes) => number | undefined])[];

export type FrameNumber = (typeof FRAME_NUMBERS)[number][0];

function numberIn(macro: string, tag: string): (frame: FrameAttributes) => number | undefined {
  return (frame) => frame.inGroups(macro, tag)?.number(tag);
}

function timeIn(frame: FrameAttributes): number | undefined {
  return secondsOf(frame.inGroups(TAG.frameContent, TAG.frameTime)?.string(TAG.frameTime)?.slice(8));
}

export function passOfFile(dataset: Dataset): Pass {
  const number = (...tags: readonly string[]) => {
    for (const tag of tags) {
      const value = dataset.number(tag);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    frameOfReference: dataset.string(TAG.frameOfReference),
    acquisition: number(TAG.frameAcquisitionNumber, TAG.acquisitionNumber),
    phase: number(TAG.temporalIndex, TAG.temporalPosition),
    echo: dataset.number(TAG.echoNumbers),
    echoTime: number(TAG.effectiveEchoTime, TAG.echoTime),
    inversionTime: dataset.number(TAG.inversionTime),
    diffusion: dataset.number(TAG.diffusionValue),
    voltage: dataset.number(TAG.tubeVoltage),
    trigger: dataset.number(TAG.triggerTime),
    imageType: dataset.strings(TAG.imageType).join("\\"),
    cardiacPhase: dataset.number(TAG.cardiacPhase),
    offset: dataset.number(TAG.temporalOffset),
    flipAngle: dataset.number(TAG.flipAngle),
    sequence: dataset.string(TAG.sequenceName),
    kernel: dataset.strings(TAG.convolutionKernel).join("\\") || undefined,
    contrast: dataset.string(TAG.contrastAgent),
    thickness: dataset.number(TAG.sliceThickness),
    time: secondsOf(dataset.string(TAG.frameTime)?.slice(8) ?? timeOf(dataset)),
    location: dataset.number(TAG.sliceLocation),
  };
}

/** When it was acquired: Acquisition Date Time where a writer has only that (PS3.3 C.7.6.1). */
function timeOf(dataset: Dataset): string | undefined {
  return (
    dataset.string(TAG.acquisitionTime) ??
    dataset.string(TAG.acquisitionDateTime)?.slice(8) ??
    dataset.string(TAG.contentTime)
  );
}

/** TM (PS3.5 6.2): HHMMSS.FFFFFF, in which all but the hours may lack; the retired form has colons. */
function secondsOf(text: string | undefined): number | undefined {
  const [, hours, minutes = 0, seconds = 0] = /^(\d{2}):?(\d{2})?:?(\d{2}(?:\.\d+)?)?/.exec(text ?? "") ?? [];
  return hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
