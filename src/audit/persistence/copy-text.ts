/** Bytes of COPY's text form: a line is a row, whose values tabs part. Inside a value they are written as a backslash and a letter. */
const LINE_END = 0x0a;
export const TAB = 0x09;
export const BACKSLASH = 0x5c;

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Puts together the lines of a `COPY … TO STDOUT` in its text form, which arrives in pieces that end anywhere. */
export class CopyLines {
  #rest: Buffer[] = [];

  /** Lines that are complete with this piece, without their ends; each is there until the next is taken. */
  *take(piece: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      const part = bytes.subarray(start, end);
      yield this.#rest.length === 0 ? part : Buffer.concat([...this.#rest.splice(0), part]);
      start = end + 1;
    }
    // What a piece is in is used again.
    if (start < bytes.length) this.#rest.push(Buffer.from(bytes.subarray(start)));
  }
}

/** The values of a line. */
export function valuesOf(line: Buffer): (string | null)[] {
  const text = line.toString('utf8');
  const values = text.split('\t');
  return text.includes('\\') ? values.map(unescaped) : values;
}

function unescaped(text: string): string | null {
  if (text === '\\N') return null;
  return text.includes('\\')
    ? text.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character)
    : text;
}
