/** Byte that ends a row of COPY's text form; inside a value it is written as backslash and `n`. */
const LINE_END = 0x0a;

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Puts together the rows of a `COPY … TO STDOUT` in its text form, which arrives in pieces that end anywhere. */
export class CopyRows {
  #rest: Uint8Array[] = [];

  /** Rows that are complete with this piece, of which nothing is kept. */
  take(piece: Uint8Array): (string | null)[][] {
    const first = piece.indexOf(LINE_END);
    if (first === -1) {
      this.#rest.push(piece.slice());
      return [];
    }
    const end = piece.lastIndexOf(LINE_END);
    const begun = Buffer.concat([...this.#rest, piece.subarray(0, first)]).toString('utf8');
    const whole = Buffer.from(piece.buffer, piece.byteOffset, end).toString('utf8', first + 1);
    this.#rest = end + 1 === piece.length ? [] : [piece.slice(end + 1)];
    const lines = first === end ? [begun] : [begun, ...whole.split('\n')];
    return lines.map(valuesOf);
  }
}

function valuesOf(line: string): (string | null)[] {
  const values = line.split('\t');
  return line.includes('\\') ? values.map(unescaped) : values;
}

function unescaped(text: string): string | null {
  if (text === '\\N') return null;
  return text.includes('\\')
    ? text.replaceAll(/\\(.)/gs, (_, character: string) => ESCAPES[character] ?? character)
    : text;
}
