import path from "node:path";
import ts from "typescript";
import { packageRoot } from "../../src/base/package.js";

/** Documented options by function and argument: `{ "MedGemma.ask": [[], [], ["system", ...]] }`. */
export type ApiOptions = Readonly<Record<string, readonly (readonly string[])[]>>;

/** Of each function, and each method and constructor of a class, that src/index.ts exports. */
export function optionsOfTheApi(): ApiOptions {
  const index = path.join(packageRoot, "src/index.ts");
  const config = ts.readConfigFile(path.join(packageRoot, "tsconfig.json"), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, packageRoot);
  const program = ts.createProgram([index], { ...options, noEmit: true, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error("src/index.ts has no exports");

  const found: Record<string, string[][]> = {};
  const add = (name: string, signatures: readonly ts.Signature[]) => {
    for (const signature of signatures) {
      if (signature.declaration && isHidden(signature.declaration)) continue;
      const places = found[name] ?? [];
      found[name] = places;
      for (const [at, parameter] of signature.getParameters().entries()) {
        const names = namesOf(checker, checker.getTypeOfSymbol(parameter));
        places[at] = [...new Set([...(places[at] ?? []), ...names])];
      }
    }
  };
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))) continue;
    const type = checker.getTypeOfSymbol(symbol);
    add(
      exported.name,
      symbol.flags & ts.SymbolFlags.Class ? type.getConstructSignatures() : type.getCallSignatures(),
    );
    if (!(symbol.flags & ts.SymbolFlags.Class)) continue;
    for (const of of [type, checker.getDeclaredTypeOfSymbol(symbol)]) {
      for (const member of of.getProperties()) {
        const memberType = checker.getTypeOfSymbol(member);
        const foreign = member.declarations?.every((it) => it.getSourceFile().isDeclarationFile) ?? true;
        if (!foreign && !member.name.startsWith("#"))
          add(`${exported.name}.${member.name}`, memberType.getCallSignatures());
      }
    }
  }
  return found;
}

/** Private, or of this package's own. */
function isHidden(declaration: ts.SignatureDeclaration | ts.JSDocSignature): boolean {
  const isPrivate =
    ts.canHaveModifiers(declaration) &&
    ts.getModifiers(declaration)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
  return (
    Boolean(isPrivate) || ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === "internal")
  );
}

/** Names of the properties of an options object, not of a platform's class. */
function namesOf(checker: ts.TypeChecker, type: ts.Type): string[] {
  const bound = type.isTypeParameter() ? (checker.getBaseConstraintOfType(type) ?? type) : type;
  const whole = checker.getNonNullableType(bound);
  return (whole.isUnion() ? whole.types : [whole]).flatMap((part) =>
    part.getProperties().flatMap((member) => {
      const ours = member.declarations?.some(
        (it) => !it.getSourceFile().isDeclarationFile && !ts.isClassDeclaration(it.parent),
      );
      return ours && (part.flags & ts.TypeFlags.Object || part.isIntersection()) ? [member.name] : [];
    }),
  );
}
