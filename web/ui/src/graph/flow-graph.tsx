/** A graph on a plane that can be moved and made larger. Nodes can be reached and chosen by the keys. */
import {
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import './graph.css';
import { type CSSProperties, useEffect, useMemo, useRef } from 'react';
import { FlowTree } from './flow-tree.tsx';
import { NODES_MAX, type Placed, placed } from './layout.ts';
import type { ShownGraph } from './shown.ts';
import { StateOf } from './state-of.tsx';
import type { TaskState } from './states.ts';

type Data = {
  readonly title: string;
  readonly type: string;
  readonly kind: string;
  readonly state?: TaskState;
  readonly chosen: boolean;
};

export default function FlowGraph(props: ShownGraph) {
  if (props.graph.nodes.length > NODES_MAX) return <FlowTree {...props} />;
  return (
    <ReactFlowProvider>
      <Plane {...props} />
    </ReactFlowProvider>
  );
}

const NODE_TYPES = { thing: Thing, mark: Mark, box: Box };
const FIT = { padding: 0.06, maxZoom: 1 };
const ZOOM_READ = 0.65;
const MARGIN = 16;

function Plane({ graph, states, chosen, onChoose, label }: ShownGraph) {
  const places = useMemo(() => placed(graph), [graph]);
  const nodes = useMemo(() => nodesOf(places, states, chosen), [places, states, chosen]);
  const edges = useMemo(() => edgesOf(places), [places]);
  const box = useRef<HTMLDivElement>(null);
  const { fitView, setViewport } = useReactFlow();
  // Another graph is another picture.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const { clientWidth = 0, clientHeight = 0 } = box.current ?? {};
      const { width, height } = places;
      if (Math.min(clientWidth / width, clientHeight / height) >= ZOOM_READ) return void fitView(FIT);
      // What would be too small to read as a whole is shown from its beginning.
      const zoom = Math.max(ZOOM_READ, Math.min(1, clientWidth / width));
      void setViewport({ x: (clientWidth - width * zoom) / 2, y: MARGIN, zoom });
    });
    return () => cancelAnimationFrame(frame);
  }, [places, fitView, setViewport]);
  return (
    <div className="graph" ref={box} style={{ '--graph-height': `${places.height + 3 * MARGIN}px` } as CSSProperties}>
      <ReactFlow
        aria-label={label}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        fitViewOptions={FIT}
        minZoom={0.1}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={onChoose !== undefined}
        preventScrolling={false}
        zoomOnScroll={false}
        onNodeClick={(_, node) => node.type === 'thing' && onChoose?.((node.data as Data).title)}
        onKeyDown={(event) => {
          const uid = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id;
          const node = event.key === 'Enter' || event.key === ' ' ? nodes.find(({ id }) => id === uid) : undefined;
          if (node?.type !== 'thing') return;
          event.preventDefault();
          onChoose?.((node.data as Data).title);
        }}
      >
        <Controls showInteractive={false} position="top-right" />
      </ReactFlow>
    </div>
  );
}

function nodesOf({ nodes, boxes }: Placed, states: ShownGraph['states'], chosen?: string): Node[] {
  const drawn = boxes.map(({ uid, title, x, y, width, height, depth }) => ({
    id: uid,
    type: 'box',
    position: { x, y },
    style: { width, height },
    data: { title },
    zIndex: depth - 100,
    focusable: false,
    selectable: false,
  }));
  const things = nodes.map(({ uid, kind, node, x, y, width, height }) => {
    const { id = '', type = '' } = node.task ?? node.triggerDeclaration ?? {};
    const state = node.task && states?.get(id);
    return {
      id: uid,
      type: kind === 'mark' ? 'mark' : 'thing',
      position: { x, y },
      style: { width, height },
      data: { title: id, type, kind, state, chosen: chosen === id } satisfies Data,
      focusable: kind !== 'mark',
      selectable: kind !== 'mark',
      ...(kind !== 'mark' && { ariaLabel: `${kind} ${id}${state ? `, ${state.state}` : ''}` }),
    };
  });
  return [...drawn, ...things];
}

const edgesOf = ({ edges }: Placed): Edge[] =>
  edges.map(({ source, target, label, isError }) => ({
    id: `${source}→${target}`,
    source,
    target,
    label,
    type: 'smoothstep',
    className: isError ? 'error-edge' : '',
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: 'var(--edge)' },
  }));

function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

function Thing({ data }: NodeProps) {
  const { title, type, kind, state, chosen } = data as Data;
  return (
    <div className={`thing ${kind}${state ? ` state-${state.state.toLowerCase()}` : ''}${chosen ? ' chosen' : ''}`}>
      <Ends />
      <strong className="cut" title={title}>
        {title}
      </strong>
      <span className="line">
        <span className="cut quiet" title={type}>
          {type.split('.').at(-1)}
        </span>
        {state && <StateOf state={state} />}
      </span>
    </div>
  );
}

function Mark() {
  return (
    <div className="mark">
      <Ends />
    </div>
  );
}

function Box({ data }: NodeProps) {
  return <span className="box-title">{(data as { readonly title: string }).title}</span>;
}
