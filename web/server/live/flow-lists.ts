/**
 * Flows in lists: what a search finds, a page or all of it. Labels stand in the source alone, so a search by labels lets the
 * database choose whose source may have them, and looks at each of those.
 */
import type { Bus } from '../../../lib/bus/bus.ts';
import { Fault } from '../../../lib/errors.ts';
import type { Labels } from '../../../lib/model/flow.ts';
import type { FlowRow, FlowSearch, Repository } from '../../../lib/repository/repository.ts';
import type { FlowWhere, LabelTerm, TextTerm, Where } from '../../../lib/repository/where.ts';
import { caughtUp } from './caught-up.ts';
import type { Flows } from './flows.ts';

const PAGE = 1_000;
/** Of one answer that has no pages. */
export const FLOWS_MAX = 10_000;
/** What was saved a moment ago is found; an indexer that is away holds nobody up for longer. */
const WAIT_MS = 1_000;
/** Written in a source as it is read from it. */
const PLAIN = /^[\w.-]+$/;

type Term = (FlowWhere & object) | LabelTerm;
export interface FlowListing extends Omit<FlowSearch, 'where'> {
  readonly where?: Where<TextTerm<'id' | 'namespace' | 'source'> | { readonly anywhere: string } | LabelTerm>;
}
type Asked = NonNullable<FlowListing['where']>;

export interface FlowListParts {
  readonly bus: Bus;
  readonly flows: Flows;
  readonly repository: Repository;
}

export class FlowLists {
  readonly #parts: FlowListParts;

  constructor(parts: FlowListParts) {
    this.#parts = parts;
  }

  async page(listing: FlowListing): Promise<{ readonly rows: readonly FlowRow[]; readonly total: number }> {
    await caughtUp(this.#parts, 'f', WAIT_MS);
    if (!asksLabels(listing.where)) return this.#parts.repository.searchFlows(listing as FlowSearch);
    const rows = await this.#labelled(listing);
    const { offset = 0, limit } = listing;
    return { rows: rows.slice(offset, offset + limit), total: rows.length };
  }

  /** Throws `request.tooLarge` beyond FLOWS_MAX. */
  async all(listing: Omit<FlowListing, 'limit' | 'offset'>): Promise<readonly FlowRow[]> {
    await caughtUp(this.#parts, 'f', WAIT_MS);
    return asksLabels(listing.where) ? this.#labelled(listing) : this.#every(listing as Omit<FlowSearch, 'limit'>);
  }

  async namespaces(tenant: string): Promise<readonly string[]> {
    await caughtUp(this.#parts, 'f', WAIT_MS);
    return this.#parts.repository.namespaces(tenant);
  }

  async #every(search: Omit<FlowSearch, 'limit' | 'offset'>): Promise<readonly FlowRow[]> {
    const rows: FlowRow[] = [];
    for (;;) {
      const page = await this.#parts.repository.searchFlows({ ...search, limit: PAGE, offset: rows.length });
      rows.push(...page.rows);
      if (page.rows.length < PAGE) return rows;
      if (rows.length >= FLOWS_MAX)
        throw new Fault('request.tooLarge', `expected at most ${FLOWS_MAX} flows (narrow the search), got more`);
    }
  }

  async #labelled(listing: Omit<FlowListing, 'limit' | 'offset'>): Promise<readonly FlowRow[]> {
    const where = listing.where!;
    const rows = await this.#every({ ...listing, where: likely(where) });
    return rows.filter((row) => fits(where, row, this.#parts.flows.parse(row.source).flow?.labels ?? {}));
  }
}

function asksLabels(where: Asked | undefined): boolean {
  if (where === undefined) return false;
  if ('all' in where) return where.all.some(asksLabels);
  if ('any' in where) return where.any.some(asksLabels);
  return 'not' in where ? asksLabels(where.not) : 'label' in where;
}

/** What must be so for `where` to fit, as far as the database can tell. */
function likely(where: Asked): FlowWhere {
  if ('all' in where) return { all: where.all.map(likely) };
  if ('any' in where) return { any: where.any.map(likely) };
  if ('not' in where) return asksLabels(where) ? { all: [] } : (where as FlowWhere);
  if (!('label' in where)) return where;
  const written = [where.label, where.value].filter((text) => PLAIN.test(text));
  return { all: written.map((value) => ({ field: 'source', is: 'containing', value }) as const) };
}

function fits(where: Asked, row: FlowRow, labels: Labels): boolean {
  if ('all' in where) return where.all.every((each) => fits(each, row, labels));
  if ('any' in where) return where.any.some((each) => fits(each, row, labels));
  if ('not' in where) return !fits(where.not, row, labels);
  return termFits(where, row, labels);
}

function termFits(term: Exclude<Term, object & { all: unknown }>, row: FlowRow, labels: Labels): boolean {
  if ('label' in term) return Object.hasOwn(labels, term.label) && labels[term.label] === term.value;
  if ('anywhere' in term) return [row.id, row.namespace, row.source].some((text) => within(text, term.anywhere));
  return textFits(term as TextTerm<'id' | 'namespace' | 'source'>, row);
}

const within = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

function textFits({ field, is, value }: TextTerm<'id' | 'namespace' | 'source'>, row: FlowRow): boolean {
  const text = row[field];
  switch (is) {
    case 'equal':
      return text === value;
    case 'containing':
      return within(text, value);
    case 'startingWith':
      return text.toLowerCase().startsWith(value.toLowerCase());
    case 'endingWith':
      return text.toLowerCase().endsWith(value.toLowerCase());
    case 'below':
      return text === value || text.startsWith(`${value}.`);
  }
}
