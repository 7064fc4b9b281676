import { FrameAttributes } from "./attributes.js";
import type { Dataset } from "./dataset.js";
import { TAG } from "./tags.js";

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

/** Of the first `frames` frames: from their functional groups where there are any, else from the top level. */
export function readPasses(dataset: Dataset, frames: number): Pass[] {
  const file = passOfFile(dataset);
  return Array.from({ length: frames }, (_, frame) => passOfFrame(dataset, frame, file));
}

function passOfFrame(dataset: Dataset, frame: number, file: Pass): Pass {
  const attributes = new FrameAttributes(dataset, frame);
  const number = (macro: string, tag: string) => attributes.inGroups(macro, tag)?.number(tag);
  const moment = attributes.inGroups(TAG.frameContent, TAG.frameTime)?.string(TAG.frameTime)?.slice(8);
  return {
    ...file,
    acquisition: number(TAG.frameContent, TAG.frameAcquisitionNumber) ?? file.acquisition,
    phase: number(TAG.frameContent, TAG.temporalIndex) ?? file.phase,
    echoTime: number(TAG.mrEcho, TAG.effectiveEchoTime) ?? file.echoTime,
    diffusion: number(TAG.mrDiffusion, TAG.diffusionValue) ?? file.diffusion,
    cardiacPhase: number(TAG.cardiacSynchronization, TAG.cardiacPhase) ?? file.cardiacPhase,
    offset: number(TAG.temporalMacro, TAG.temporalOffset) ?? file.offset,
    time: moment === undefined ? file.time : secondsOf(moment),
  };
}

function passOfFile(dataset: Dataset): Pass {
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
