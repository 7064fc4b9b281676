/** What a quantisation costs, for the command line and the package's index. */
export { type LossInput, type QuantizationLoss, quantizationLoss, type TextLoss } from "./quantize/loss.js";
