/** Quantisation and what it costs, for the command line and the package's index. */
export { type LossInput, type QuantizationLoss, quantizationLoss, type TextLoss } from "./quantize/loss.js";
export { type Quantized, type QuantizeOptions, quantize, quantizeTypes } from "./quantize/quantize.js";
