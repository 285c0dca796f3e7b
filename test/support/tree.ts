/** The source tree as the rules of the house see it: files, what they import, how long their functions are. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface SourceFile {
  /** From the top of the tree, such as `lib/bus/bus.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Files of ours, as paths from the top. */
  readonly imports: readonly string[];
  /** Packages, without what follows the name; node's own modules as `node:…`. */
  readonly packages: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

export function sourceFiles(): SourceFile[] {
  const patterns = ['lib', 'actors', 'web', 'plugins', 'test'].map((folder) => `${folder}/**/*.{ts,tsx,mjs,lua,css}`);
  return globSync(patterns, { cwd: ROOT, exclude: (path) => /node_modules|\/dist(\/|$)/.test(path) })
    .sort()
    .map((path) => read(path));
}

function read(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const named = [...withoutTemplates(text).matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]!);
  const inside = named.filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(path), name)));
  const packages = named.filter((name) => !name.startsWith('.')).map(packageOf);
  return { path, text, lines: text.split('\n'), imports: inside, packages };
}

/** Text in backquotes may hold code that is not this file's. */
const withoutTemplates = (text: string): string => text.replace(/`(?:\\.|[^`\\])*`/gs, '``');

function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  if (builtinModules.includes(name)) return `node:${name}`;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

export interface FunctionSpan {
  readonly path: string;
  readonly line: number;
  readonly length: number;
}

const OPENS =
  /^(\s*)(?:.*\bfunction\b.*|.*=>\s*|(?:(?:public|private|static|async|override|get|set)\s+)*[#\w]+(?:<[^>]*>)?\(.*\)(?::\s*[^=]+)?\s*|\)(?::\s*.+)?\s*(?:=>\s*)?)\{$/;

/** Every function of a formatted file: it ends where a line closes it at its own depth. */
export function functionsOf({ path, lines }: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = [];
  lines.forEach((text, n) => {
    const indent = OPENS.exec(text)?.[1];
    if (indent === undefined || /^\s*(if|for|while|switch|catch|else|\} else|return \{|do)\b/.test(text)) return;
    const end = lines.findIndex((line, m) => m > n && line.startsWith(`${indent}}`));
    if (end > 0) spans.push({ path, line: n + 1, length: end - n + 1 });
  });
  return spans;
}

/** Cycles among files of ours, each as the list of its paths. */
export function cyclesOf(files: readonly SourceFile[]): string[][] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') return void cycles.push([...trail.slice(trail.indexOf(path)), path]);
    state.set(path, 'open');
    trail.push(path);
    for (const imported of importsOf.get(path) ?? []) if (importsOf.has(imported)) visit(imported);
    trail.pop();
    state.set(path, 'done');
  };
  for (const { path } of files) visit(path);
  return cycles;
}
