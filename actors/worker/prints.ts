/** What user code prints goes to the log of the task that runs: stdout as INFO, stderr as WARN, line by line. */

const PARTIAL_CHARS_MAX = 8_192;

/** Takes over both streams of this thread or process; what is printed while no task runs goes where it would have gone. */
export function capturePrints(printed: (level: 'INFO' | 'WARN', text: string) => boolean): { flush(): void } {
  const streams = [
    capture(process.stdout, (text) => printed('INFO', text)),
    capture(process.stderr, (text) => printed('WARN', text)),
  ];
  return {
    flush: () => {
      for (const flush of streams) flush();
    },
  };
}

function capture(stream: NodeJS.WriteStream, printed: (text: string) => boolean): () => void {
  const pass = stream.write.bind(stream) as (chunk: string) => boolean;
  let partial = '';
  const flush = (): void => {
    if (partial === '') return;
    const text = partial;
    partial = '';
    if (!printed(text)) pass(text);
  };
  const write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const lines = (partial + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))).split('\n');
    partial = lines.pop()!;
    for (const line of lines) if (!printed(line)) pass(`${line}\n`);
    if (partial.length > PARTIAL_CHARS_MAX) flush();
    const callback = typeof encoding === 'function' ? encoding : done;
    if (typeof callback === 'function') queueMicrotask(callback as () => void);
    return true;
  };
  stream.write = write as typeof stream.write;
  return flush;
}
