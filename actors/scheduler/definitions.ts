/** Parsed flows by their hash: a flow that ticks each minute is parsed once. */
import { definitionOf } from '../../lib/flow/definition.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Flow } from '../../lib/model/flow.ts';
import { sourceHash } from '../../lib/model/ids.ts';

const KNOWN_MAX = 500;

export interface Definition {
  /** What a partition keeps of it. */
  readonly text: string;
  readonly flow?: Flow;
  /** Where it cannot be read here, such as for want of a plugin. */
  readonly problem?: string;
}

export class Definitions {
  /** Tells other plugin defaults from these; empty where there are none. */
  readonly defaults: string;
  readonly #catalogue: Catalogue;
  readonly #globals: readonly unknown[];
  readonly #known = new Map<string, Definition>();

  constructor(catalogue: Catalogue, globals: readonly unknown[]) {
    this.#catalogue = catalogue;
    this.#globals = globals;
    this.defaults = globals.length === 0 ? '' : sourceHash('', JSON.stringify(globals));
  }

  read(tenant: string, source: string): Definition {
    const text = definitionOf(source, this.#globals);
    const hash = sourceHash(tenant, text);
    const known = this.#known.get(hash);
    if (known) return known;
    const { flow, problems } = parseFlow(text, this.#catalogue, { tenant });
    const definition = flow
      ? { text, flow }
      : { text, problem: problems.map(({ path, message }) => `${path}: ${message}`).join('; ') };
    if (this.#known.size >= KNOWN_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(hash, definition);
    return definition;
  }
}
