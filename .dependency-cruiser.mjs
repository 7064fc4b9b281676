// Who may import whom in src/: a floor imports what lies below it, siblings keep apart, and there is
// no circle anywhere, of types neither. `npm run lint` and test/unit/architecture.test.ts hold it.

/** Folders of src/ from the ground up; those of one line are siblings. */
const FLOORS = [
  ["base"],
  ["machine", "prompt"],
  ["image", "fhir", "dicom", "models", "engine", "vectors"],
  ["medgemma"],
  ["dataset"],
  ["cli"],
  ["index.ts"],
];

/** What one folder may take from its sibling. */
const SHARED = { engine: ["image/rgb"], dicom: ["image/rgb"], vectors: ["image/fit"] };

const below = (name) => (name.endsWith(".ts") ? `^src/${name}$` : `^src/${name}/`);

const floors = FLOORS.flatMap((siblings, height) =>
  siblings.map((name) => {
    const reachable = FLOORS.slice(0, height).flat().map(below);
    const shared = (SHARED[name] ?? []).map((file) => `^src/${file}[.]ts$`);
    return {
      name: `floors-${name}`,
      comment: "Imports point down only, and siblings keep apart.",
      severity: "error",
      from: { path: below(name) },
      to: { path: "^src/", pathNot: [below(name), ...reachable, ...shared] },
    };
  }),
);

export default {
  forbidden: [
    {
      name: "no-circles",
      comment: "Neither can be read, tested or moved without the other.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-circles-of-folders",
      comment: "A folder shows the structure only where its arrows go one way.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
    ...floors,
    {
      name: "known-folders",
      comment: "Give a new folder of src/ its place among the FLOORS.",
      severity: "error",
      from: { path: "^src/", pathNot: FLOORS.flat().map(below) },
      to: {},
    },
    {
      name: "within-src",
      comment: "The package has dist/, made of src/, and neither tests nor scripts.",
      severity: "error",
      from: { path: "^src/" },
      to: { pathNot: ["^src/", "node_modules", "^package[.]json$"], dependencyTypesNot: ["core", "npm", "npm-dev", "npm-optional"] },
    },
    {
      name: "no-development-tools",
      comment: "What src/ imports must be among the dependencies.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown", "undetermined"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    moduleSystems: ["es6", "tsd"],
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
