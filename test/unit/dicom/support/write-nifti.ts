/** A NIfTI-1 single file of int16 with an sform (nifti1.h). `affine` is three rows of four. */
export function writeNifti(
  dims: readonly [number, number, number],
  affine: readonly (readonly number[])[],
  value: (i: number, j: number, k: number) => number,
  options: { slope?: number; intercept?: number; bigEndian?: boolean } = {},
): Uint8Array {
  const little = !options.bigEndian;
  const bytes = new Uint8Array(352 + dims[0] * dims[1] * dims[2] * 2);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, little);
  view.setInt16(40, 3, little);
  dims.forEach((size, axis) => {
    view.setInt16(42 + axis * 2, size, little);
  });
  for (let axis = 3; axis < 7; axis++) view.setInt16(42 + axis * 2, 1, little);
  view.setInt16(70, 4, little);
  view.setInt16(72, 16, little);
  for (let axis = 0; axis < 4; axis++) view.setFloat32(76 + axis * 4, 1, little);
  view.setFloat32(108, 352, little);
  view.setFloat32(112, options.slope ?? 1, little);
  view.setFloat32(116, options.intercept ?? 0, little);
  view.setInt16(254, 1, little);
  affine.forEach((row, index) => {
    row.forEach((cell, column) => {
      view.setFloat32(280 + index * 16 + column * 4, cell, little);
    });
  });
  bytes.set([0x6e, 0x2b, 0x31, 0], 344);
  let at = 352;
  for (let k = 0; k < dims[2]; k++)
    for (let j = 0; j < dims[1]; j++)
      for (let i = 0; i < dims[0]; i++, at += 2) view.setInt16(at, value(i, j, k), little);
  return bytes;
}
