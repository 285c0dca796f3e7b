/** What flows can be made of: types in groups, narrowed by a word, with the documentation of the one that is chosen. */
import { useState } from 'react';
import { listPlugins, type PluginGroup, readType, type TypeView } from '../../api/plugins.ts';
import { useTitle } from '../../navigation.ts';
import { Link } from '../../parts/link.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { paths } from '../../route.ts';
import { useAsk } from '../../use-ask.ts';
import { TypeDocument } from './type-document.tsx';

export default function PluginsPage({ type }: { readonly type?: string }) {
  useTitle(type?.split('.').at(-1) ?? 'Plugins');
  const [text, setText] = useState('');
  const { value, error } = useAsk('plugins', listPlugins);
  const groups = (value ?? []).map((group) => narrowed(group, text.toLowerCase()));
  const found = groups.reduce((sum, group) => sum + allOf(group).length, 0);
  return (
    <section>
      <div className="title">
        <h1>Plugins</h1>
        <span className="space" />
        <SearchField text={text} label="Search types" placeholder="Search types" onSearch={setText} />
      </div>
      {error && <p className="error">{error}</p>}
      <div className={`catalogue${type ? ' chosen' : ''}`}>
        <nav aria-label="Types">
          {value && found === 0 && <p className="empty">No type fits “{text}”.</p>}
          {groups.map((group) => (
            <Group key={group.group} group={group} type={type} />
          ))}
        </nav>
        <div>
          {type ? <TypeOf type={type} /> : <p className="empty">Choose a type, and what it does stands here.</p>}
        </div>
      </div>
    </section>
  );
}

const allOf = ({ tasks, triggers, conditions }: PluginGroup): readonly TypeView[] => [
  ...tasks,
  ...triggers,
  ...conditions,
];

function narrowed(group: PluginGroup, text: string): PluginGroup {
  const fits = ({ cls, title = '' }: TypeView) => `${cls} ${title}`.toLowerCase().includes(text);
  const { tasks, triggers, conditions } = group;
  return { ...group, tasks: tasks.filter(fits), triggers: triggers.filter(fits), conditions: conditions.filter(fits) };
}

/** By the package inside of the group: `io.kestra.plugin.core.flow` is flow. */
const packageOf = ({ cls }: TypeView): string => cls.split('.').at(-2) ?? '';

function Group({ group, type }: { readonly group: PluginGroup; readonly type?: string }) {
  const packages = Map.groupBy(allOf(group), packageOf);
  if (packages.size === 0) return null;
  return (
    <>
      <h2>
        {group.title} <span className="quiet">{group.version}</span>
      </h2>
      {[...packages].map(([name, types]) => (
        <div key={name}>
          <h3>{name}</h3>
          <ul>
            {types.map(({ cls, title, deprecated }) => (
              <li key={cls}>
                <Link to={paths.plugin(cls)} here={cls === type}>
                  {cls.split('.').at(-1)}
                </Link>{' '}
                <span className="quiet">
                  {title}
                  {deprecated && ' (deprecated)'}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}

function TypeOf({ type }: { readonly type: string }) {
  const { value, error } = useAsk(`type ${type}`, () => readType(type));
  return (
    <>
      <h2>{type.split('.').at(-1)}</h2>
      <p>
        <code className="whole-type">{type}</code>
      </p>
      {error && <p className="error">{error}</p>}
      {value && <TypeDocument document={value} />}
    </>
  );
}
