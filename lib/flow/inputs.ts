/**
 * What an execution gets as `inputs`: what was given, else the default, each as its type wants it. Undeclared values are
 * dropped, optional ones that are absent are null, those that are not asked for are left out, ids with dots become maps.
 * Given texts are never rendered; defaults, conditions and lists of choices are, and see the inputs that they name and those
 * before them. What is secret leaves sealed.
 */
import { ExpressionError, renderAll, renderText, type World } from '../expression/render.ts';
import type { Flow, Input } from '../model/flow.ts';
import type { Problem } from '../model/problem.ts';
import { castBy } from './cast.ts';
import { type InputKind, isRefusal, type Refusal, textOf } from './input/kind.ts';
import { type Place, placesOf } from './input/order.ts';
import { HIDDEN } from './input/secret.ts';
import { inputKind } from './input/table.ts';
import { excerpt } from './problems.ts';
import { holdsTemplate } from './templates.ts';

type Values = Record<string, unknown>;

/** What is handed in, because this room has no keys and asks nobody. */
export interface Means {
  /** Seals the text of an input under its id. Absent: secrets are refused. */
  readonly seal?: (inputId: string, text: string) => unknown;
  /** What expressions see besides `inputs`. */
  readonly context?: Readonly<Values>;
  readonly world?: World;
}

export interface ResolvedInput {
  /** With its whole id, its choices rendered. */
  readonly input: Input;
  /** As the execution keeps it: null where there is none, sealed where it is secret. */
  readonly value: unknown;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly problems: readonly Problem[];
}

export interface ResolvedInputs {
  readonly inputs: Values;
  readonly problems: readonly Problem[];
  /** In the order of the flow, those inside of forms among them. */
  readonly each: readonly ResolvedInput[];
}

/** @throws NeedsFact where an expression asks what `world` does not know: take it again with the answer. */
export function resolveInputs(flow: Pick<Flow, 'inputs'>, given: Readonly<Values>, means: Means = {}): ResolvedInputs {
  const places = placesOf(flow.inputs);
  const resolver = new Resolver(places, given, means);
  const each = places.map((_, n) => resolver.resolved(n));
  const inputs: Values = {};
  for (const { input, value, enabled } of each) if (enabled) place(inputs, input.id, value);
  return { inputs, problems: each.flatMap(({ problems }) => problems), each };
}

class Resolver {
  readonly #places: readonly Place[];
  readonly #given: Readonly<Values>;
  readonly #means: Means;
  readonly #done: (ResolvedInput | undefined)[] = [];
  readonly #begun = new Set<number>();
  /** What expressions see so far, in clear. */
  readonly #seen: Values = {};

  constructor(places: readonly Place[], given: Readonly<Values>, means: Means) {
    this.#places = places;
    this.#given = given;
    this.#means = means;
  }

  resolved(n: number): ResolvedInput {
    const done = this.#done[n];
    if (done) return done;
    this.#begun.add(n);
    const { needs, readsAll } = this.#places[n]!;
    const first = readsAll ? [...needs, ...Array.from({ length: n }, (_, before) => before)] : needs;
    // A circle is refused when the flow is read; a template that reads all may stand in one.
    for (const other of first) if (!this.#begun.has(other)) this.resolved(other);
    const { clear, ...result } = this.#resolve(this.#places[n]!);
    place(this.#seen, result.input.id, clear ?? null);
    this.#done[n] = result;
    return result;
  }

  #resolve({ input, gates, needs }: Place): ResolvedInput & { readonly clear?: unknown } {
    const kind = inputKind(input.type)!;
    const off = { input, value: null, enabled: false, isDefault: false, problems: [] };
    const named = new Set(gates.flatMap((gate) => gate.inputs));
    for (const n of needs) {
      const { input: other, enabled, value, problems } = this.#done[n] ?? this.resolved(n);
      if (named.has(other.id) && (!enabled || (value === null && problems.length === 0))) return off;
    }
    try {
      for (const { condition } of gates)
        if (condition !== undefined && this.#render(condition).trim() !== 'true') return off;
    } catch (error) {
      return { ...off, problems: [problemOf(input, null, saidBy(error, 'its condition', 'Invalid condition: '))] };
    }
    const options = this.#options(kind, input);
    if (isRefusal(options)) return { ...off, enabled: true, problems: [problemOf(input, null, options)] };
    return this.#valued(kind, options);
  }

  /** The input with its templates rendered. */
  #options(kind: InputKind, input: Input): Input | Refusal {
    const templates = Object.entries(kind.templates?.(input) ?? {});
    if (templates.length === 0 || !kind.rendered) return input;
    try {
      const texts = Object.fromEntries(templates.map(([name, text]) => [name, this.#render(text)]));
      const options = kind.rendered(input, texts);
      return isRefusal(options) ? options : { ...input, ...options };
    } catch (error) {
      return saidBy(error, 'its expression', "Cannot render 'expression'. Cause: ");
    }
  }

  #valued(kind: InputKind, input: Input): ResolvedInput & { readonly clear?: unknown } {
    const given = lookUp(this.#given, input.id) ?? undefined;
    const result = { input, enabled: true, isDefault: given === undefined, problems: [] };
    let value: unknown;
    try {
      value = given ?? this.#default(kind, input) ?? null;
    } catch (error) {
      const problem = problemOf(input, input.defaults, saidBy(error, 'its default', ''));
      return { ...result, value: null, problems: [problem] };
    }
    if (value === null) {
      const isDefault = false;
      if (!input.required) return { ...result, isDefault, value };
      const problem = `expected a value of type ${input.type}, got nothing`;
      return {
        ...result,
        isDefault,
        value,
        problems: [problemOf(input, null, { problem, kestra: 'missing required input' })],
      };
    }
    const cast = castBy(kind, value, input);
    const refused = isRefusal(cast) ? cast : kind.limit?.(cast.value, input);
    const shown = kind.keeps === 'sealed' ? HIDDEN : value;
    if (isRefusal(cast) || refused) {
      const problems = [problemOf(input, shown, refused ?? (cast as Refusal))];
      return { ...result, value: shown, clear: value, problems };
    }
    return { ...result, ...this.#kept(kind, input, cast.value), clear: cast.value };
  }

  #kept(kind: InputKind, input: Input, value: unknown): Pick<ResolvedInput, 'value' | 'problems'> {
    if (kind.keeps !== 'sealed') return { value, problems: [] };
    const { seal } = this.#means;
    if (seal) return { value: seal(input.id, String(value)), problems: [] };
    const kestra = 'Unable to use a `SECRET` input/output as encryption is not configured';
    const problem = 'expected a server that encrypts, got one without a key';
    return { value: null, problems: [problemOf(input, HIDDEN, { problem, kestra })] };
  }

  #default(kind: InputKind, input: Input): unknown {
    const { defaults } = input;
    if (defaults === undefined || defaults === null) return kind.fallback?.(input);
    if (!holdsTemplate(defaults)) return defaults;
    return renderAll(defaults, this.#context(), kind.keeps === 'sealed' ? this.#means.world : this.#openWorld());
  }

  #render(template: string): string {
    return renderText(template, this.#context(), this.#openWorld());
  }

  /** What it gives is shown: no secret is told. */
  #openWorld(): World {
    const { world = {} } = this.#means;
    return {
      nowMs: world.nowMs,
      timeZone: world.timeZone,
      random: world.random && ((bytes) => world.random!(bytes)),
      answer: (question) => (question.kind === 'secret' ? SHOWN : world.answer?.(question)),
    };
  }

  #context(): Values {
    return { ...this.#means.context, inputs: this.#seen };
  }
}

const SHOWN = {
  refused: 'expected secret() in the default of a SECRET input alone, since others are shown to whoever starts it',
};

/** What an expression was refused for; what is no fault of an expression goes on upwards. */
function saidBy(error: unknown, what: string, kestra: string): Refusal {
  if (!(error instanceof ExpressionError)) throw error;
  return { problem: `${what} cannot be rendered: ${error.message}`, kestra: `${kestra}${error.message}` };
}

/** Kestra's clients look for its sentence. */
const problemOf = (input: Input, value: unknown, { problem, kestra }: Refusal): Problem => ({
  severity: 'error',
  path: `inputs.${input.id}`,
  message: problem,
  expected: input.type,
  got: excerpt(value),
  kestra: `Invalid input for \`${input.id}\`, ${kestra}, but received \`${value === null ? 'null' : textOf(value)}\``,
});

/** By the id as it is, as forms send it; else as a place in maps, as triggers write it. */
function lookUp(given: Readonly<Values>, id: string): unknown {
  if (Object.hasOwn(given, id)) return given[id];
  let value: unknown = given;
  for (const part of id.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Values)[part];
  }
  return value;
}

function place(inputs: Values, id: string, value: unknown): void {
  const parts = id.split('.');
  const last = parts.pop()!;
  let map = inputs;
  for (const part of parts) {
    if (!Object.hasOwn(map, part)) map[part] = {};
    map = map[part] as Values;
  }
  map[last] = value;
}
