/** Parsed flows by their hash: a flow that ticks each minute is parsed once. */
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import type { Flow } from '../../lib/model/flow.ts';
import { sourceHash } from '../../lib/model/ids.ts';

const KNOWN_MAX = 500;

export interface Definition {
  readonly flow?: Flow;
  /** Where it cannot be read here, such as for want of a plugin. */
  readonly problem?: string;
}

export class Definitions {
  readonly #catalogue: Catalogue;
  readonly #known = new Map<string, Definition>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  read(tenant: string, source: string): Definition {
    const hash = sourceHash(tenant, source);
    const known = this.#known.get(hash);
    if (known) return known;
    const { flow, problems } = parseFlow(source, this.#catalogue, { tenant });
    const definition = flow
      ? { flow }
      : { problem: problems.map(({ path, message }) => `${path}: ${message}`).join('; ') };
    if (this.#known.size >= KNOWN_MAX) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(hash, definition);
    return definition;
  }
}
