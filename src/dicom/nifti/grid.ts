/** From a NIfTI affine to slices as radiologists see them. World axes are +x right, +y anterior, +z superior (NIfTI-1). */

export type Plane = "axial" | "coronal" | "sagittal";

/** How to walk the voxels of one slice: along columns, then rows. */
export interface SliceGrid {
  readonly plane: Plane;
  /** Voxel axis (0..2) across the slices, and whether slices go against it. */
  readonly across: Walk;
  readonly column: Walk;
  readonly row: Walk;
  readonly slices: number;
  readonly rows: number;
  readonly columns: number;
  /** Millimetres between rows and between columns. */
  readonly spacing: readonly [number, number];
  /** Millimetres between slices. */
  readonly thickness: number;
}

interface Walk {
  readonly axis: number;
  readonly reversed: boolean;
}

/** Slices are cut across the coarsest voxel axis when it is at least this much coarser than the finest: the plane acquired. */
const ANISOTROPY = 1.5;

const PLANES: readonly Plane[] = ["sagittal", "coronal", "axial"];

/** World direction (axis, sign) of columns, rows and slices by plane: patient's right at the left edge, front or head at the top. */
const VIEW: Readonly<Record<Plane, readonly (readonly [axis: number, sign: 1 | -1])[]>> = {
  axial: [
    [0, -1],
    [1, -1],
    [2, 1],
  ],
  coronal: [
    [0, -1],
    [2, -1],
    [1, -1],
  ],
  sagittal: [
    [1, -1],
    [2, -1],
    [0, 1],
  ],
};

/** Which voxel axis runs mostly along each world axis; every voxel axis is used once. */
function assignAxes(
  affine: readonly (readonly number[])[],
  spacing: readonly number[],
): { axis: number; sign: number }[] {
  const world: { axis: number; sign: number }[] = [];
  const pairs = [0, 1, 2].flatMap((axis) =>
    [0, 1, 2].map((direction) => ({
      axis,
      direction,
      cosine: (affine[direction]?.[axis] ?? 0) / (spacing[axis] || 1),
    })),
  );
  pairs.sort((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine));
  const used = new Set<number>();
  for (const { axis, direction, cosine } of pairs) {
    if (world[direction] || used.has(axis)) continue;
    world[direction] = { axis, sign: cosine < 0 ? -1 : 1 };
    used.add(axis);
  }
  return world;
}

export function sliceGrid(affine: readonly (readonly number[])[], dims: readonly number[]): SliceGrid {
  const spacing = [0, 1, 2].map(
    (axis) => Math.hypot(...[0, 1, 2].map((row) => affine[row]?.[axis] ?? 0)) || 1,
  );
  const world = assignAxes(affine, spacing);
  const coarsest = spacing.indexOf(Math.max(...spacing));
  const anisotropic = Math.max(...spacing) >= ANISOTROPY * Math.min(...spacing);
  const across = anisotropic ? coarsest : (world[2]?.axis ?? 2);
  const plane = PLANES[world.findIndex((entry) => entry.axis === across)] ?? "axial";
  const [column, row, slice] = VIEW[plane].map(([direction, wanted]): Walk => {
    const { axis, sign } = world[direction] ?? { axis: direction, sign: 1 };
    return { axis, reversed: sign !== wanted };
  }) as [Walk, Walk, Walk];
  const size = (walk: Walk) => dims[walk.axis] ?? 1;
  return {
    plane,
    across: slice,
    column,
    row,
    slices: size(slice),
    rows: size(row),
    columns: size(column),
    spacing: [spacing[row.axis] ?? 1, spacing[column.axis] ?? 1],
    thickness: spacing[slice.axis] ?? 1,
  };
}

/** Index of the first voxel of a slice, and the steps to the next column and row, in the volume's own order. */
export function sliceStrides(grid: SliceGrid, dims: readonly number[], slice: number) {
  const stride = [1, dims[0] ?? 1, (dims[0] ?? 1) * (dims[1] ?? 1)];
  const step = (walk: Walk) => (stride[walk.axis] ?? 0) * (walk.reversed ? -1 : 1);
  const first = (walk: Walk) => (walk.reversed ? ((dims[walk.axis] ?? 1) - 1) * (stride[walk.axis] ?? 0) : 0);
  return {
    start: first(grid.column) + first(grid.row) + first(grid.across) + slice * step(grid.across),
    column: step(grid.column),
    row: step(grid.row),
  };
}
