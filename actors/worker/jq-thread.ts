/**
 * The file that a jq thread runs: the real jq, as WebAssembly. It takes a program with a JSON text, and answers with the list of
 * what the program gives, or with why it gives none. Who asks sleeps on `signal` until it is 1.
 */
import { createRequire } from 'node:module';
import { type MessagePort, workerData } from 'node:worker_threads';

type Jq = { raw(json: string, program: string, flags: readonly string[]): string | undefined };
type Asked = { readonly program: string; readonly json: string };

const { port, signal } = workerData as { readonly port: MessagePort; readonly signal: Int32Array };
const jq = await (createRequire(import.meta.url)('jq-web') as Promise<Jq>);

port.on('message', ({ program, json }: Asked) => {
  port.postMessage(answerOf(program, json));
  wake();
});
wake();

function answerOf(program: string, json: string): { readonly value: unknown } | { readonly refused: string } {
  try {
    const lines = (jq.raw(json, program, ['-c']) ?? '').split('\n').filter((line) => line !== '');
    return { value: lines.map((line) => JSON.parse(line) as unknown) };
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    return { refused: (stderr || message).replace(/^Non-zero exit code: \d+\n/, '').trim() };
  }
}

function wake(): void {
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}
