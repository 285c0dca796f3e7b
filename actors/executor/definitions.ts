/** Flows by the hash of their source, parsed once per process: the same hash is the same flow in every partition. */

import type { Documents } from '../../lib/bus/documents.ts';
import { textOf } from '../../lib/errors.ts';
import { parseFlow } from '../../lib/flow/parse.ts';
import type { Catalogue } from '../../lib/model/catalogue.ts';
import { type Flow, TENANT } from '../../lib/model/flow.ts';
import type { ContentHash, Partition } from '../../lib/model/partition.ts';

const FLOWS_MAX = 2_000;

export class Definitions {
  readonly #documents: Documents;
  readonly #catalogue: Catalogue;
  readonly #flows = new Map<ContentHash, Flow | string>();

  constructor(documents: Documents, catalogue: Catalogue) {
    this.#documents = documents;
    this.#catalogue = catalogue;
  }

  /** The flow, or a sentence that says why it cannot be had. `load` comes first. */
  get(hash: ContentHash): Flow | string {
    return this.#flows.get(hash) ?? 'the definition of its flow is not there';
  }

  has(hash: ContentHash): boolean {
    return this.#flows.has(hash);
  }

  /** Throws `bus.unavailable`. */
  async load(partition: Partition, hash: ContentHash): Promise<void> {
    if (this.#flows.has(hash)) return;
    const source = await this.#documents.definition(partition, hash);
    if (source !== undefined) this.parse(hash, source);
  }

  /** The flow of a definition that is at hand, or a sentence that says why it cannot be had. */
  parse(hash: ContentHash, definition: string): Flow | string {
    const known = this.#flows.get(hash);
    if (known !== undefined) return known;
    if (this.#flows.size >= FLOWS_MAX) this.#flows.delete(this.#flows.keys().next().value!);
    const flow = this.#parse(definition);
    this.#flows.set(hash, flow);
    return flow;
  }

  #parse(source: string): Flow | string {
    try {
      const { flow, problems } = parseFlow(source, this.#catalogue, { tenant: TENANT });
      return (
        flow ?? `its flow cannot be run here: ${problems.map(({ path, message }) => `${path}: ${message}`).join('; ')}`
      );
    } catch (error) {
      return `its flow cannot be read: ${textOf(error)}`;
    }
  }
}
