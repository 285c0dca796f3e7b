/**
 * ZIP archives of texts: written, and read within bounds. What an archive says of its sizes is not trusted: unpacking stops at
 * the bound. No folders are made and no paths followed; an entry is a name with a text.
 */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Fault } from '../../lib/errors.ts';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
}

const ENTRIES_MAX = 1_000;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** A comment may stand behind the end of an archive. */
const COMMENT_BYTES_MAX = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const VERSION = 20;
const ENCRYPTED = 0x1;
const UTF_8 = 0x800;
/** The first of January 1980: archives of the same files are the same bytes. */
const DATE = 0x21;

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content);
    const bytes = Buffer.from(name);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(VERSION, 0);
    about.writeUInt16LE(UTF_8, 2);
    about.writeUInt16LE(DEFLATED, 4);
    about.writeUInt16LE(DATE, 8);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([signature(LOCAL), about, bytes, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([signature(CENTRAL), number16(VERSION), about, place, bytes]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(END_BYTES - 4);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, signature(END), end]);
}

export const isZip = (bytes: Buffer): boolean =>
  bytes.length >= END_BYTES && (bytes.readUInt32LE(0) === LOCAL || bytes.readUInt32LE(0) === END);

/** The files in it, folders left out. Throws `request.invalid`, `request.tooLarge`. */
export function entriesOf(zip: Buffer, bytesMax: number): readonly ZipEntry[] {
  const end = endOf(zip);
  const count = zip.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX)
    throw new Fault('request.tooLarge', `expected an archive of at most ${ENTRIES_MAX} files, got ${count}`);
  const entries: ZipEntry[] = [];
  let [at, left] = [zip.readUInt32LE(end + 16), bytesMax];
  for (let n = 0; n < count; n++) {
    if (at + CENTRAL_BYTES > zip.length || zip.readUInt32LE(at) !== CENTRAL)
      throw broken('a directory that is cut off');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    if (!name.endsWith('/')) {
      const content = contentOf(zip, at, left);
      left -= content.length;
      entries.push({ name, content });
    }
    at += CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function endOf(zip: Buffer): number {
  const first = Math.max(0, zip.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = zip.length - END_BYTES; at >= first; at--) if (zip.readUInt32LE(at) === END) return at;
  throw broken('no end of an archive');
}

function contentOf(zip: Buffer, central: number, bytesMax: number): Buffer {
  const flags = zip.readUInt16LE(central + 8);
  const method = zip.readUInt16LE(central + 10);
  const packedBytes = zip.readUInt32LE(central + 20);
  const local = zip.readUInt32LE(central + 42);
  if (flags & ENCRYPTED) throw broken('an encrypted file');
  if (local + LOCAL_BYTES > zip.length || zip.readUInt32LE(local) !== LOCAL) throw broken('a file that is cut off');
  const from = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (from + packedBytes > zip.length) throw broken('a file that is cut off');
  const content = unpacked(zip.subarray(from, from + packedBytes), method, bytesMax);
  if (crc32(content) !== zip.readUInt32LE(central + 16)) throw broken('a file with another checksum');
  return content;
}

function unpacked(packed: Buffer, method: number, bytesMax: number): Buffer {
  const refused = () =>
    new Fault('request.tooLarge', `expected an archive of at most ${bytesMax} bytes unpacked, got more`);
  if (method === STORED) {
    if (packed.length > bytesMax) throw refused();
    return packed;
  }
  if (method !== DEFLATED) throw broken(`compression ${method}`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, bytesMax) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw refused();
    throw broken('a file that cannot be unpacked');
  }
}

const broken = (got: string): Fault => new Fault('request.invalid', `expected a ZIP archive, got ${got}`);

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function number16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
