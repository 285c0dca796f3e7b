/**
 * Lines out of a stream of bytes, bounded: of a longer line its beginning is kept and what follows is counted, so that a
 * child that never ends its line costs no memory.
 */
import { StringDecoder } from 'node:string_decoder';

/** Room for one line of the outputs protocol; what is logged is cut shorter by the log. */
export const LINE_CHARS_MAX = 256 * 1024;

export interface LineReader {
  take(chunk: Uint8Array): void;
  /** What is left without an end of line is a line too. */
  end(): void;
}

export function readLines(onLine: (line: string) => void): LineReader {
  const decoder = new StringDecoder('utf8');
  let begun = '';
  let dropped = 0;
  const add = (text: string): void => {
    const room = LINE_CHARS_MAX - begun.length;
    begun += text.length <= room ? text : text.slice(0, room);
    dropped += Math.max(0, text.length - room);
  };
  const finish = (): void => {
    const line = dropped > 0 ? `${begun}… (${dropped} more characters)` : begun;
    begun = '';
    dropped = 0;
    onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  const split = (text: string): void => {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      add(text.slice(from, at));
      finish();
      from = at + 1;
    }
    add(text.slice(from));
  };
  return {
    take: (chunk) => split(decoder.write(chunk)),
    end() {
      split(decoder.end());
      if (begun !== '') finish();
    },
  };
}
