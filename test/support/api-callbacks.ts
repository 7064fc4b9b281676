import path from "node:path";
import ts from "typescript";
import { packageRoot } from "../../src/base/package.js";

/**
 * All functions that a caller of the public API may hand over, from its types: `LoadOptions.onLog`. Of each function and
 * each method of a class that src/index.ts exports, the parameters' types are walked into their properties. An engine of
 * the caller's own is none: it is what the rest stands on.
 */
export function callbacksOfTheApi(): string[] {
  const index = path.join(packageRoot, "src/index.ts");
  const config = ts.readConfigFile(path.join(packageRoot, "tsconfig.json"), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, packageRoot);
  const program = ts.createProgram([index], { ...options, noEmit: true, skipLibCheck: true });
  const source = program.getSourceFile(index);
  const module = source && program.getTypeChecker().getSymbolAtLocation(source);
  if (module === undefined) throw new Error("src/index.ts has no exports");
  return new Walk(program.getTypeChecker()).callbacksOf(module);
}

/** Deeper than any option is. */
const DEEPEST = 5;

class Walk {
  readonly #found = new Set<string>();

  constructor(private readonly checker: ts.TypeChecker) {}

  callbacksOf(module: ts.Symbol): string[] {
    for (const exported of this.checker.getExportsOfModule(module)) {
      const symbol =
        exported.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.Function) this.#functions(symbol.name, typeOf(this.checker, symbol));
      if (symbol.flags & ts.SymbolFlags.Class) this.#class(symbol);
    }
    return [...this.#found].sort();
  }

  #class(symbol: ts.Symbol): void {
    const statics = typeOf(this.checker, symbol);
    for (const signature of statics.getConstructSignatures()) this.#parameters(symbol.name, signature);
    const instance = this.checker.getDeclaredTypeOfSymbol(symbol);
    for (const type of [statics, instance]) {
      for (const member of type.getProperties()) {
        const isOurs = member.declarations?.some((it) => !it.getSourceFile().isDeclarationFile);
        if (isOurs && !member.name.startsWith("#"))
          this.#functions(`${symbol.name}.${member.name}`, typeOf(this.checker, member));
      }
    }
  }

  #functions(name: string, type: ts.Type): void {
    for (const signature of type.getCallSignatures()) this.#parameters(name, signature);
  }

  #parameters(name: string, signature: ts.Signature): void {
    for (const parameter of signature.getParameters()) {
      this.#value(`${name}.${parameter.name}`, typeOf(this.checker, parameter), DEEPEST);
    }
  }

  #value(name: string, type: ts.Type, depth: number): void {
    const bound = type.isTypeParameter() ? this.checker.getBaseConstraintOfType(type) : type;
    const whole = this.checker.getNonNullableType(bound ?? type);
    for (const part of whole.isUnion() ? whole.types : [whole]) {
      if (part.getCallSignatures().length > 0) this.#found.add(name);
      const declared = (part.symbol ?? part.aliasSymbol)?.declarations ?? [];
      if (depth === 0 || declared.some(isForeign) || !(part.flags & OBJECTS)) continue;
      for (const member of part.getProperties()) {
        if (!member.declarations || member.declarations.every(isForeign)) continue;
        const owner = member.declarations[0]?.parent;
        const of = owner && ts.isInterfaceDeclaration(owner) ? owner.name.text : name;
        this.#value(`${of}.${member.name}`, typeOf(this.checker, member), depth - 1);
      }
    }
  }
}

const OBJECTS = ts.TypeFlags.Object | ts.TypeFlags.Intersection;

/** What the platform, a library, or a class of ours gives is no option. */
function isForeign(it: ts.Declaration): boolean {
  if (it.getSourceFile().isDeclarationFile || ts.isClassDeclaration(it)) return true;
  return ts.isInterfaceDeclaration(it) && it.name.text === "Engine";
}

function typeOf(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Type {
  return checker.getTypeOfSymbol(symbol);
}
