/** The documentation of a type: what it does, examples, its properties and outputs. */
import type { TypeDocument as Doc, Schema } from '../../api/plugins.ts';
import { Code } from '../../parts/code.tsx';
import { Inline, Markdown } from '../../parts/markdown.tsx';

interface TypeDocumentProps {
  readonly document: Doc;
  /** The property that is written just now. */
  readonly property?: string;
}

export function TypeDocument({ document: { schema }, property }: TypeDocumentProps) {
  const { title, description, properties = {}, required = [], $examples = [], $deprecated } = schema.properties;
  return (
    <div className="document">
      {title && <p className="lead">{title}.</p>}
      {$deprecated && <p className="waiting">It is deprecated: another type does the same.</p>}
      {description && <Markdown text={description} />}
      <Properties title="Properties" of={properties} required={required} here={property} />
      {$examples.map((example) => (
        <div key={example.title}>
          <h3>{example.title}</h3>
          <Code label={`example ${example.title}`} text={example.code.trimEnd()} />
        </div>
      ))}
      <Properties title="Outputs" of={schema.outputs?.properties ?? {}} required={[]} />
    </div>
  );
}

interface PropertiesProps {
  readonly title: string;
  readonly of: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly here?: string;
}

function Properties({ title, of, required, here }: PropertiesProps) {
  const all = Object.entries(of);
  if (all.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <dl className="properties">
        {all.map(([name, schema]) => (
          <div key={name} className={name === here ? 'here' : ''}>
            <dt>
              <code>{name}</code> <span className="quiet">{typeText(schema)}</span>
              {required.includes(name) && <span className="required"> required</span>}
            </dt>
            <dd>
              {schema.description && <Inline text={schema.description} />}
              {schema.default !== undefined && (
                <span className="quiet">
                  {' '}
                  If absent: <code>{JSON.stringify(schema.default)}</code>
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** An expression can stand almost anywhere: that is not told each time. */
function typeText({ type, anyOf, enum: listed, $ref, items }: Schema): string {
  if (listed) return listed.map(String).join(' | ');
  if ($ref) return $ref.split(/[/.]/).at(-1)!;
  const all = (anyOf ?? []).filter((each) => !('pattern' in each)).map(typeText);
  if (all.length > 0) return [...new Set(all)].join(' or ');
  if (type === 'array' && items) return `list of ${typeText(items) || 'any'}`;
  return type === undefined ? '' : [type].flat().join(' or ');
}
